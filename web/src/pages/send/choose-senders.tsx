import { Alert, Button, Empty, Select, Space } from 'antd';
import { Link } from 'wouter';
import { StateTag } from '../../parts/tags.tsx';
import { type Change, type Draft, isNotStarted, withTargets } from './draft.ts';
import type { GroupName, SenderAccount } from './send.ts';
import { useSendWords } from './words.ts';

type Props = {
  draft: Draft;
  change: Change;
  accounts: readonly SenderAccount[];
  groups: readonly GroupName[];
  isLoading: boolean;
};

/** From which accounts; a group stands for its accounts of the moment. */
export function ChooseSenders({ draft, change, accounts, groups, isLoading }: Props) {
  const text = useSendWords();
  if (accounts.length === 0 && groups.length === 0 && !isLoading) {
    return (
      <Empty description={text.noAccounts} image={Empty.PRESENTED_IMAGE_SIMPLE}>
        <Link href="/panel/accounts">{text.addAccount}</Link>
      </Empty>
    );
  }
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const accountOptions = accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }));
  const groupOptions = groups.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }));
  return (
    <Select
      mode="multiple"
      allowClear
      aria-label={text.chooseSenders}
      placeholder={text.chooseSenders}
      loading={isLoading}
      value={draft.targets}
      onChange={(targets: string[]) => change(withTargets(draft, targets, accounts))}
      showSearch={{ optionFilterProp: 'label' }}
      options={[
        ...(groups.length > 0 ? [{ label: text.groups, options: groupOptions }] : []),
        { label: text.accounts, options: accountOptions },
      ]}
      optionRender={({ value, label }) => {
        const account = byId.get(String(value));
        return (
          <Space>
            {label}
            {account && !account.ready && <StateTag state={account.state} />}
          </Space>
        );
      }}
      style={{ width: '100%' }}
    />
  );
}

/** What the accounts are not ready for, with the way out. */
export function SenderTrouble({
  draft,
  change,
  senders,
}: Omit<Props, 'accounts' | 'groups' | 'isLoading'> & { senders: SenderAccount[] }) {
  const text = useSendWords();
  const stopped = senders.filter(isNotStarted);
  if (stopped.length === 0) return null;
  function leaveOut(): void {
    // A group is taken apart: the others of it stay.
    const rest = senders.filter((account) => !isNotStarted(account)).map(({ id }) => id);
    change(withTargets(draft, rest, senders));
  }
  return (
    <Alert
      type="warning"
      showIcon
      title={text.notStarted(stopped.map(({ id, name }) => `${id} ${name}`).join(', '))}
      description={
        <Space wrap>
          {stopped.length < senders.length && (
            <Button size="small" onClick={leaveOut}>
              {text.leaveOut}
            </Button>
          )}
          <Link href={`/panel/accounts?account=${stopped[0]!.id}`}>{text.toAccounts}</Link>
        </Space>
      }
    />
  );
}
