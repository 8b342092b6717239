import { Button, Empty, Modal, Progress, Spin } from 'antd';
import { useEffect } from 'react';
import { useQuery } from 'urql';
import type { ResultOf } from '../../graphql.ts';
import { useAction } from '../../parts/action.ts';
import { Failure } from '../../parts/failure.tsx';
import { SameAs } from '../../parts/same-as.tsx';
import { Ago } from '../../parts/time.tsx';
import { useCommon } from '../../words/common.ts';
import { syncDocument, syncsDocument } from './contact.ts';
import { useWhyNot } from './why-not.ts';
import { useContactsWords } from './words.ts';

type Account = NonNullable<ResultOf<typeof syncsDocument>['accounts']>['nodes'][number];

const lookMs = 1000;

/** How the contact lists of the accounts stand, and fetching them anew. */
export default function Syncs({ accountIds, close }: { accountIds: readonly string[] | null; close: () => void }) {
  const text = useContactsWords();
  const filter = accountIds === null ? null : { ids: [...accountIds] };
  const [{ data, error }, again] = useQuery({ query: syncsDocument, variables: { filter } });
  const accounts = data?.accounts?.nodes ?? [];
  const isRunning = accounts.some(({ contactSync }) => contactSync.state === 'RUNNING');
  // The log tells the end of it; how far it is has to be asked.
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => again({ requestPolicy: 'network-only' }), lookMs);
    return () => clearInterval(timer);
  }, [isRunning, again]);
  return (
    <Modal open onCancel={close} footer={null} title={text.sync}>
      <Failure error={error} again={again} />
      {!data && !error && <Spin className="contacts-spin" />}
      {data && accounts.length === 0 && <Empty />}
      {accounts.map((account) => (
        <Sync key={account.id} account={account} />
      ))}
    </Modal>
  );
}

function Sync({ account: { id, name, capabilities, contactSync } }: { account: Account }) {
  const text = useContactsWords();
  const common = useCommon();
  const why = useWhyNot('CONTACTS', capabilities);
  const [sync, isAsking] = useAction(syncDocument);
  const { state, done, total, error, finishedAt } = contactSync;
  return (
    <div className="contacts-sync" data-sync={state}>
      <div className="grow contacts-cut">
        <strong>{name}</strong>{' '}
        <span className="dim">
          {common.contactKind.FRIEND} {contactSync.friends} · {common.contactKind.CHAT_ROOM} {contactSync.chatRooms} ·{' '}
          {common.contactKind.OFFICIAL_ACCOUNT} {contactSync.officialAccounts}
        </span>
        {state === 'RUNNING' && (
          <div aria-live="polite">
            {text.syncing(done, total)}
            {total !== null && (
              <Progress size="small" aria-label={text.sync} percent={Math.round((100 * done) / Math.max(total, 1))} />
            )}
          </div>
        )}
        {state !== 'RUNNING' && error && <div className="pre">{error}</div>}
        {state !== 'RUNNING' && finishedAt && (
          <div>
            <Ago at={finishedAt} />
          </div>
        )}
      </div>
      <Button
        size="small"
        disabled={why !== null || state === 'RUNNING'}
        title={why ?? undefined}
        loading={isAsking}
        onClick={() => sync({ accountId: id })}
      >
        {text.syncNow}
      </Button>
      <SameAs document={syncDocument} variables={{ accountId: id }} />
    </div>
  );
}
