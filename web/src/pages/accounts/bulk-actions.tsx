import { Button, Popconfirm, Space } from 'antd';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { type AccountRow, startDocument, stopDocument, updateDocument } from './account.ts';
import { useAccountsWords } from './words.ts';

/** What can be done to several accounts at once. */
export function BulkActions({ accounts, done }: { accounts: readonly AccountRow[]; done: () => void }) {
  const text = useAccountsWords();
  const common = useCommon();
  const maySend = useMay('SEND');
  const mayManage = useMay('ADMIN');
  const [start, isStarting] = useAction(startDocument);
  const [stop, isStopping] = useAction(stopDocument);
  const [update, isUpdating] = useAction(updateDocument);
  if (accounts.length === 0) return null;

  async function forEach(act: (account: AccountRow) => Promise<unknown>): Promise<void> {
    await Promise.all(accounts.map(act));
    done();
  }
  const pausing = (id: string, paused: boolean) => ({ input: { id, pacing: { paused } } });
  const pause = (paused: boolean) => forEach(({ id }) => update(pausing(id, paused)));
  const first = accounts[0]!.id;

  return (
    <Space wrap role="toolbar" aria-label={text.selected(accounts.length)}>
      <strong>{text.selected(accounts.length)}</strong>
      <Button disabled={!maySend} loading={isStarting} onClick={() => forEach(({ id }) => start({ id }))}>
        {text.start}
      </Button>
      <Popconfirm
        title={`${text.stop}: ${text.selected(accounts.length)}`}
        okText={text.stop}
        cancelText={common.cancel}
        onConfirm={() => forEach(({ id }) => stop({ id }))}
      >
        <Button disabled={!maySend} loading={isStopping}>
          {text.stop}
        </Button>
      </Popconfirm>
      <Button disabled={!mayManage} loading={isUpdating} onClick={() => pause(true)}>
        {text.pause}
      </Button>
      <Button disabled={!mayManage} loading={isUpdating} onClick={() => pause(false)}>
        {text.resume}
      </Button>
      <SameAs
        note={text.onceForEach}
        calls={[
          { title: text.start, document: startDocument, variables: { id: first } },
          { title: text.stop, document: stopDocument, variables: { id: first } },
          { title: text.pause, document: updateDocument, variables: pausing(first, true) },
          { title: text.resume, document: updateDocument, variables: pausing(first, false) },
        ]}
      />
    </Space>
  );
}
