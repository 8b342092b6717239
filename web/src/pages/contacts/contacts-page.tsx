/** Everybody whom the accounts know. */
import { DownloadOutlined, SyncOutlined, TeamOutlined, UserAddOutlined } from '@ant-design/icons';
import { Alert, Badge, Button, Empty, Input, Select, Spin, Tabs } from 'antd';
import { Suspense, lazy, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useClient, useQuery } from 'urql';
import { useLiveEvents } from '../../live/live.tsx';
import { useAccounts } from '../../parts/accounts.ts';
import { Failure } from '../../parts/failure.tsx';
import { type Filters, useFilters } from '../../parts/filters.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useCommon } from '../../words/common.ts';
import { type ContactFilter, contactsDocument, countsDocument } from './contact.ts';
import { createContacts } from './contacts.ts';
import { ContactList } from './contact-list.tsx';
import './contacts.css';
import { useExport } from './export.ts';
import { useContactsWords } from './words.ts';

const ContactDrawer = lazy(() => import('./contact-drawer.tsx'));
const Syncs = lazy(() => import('./syncs.tsx'));
const FriendRequests = lazy(() => import('./friend-requests.tsx'));
const NewRoom = lazy(() => import('./new-room.tsx'));

type Open = 'syncs' | 'requests' | 'room' | null;
const typingMs = 250;
/** So many are fetched at once, for the order by letters; more only when it is asked for. */
const fetchedAtOnce = 1000;

function filterOf(filters: Filters): ContactFilter {
  const [accountIds, kind] = [filters.list('account'), filters.text('kind')];
  return {
    accountIds: accountIds.length > 0 ? accountIds : null,
    kinds: kind === null ? null : ([kind] as NonNullable<ContactFilter['kinds']>),
    search: filters.text('search'),
  };
}

export default function ContactsPage() {
  const text = useContactsWords();
  const filters = useFilters();
  const filter = filterOf(filters);
  const client = useClient();
  const [isChanged, setChanged] = useState(false);
  const [open, setOpen] = useState<Open>(null);
  const [isAllWanted, setAllWanted] = useState(false);
  const key = JSON.stringify(filter);
  const [generation, setGeneration] = useState(0);
  const store = useMemo(() => createContacts(client, JSON.parse(key) as ContactFilter), [client, key, generation]);
  const { contacts, total, hasMore, error } = useSyncExternalStore(store.watch, store.snapshot);
  const isAll = isAllWanted || total === null || total <= fetchedAtOnce;
  useEffect(() => {
    if (isAll && !error) void store.more();
  }, [store, isAll, contacts.length, error]);
  useEffect(() => setAllWanted(false), [key]);
  useLiveEvents((event) => {
    store.tell(event);
    if (event.__typename === 'ContactsSynced') setChanged(true);
    if (event.__typename === 'ContactChanged' && ['ADDED', 'REMOVED'].includes(event.contactChange)) setChanged(true);
  });
  const contactId = filters.text('contact');

  return (
    <div className="page contacts">
      <Toolbar filter={filter} open={setOpen} />
      <Kinds filter={filter} />
      <Failure error={error} again={() => void store.more()} />
      {isChanged && (
        <Alert
          type="info"
          title={text.changed}
          action={
            <Button
              size="small"
              onClick={() => {
                setChanged(false);
                setGeneration(generation + 1);
              }}
            >
              {text.reload}
            </Button>
          }
        />
      )}
      {isAll && !isAllWanted && hasMore ? (
        !error && <Spin className="center fill" />
      ) : contacts.length === 0 ? (
        <Empty className="fill" description={filters.text('search') ? text.noMatch : text.empty} />
      ) : (
        <ContactList
          key={key}
          contacts={contacts}
          total={total ?? contacts.length}
          isComplete={!hasMore}
          more={() => void store.more()}
          fetchAll={() => setAllWanted(true)}
          isFetching={isAllWanted && hasMore}
          open={(contact) => filters.set({ contact })}
        />
      )}
      <Suspense fallback={<Spin className="contacts-spin" />}>
        {contactId !== null && <ContactDrawer id={contactId} close={() => filters.set({ contact: null })} />}
        {open === 'syncs' && <Syncs accountIds={filter.accountIds ?? null} close={() => setOpen(null)} />}
        {open === 'requests' && <FriendRequests accountIds={filter.accountIds ?? null} close={() => setOpen(null)} />}
        {open === 'room' && <NewRoom close={() => setOpen(null)} />}
      </Suspense>
    </div>
  );
}

function Toolbar({ filter, open }: { filter: ContactFilter; open: (what: Open) => void }) {
  const text = useContactsWords();
  const common = useCommon();
  const filters = useFilters();
  const accounts = useAccounts();
  const [exportAll, exported] = useExport(filter);
  const [search, setSearch] = useState(filters.text('search') ?? '');
  // Asked for when the typing pauses.
  useEffect(() => {
    if (search === (filters.text('search') ?? '')) return undefined;
    const timer = setTimeout(() => filters.set({ search }), typingMs);
    return () => clearTimeout(timer);
  }, [search]);
  return (
    <div className="row">
      <Input.Search
        allowClear
        aria-label={text.search}
        placeholder={text.search}
        value={search}
        onChange={({ target }) => setSearch(target.value)}
        style={{ width: 240 }}
      />
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
        style={{ minWidth: 180 }}
      />
      <span className="grow" />
      <Button icon={<SyncOutlined />} onClick={() => open('syncs')}>
        {text.sync}
      </Button>
      <Button icon={<UserAddOutlined />} onClick={() => open('requests')}>
        {text.friends}
      </Button>
      <Button icon={<TeamOutlined />} onClick={() => open('room')}>
        {text.newRoom}
      </Button>
      <Button icon={<DownloadOutlined />} loading={exported !== null} onClick={exportAll}>
        {exported === null ? text.csv : text.exporting(exported)}
      </Button>
      <SameAs document={contactsDocument} variables={{ filter }} />
    </div>
  );
}

function Kinds({ filter: { accountIds, search } }: { filter: ContactFilter }) {
  const common = useCommon();
  const filters = useFilters();
  const [{ data }] = useQuery({
    query: countsDocument,
    variables: { accountIds: accountIds ?? null, search: search ?? null },
  });
  const kinds = ['FRIEND', 'CHAT_ROOM', 'OFFICIAL_ACCOUNT', 'OTHER'] as const;
  const count = (kind: (typeof kinds)[number]) => data?.[kind]?.totalCount;
  const sum = kinds.reduce((total, kind) => total + (count(kind) ?? 0), 0);
  const label = (name: string, shown: number | undefined) => (
    <>
      {name} {shown !== undefined && <Badge count={shown} showZero overflowCount={99_999} color="#5c6b73" />}
    </>
  );
  return (
    <Tabs
      activeKey={filters.text('kind') ?? 'ALL'}
      onChange={(kind) => filters.set({ kind: kind === 'ALL' ? null : kind })}
      tabBarStyle={{ margin: 0 }}
      items={[
        { key: 'ALL', label: label(common.all, data && sum) },
        ...kinds.map((kind) => ({ key: kind, label: label(common.contactKind[kind], count(kind)) })),
      ]}
    />
  );
}
