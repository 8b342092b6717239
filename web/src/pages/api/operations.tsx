/** Requests that can be copied and run, for one account of the reader's own. */
import { Empty, Select, Space } from 'antd';
import type { DocumentNode } from 'graphql';
import { print } from 'graphql/language/printer';
import { Failure } from '../../parts/failure.tsx';
import { useFilters } from '../../parts/filters.ts';
import { usePages } from '../../parts/pages.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { accountsDocument } from '../accounts/account.ts';
import {
  ask,
  followMessages,
  followStates,
  readAccounts,
  readInbox,
  readLogs,
  readStats,
  sendText,
} from './operation-documents.ts';
import { useApiWords } from './words.ts';

type Operation = { title: string; document: DocumentNode; variables: Record<string, unknown> };

export function Operations() {
  const { operations: text } = useApiWords();
  const filters = useFilters();
  const { items, error, isFirst, hasMore, isLoading, more, again } = usePages(
    accountsDocument,
    { filter: null },
    ({ accounts }) => accounts,
  );
  if (hasMore && !isLoading) queueMicrotask(more);
  const account = items.find(({ id }) => id === filters.text('account')) ?? items[0];
  if (!account) return isFirst ? null : <Empty description={text.none} />;
  const accountIds = [account.id];
  const to = account.defaultReceiver?.wxid ?? 'filehelper';
  const content = { text: text.example };
  const operations: Operation[] = [
    { title: text.accounts, document: readAccounts, variables: {} },
    { title: text.send, document: sendText, variables: { input: { targets: accountIds, to: [to], content } } },
    {
      title: text.consult,
      document: ask,
      variables: { input: { accountId: account.id, to, content, timeoutMs: 60_000 } },
    },
    { title: text.inbox, document: readInbox, variables: { filter: { accountIds } } },
    { title: text.logs, document: readLogs, variables: { filter: { accountIds } } },
    { title: text.stats, document: readStats, variables: { accountIds, days: 7 } },
    { title: text.messages, document: followMessages, variables: { filter: { accountIds }, after: null } },
    { title: text.states, document: followStates, variables: { accountIds } },
  ];
  return (
    <div className="operations sheet">
      <p>{text.about}</p>
      <Failure error={error} again={again} />
      <Space>
        <span id="operations-account">{text.account}</span>
        <Select
          aria-labelledby="operations-account"
          showSearch={{ optionFilterProp: 'label' }}
          value={account.id}
          onChange={(id) => filters.set({ account: id })}
          options={items.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
          style={{ minWidth: 220 }}
        />
      </Space>
      {operations.map(({ title, document, variables }) => (
        <div key={title} className="row">
          <span className="grow">{title}</span>
          <a href={inEditor(document, variables)} target="_blank" rel="noopener noreferrer">
            {text.open}
          </a>
          <SameAs document={document} variables={variables} />
        </div>
      ))}
    </div>
  );
}

function inEditor(document: DocumentNode, variables: Record<string, unknown>): string {
  const query = new URLSearchParams({ query: print(document), variables: JSON.stringify(variables, null, 2) });
  return `/graphql?${query}`;
}
