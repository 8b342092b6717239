import { Badge, Button, Space, Table, type TableColumnsType, Tag } from 'antd';
import type { ReactNode } from 'react';
import { Portrait } from '../../parts/portrait.tsx';
import { StateTag } from '../../parts/tags.tsx';
import { Ago } from '../../parts/time.tsx';
import { useCommon } from '../../words/common.ts';
import { type AccountRow, loggingIn } from './account.ts';
import { useAccountsWords } from './words.ts';

type Props = {
  accounts: readonly AccountRow[];
  isLoading: boolean;
  selected: readonly string[];
  select(ids: readonly string[]): void;
  open(id: string): void;
  logIn(id: string): void;
  empty: ReactNode;
};

export function AccountsTable({ accounts, isLoading, selected, select, open, logIn, empty }: Props) {
  const text = useAccountsWords();
  const common = useCommon();
  const columns: TableColumnsType<AccountRow> = [
    {
      title: text.name,
      render: (_, { id, name, remark, avatarUrl }) => (
        <Space>
          <Portrait url={avatarUrl} name={name} />
          <span>
            <Button type="link" style={{ padding: 0, height: 'auto' }} onClick={() => open(id)}>
              {name}
            </Button>
            <div className="dim">{remark ? `${id} · ${remark}` : id}</div>
          </span>
        </Space>
      ),
    },
    {
      title: text.state,
      render: (_, { id, state, stateReason, stateSince, pacing, capabilities }) => (
        <Space wrap size={4}>
          <StateTag state={state} reason={stateReason} since={stateSince} />
          {pacing.paused && <Tag>{text.paused}</Tag>}
          {loggingIn.includes(state) && capabilities.includes('QR_LOGIN') && (
            <Button size="small" onClick={() => logIn(id)}>
              {text.logIn}
            </Button>
          )}
        </Space>
      ),
    },
    { title: text.driver, responsive: ['md'], render: (_, { driver }) => common.driver[driver] },
    {
      title: text.ready,
      responsive: ['md'],
      render: (_, { ready }) => (
        <Badge status={ready ? 'success' : 'default'} text={ready ? text.ready : text.notReady} />
      ),
    },
    { title: text.lastMessage, responsive: ['md'], render: (_, { lastMessageAt }) => <Ago at={lastMessageAt} /> },
    { title: text.queued, responsive: ['lg'], align: 'end', render: (_, { stats }) => stats.queued },
    {
      title: text.today,
      responsive: ['lg'],
      align: 'end',
      render: (_, { stats }) => `${stats.todaySent} / ${stats.todayFailed} / ${stats.todayUnknown}`,
    },
    { title: text.unread, responsive: ['lg'], align: 'end', render: (_, { unreadCount }) => unreadCount },
    {
      title: text.groups,
      responsive: ['xl'],
      render: (_, { groups }) => groups?.nodes.map(({ id, name }) => <Tag key={id}>{name}</Tag>),
    },
  ];
  return (
    <Table<AccountRow>
      rowKey="id"
      size="small"
      columns={columns}
      dataSource={accounts}
      loading={isLoading}
      pagination={accounts.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
      scroll={{ x: 'max-content' }}
      locale={{ emptyText: isLoading ? ' ' : empty }}
      rowSelection={{
        selectedRowKeys: [...selected],
        onChange: (keys) => select(keys.map(String)),
        getCheckboxProps: ({ name }) => ({ 'aria-label': name }),
        getTitleCheckboxProps: () => ({ 'aria-label': common.all }),
      }}
    />
  );
}
