import { Checkbox, Input, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useAccounts } from '../../parts/accounts.ts';
import { type Filters, useFilters } from '../../parts/filters.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useCommon } from '../../words/common.ts';
import type { ChatFilter } from './chats.ts';
import { chatsDocument } from './inbox.ts';
import { useInboxWords } from './words.ts';

const typingMs = 250;
type Kinds = NonNullable<ChatFilter['kinds']>;

/** The filter that stands in the address. */
export function filterOf(filters: Filters): ChatFilter {
  const [accountIds, kinds] = [filters.list('account'), filters.list('kind') as Kinds];
  return {
    accountIds: accountIds.length > 0 ? accountIds : null,
    kinds: kinds.length > 0 ? kinds : null,
    unreadOnly: filters.flag('unread') || null,
    mentionedOnly: filters.flag('mentions') || null,
    search: filters.text('search'),
  };
}

export function ChatFilters() {
  const text = useInboxWords();
  const common = useCommon();
  const filters = useFilters();
  const accounts = useAccounts();
  const [search, setSearch] = useState(filters.text('search') ?? '');
  // Asked for when the typing pauses.
  useEffect(() => {
    if (search === (filters.text('search') ?? '')) return undefined;
    const timer = setTimeout(() => filters.set({ search }), typingMs);
    return () => clearTimeout(timer);
  }, [search]);

  return (
    <div className="inbox-filters">
      <Input.Search
        allowClear
        className="inbox-search"
        aria-label={text.search}
        placeholder={text.search}
        value={search}
        onChange={({ target }) => setSearch(target.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
      <div className="inbox-choices">
        <Select
          mode="multiple"
          allowClear
          maxTagCount="responsive"
          aria-label={common.pages.accounts}
          placeholder={common.pages.accounts}
          optionFilterProp="label"
          value={filters.list('account')}
          onChange={(account) => filters.set({ account })}
          options={accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
        />
        <Select
          mode="multiple"
          allowClear
          maxTagCount="responsive"
          aria-label={text.kind}
          placeholder={text.kind}
          value={filters.list('kind')}
          onChange={(kind) => filters.set({ kind })}
          options={Object.entries(common.contactKind).map(([value, label]) => ({ value, label }))}
        />
      </div>
      <div className="row">
        <Checkbox checked={filters.flag('unread')} onChange={({ target }) => filters.set({ unread: target.checked })}>
          {text.onlyUnread}
        </Checkbox>
        <Checkbox
          checked={filters.flag('mentions')}
          onChange={({ target }) => filters.set({ mentions: target.checked })}
        >
          {text.onlyMentions}
        </Checkbox>
        <span className="grow" />
        <SameAs document={chatsDocument} variables={{ filter: filterOf(filters) }} />
      </div>
    </div>
  );
}
