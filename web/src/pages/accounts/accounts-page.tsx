/** Every account, the ones that need somebody first. */
import { PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, Empty, Input, Select } from 'antd';
import { Suspense, lazy, useState } from 'react';
import { Failure } from '../../parts/failure.tsx';
import { useFilters } from '../../parts/filters.ts';
import { usePages } from '../../parts/pages.ts';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { type AccountRow, accountsDocument, byUrgency, loggingIn } from './account.ts';
import { AccountsTable } from './accounts-table.tsx';
import { BulkActions } from './bulk-actions.tsx';
import { useAccountsWords } from './words.ts';

// What is not seen at once is not loaded at once.
const AccountDrawer = lazy(() => import('./account-drawer.tsx'));
const AddAccount = lazy(() => import('./add-account.tsx'));
const LoginDialog = lazy(() => import('./login-dialog.tsx'));

export default function AccountsPage() {
  const text = useAccountsWords();
  const common = useCommon();
  const filters = useFilters();
  const mayManage = useMay('ADMIN');
  const { items, error, isFirst, hasMore, isLoading, more, again } = usePages(
    accountsDocument,
    { filter: null },
    ({ accounts }) => accounts,
  );
  const [selected, setSelected] = useState<readonly string[]>([]);
  const [isAdding, setAdding] = useState(false);
  const [loginOf, setLoginOf] = useState<string | null>(null);
  // A gateway has hundreds of them at most: all are here, so that the order and the filters hold over all.
  if (hasMore && !isLoading) queueMicrotask(more);

  const shown = items.filter((account) => passes(account, filters)).toSorted(byUrgency);
  const open = items.find(({ id }) => id === filters.text('account'));
  const groups = new Map(items.flatMap(({ groups: own }) => own?.nodes ?? []).map(({ id, name }) => [id, name]));
  const waiting = items.filter(({ state }) => loggingIn.includes(state));

  return (
    <div className="page">
      <div className="row">
        <Input.Search
          allowClear
          placeholder={text.search}
          aria-label={text.search}
          defaultValue={filters.text('search') ?? ''}
          onChange={({ target }) => filters.set({ search: target.value })}
          style={{ width: 220 }}
        />
        <Select
          mode="multiple"
          allowClear
          aria-label={text.state}
          placeholder={text.state}
          value={filters.list('state')}
          onChange={(state) => filters.set({ state })}
          options={Object.entries(common.state).map(([value, label]) => ({ value, label }))}
          style={{ minWidth: 140 }}
        />
        <Select
          mode="multiple"
          allowClear
          aria-label={text.driver}
          placeholder={text.driver}
          value={filters.list('driver')}
          onChange={(driver) => filters.set({ driver })}
          options={Object.entries(common.driver).map(([value, label]) => ({ value, label }))}
          style={{ minWidth: 120 }}
        />
        <Select
          mode="multiple"
          allowClear
          aria-label={text.groups}
          placeholder={text.groups}
          value={filters.list('group')}
          onChange={(group) => filters.set({ group })}
          options={[...groups].map(([value, label]) => ({ value, label }))}
          style={{ minWidth: 120 }}
        />
        <Checkbox checked={filters.flag('ready')} onChange={({ target }) => filters.set({ ready: target.checked })}>
          {text.onlyReady}
        </Checkbox>
        <span className="grow" />
        <span className="dim">{text.counts(shown.length, items.length)}</span>
        {mayManage && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {text.add}
          </Button>
        )}
      </div>
      <Failure error={error} again={again} />
      <BulkActions accounts={items.filter(({ id }) => selected.includes(id))} done={() => setSelected([])} />
      <div className="fill">
        <AccountsTable
          accounts={shown}
          isLoading={isFirst}
          selected={selected}
          select={setSelected}
          open={(account) => filters.set({ account })}
          logIn={setLoginOf}
          empty={<Empty description={items.length === 0 ? text.empty : text.noMatch} />}
        />
      </div>
      <Suspense>
        {' '}
        {open && <AccountDrawer account={open} close={() => filters.set({ account: null })} logIn={setLoginOf} />}
        {isAdding && <AddAccount accounts={items} close={() => setAdding(false)} logIn={setLoginOf} />}
        {loginOf !== null && (
          <LoginDialog
            key={loginOf}
            account={items.find(({ id }) => id === loginOf)}
            waiting={waiting.filter(({ id }) => id !== loginOf)}
            next={setLoginOf}
            close={() => setLoginOf(null)}
          />
        )}
      </Suspense>{' '}
    </div>
  );
}

function passes(account: AccountRow, filters: ReturnType<typeof useFilters>): boolean {
  const among = (name: string, values: readonly string[]) => {
    const wanted = filters.list(name);
    return wanted.length === 0 || values.some((value) => wanted.includes(value));
  };
  const search = filters.text('search')?.toLowerCase() ?? '';
  return (
    among('state', [account.state]) &&
    among('driver', [account.driver]) &&
    among('group', account.groups?.nodes.map(({ id }) => id) ?? []) &&
    (!filters.flag('ready') || account.ready) &&
    [account.id, account.name, account.remark, account.wxid].some((one) => one?.toLowerCase().includes(search))
  );
}
