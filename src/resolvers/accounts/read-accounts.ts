import type { Account, AccountCounts, Group } from '../../db/model.ts';
import type { AccountFilter as StoreFilter } from '../../db/store.ts';
import type { Capability, ClientState, DriverKind, PchookDialect } from '../../words.ts';
import { driverKinds, pchookDialects } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, requireAccount, requireScope, visibleAccounts } from '../access/caller.ts';
import { callbackUrlOf } from './callback-url.ts';
import { type Connection, type PageArgs, connection, keysetPage } from '../connection.ts';
import { notFound } from '../errors.ts';
import { readId, readIds, showId } from '../ids.ts';
import type { Loaders } from '../load.ts';

export type { Account, AccountCounts };

export type AccountFilter = {
  ids?: readonly string[] | null;
  groupIds?: readonly string[] | null;
  drivers?: readonly DriverKind[] | null;
  states?: readonly ClientState[] | null;
  ready?: boolean | null;
  search?: string | null;
};

/** By id; what the caller may not see is not there. */
export async function readAccounts(
  app: App,
  caller: Caller,
  filter: AccountFilter | null | undefined,
  args: PageArgs,
): Promise<Connection<Account>> {
  const page = keysetPage<[number]>('accounts', args, ['number']);
  const storeFilter: StoreFilter = {
    ids: visibleAccounts(caller, readIds('account', filter?.ids)),
    groupIds: readIds('group', filter?.groupIds),
    drivers: filter?.drivers ?? null,
    states: filter?.states ?? null,
    ready: filter?.ready ?? null,
    held: openBreakers(app),
    search: filter?.search ?? null,
    now: app.clock.now(),
  };
  const slice = await app.store.queries.accounts(storeFilter, page);
  return connection(
    'accounts',
    slice,
    (account) => [account.id],
    () => app.store.queries.countAccounts(storeFilter),
  );
}

/** The accounts of a group, by id. */
export async function readAccountsOfGroup(
  loaders: Loaders,
  group: Group,
  args: PageArgs,
): Promise<Connection<Account>> {
  const { first, after } = keysetPage<[number]>('accounts', args, ['number']);
  const ids = group.accountIds.toSorted((a, b) => a - b);
  const later = after ? ids.filter((id) => id > after[0]) : ids;
  const found = await Promise.all(later.slice(0, first).map(async (id) => loaders.account.load(id)));
  const items = found.filter((account) => account !== null);
  const slice = { items, hasNext: later.length > first, hasPrevious: later.length < ids.length };
  return connection(
    'accounts',
    slice,
    (account) => [account.id],
    async () => ids.length,
  );
}

/** One account that the caller may see, else NOT_FOUND. */
export async function readAccount(app: App, caller: Caller, id: string): Promise<Account> {
  const accountId = readId('account', id);
  if (accountId === null) throw notFound('account', id);
  requireAccount(caller, accountId, id);
  const [account] = await app.store.queries.accountsById([accountId]);
  if (!account) throw notFound('account', id);
  return account;
}

/** The account that this person is, else NOT_FOUND; of several the one that runs. */
export async function readAccountByWxid(app: App, caller: Caller, wxid: string): Promise<Account> {
  const own = (await readAllAccounts(app, caller)).filter((account) => account.self?.wxid === wxid);
  const account = own.find(isOnline) ?? own[0];
  if (account === undefined) throw notFound('account', wxid);
  return account;
}

/** Whether its WeChat is logged in, as far as is known. */
export function isOnline({ state }: Pick<Account, 'state'>): boolean {
  return state === 'RUNNING' || state === 'SUSPECT';
}

/** The account of something that the caller was seen to have; NOT_FOUND where it was deleted meanwhile. */
export async function readAccountById(app: App, id: number): Promise<Account> {
  const [account] = await app.store.queries.accountsById([id]);
  if (!account) throw notFound('account', showId('account', id));
  return account;
}

/** Whether a send would be dispatched now. */
export function isReady(app: App, account: Account): boolean {
  return account.state === 'RUNNING' && !account.pacing.paused && hasBudget(account) && !isBroken(app, account.id);
}

/** Whether more may be sent today. */
export function hasBudget({ pacing: { perDay }, sentToday }: Account): boolean {
  return perDay === null || sentToday < perDay;
}

/** Whether the account's sends are held, as its upstream was not reached time after time. */
export function isBroken(app: App, accountId: number): boolean {
  return app.breakers.get(accountId)?.isOpen() ?? false;
}

function openBreakers(app: App): number[] {
  return [...app.breakers.keys()].filter((id) => isBroken(app, id));
}

/** The address for the account's upstream to post to. ADMIN only, else null: whoever knows it can post messages. */
export function readCallbackUrl(app: App, caller: Caller, account: Account): string | null {
  return caller.scope === 'ADMIN' ? callbackUrlOf(app, account) : null;
}

/** What the account's driver can do; nothing where this gateway has no such driver. */
export function capabilitiesOf(app: App, account: Account): readonly Capability[] {
  const type = app.drivers[account.driver];
  return type?.capabilitiesAt?.(account.connection) ?? type?.capabilities ?? [];
}

/** In which dialect of the PC hook an account is served: as its owner chose, else as its own hook speaks, else the documented one. */
export function hookDialectOf(account: Account): PchookDialect {
  const spoken = pchookDialects.find((dialect) => dialect === account.connection['dialect']);
  return account.hookDialect ?? spoken ?? 'V39';
}

export type DriverInfo = { kind: DriverKind; capabilities: readonly Capability[] };

export function readDrivers(app: App): DriverInfo[] {
  return driverKinds.flatMap((kind) => {
    const driver = app.drivers[kind];
    return driver ? [{ kind, capabilities: driver.capabilities }] : [];
  });
}

/** Accounts and how many of them are ready, for everyone: it tells no more than two numbers. */
export async function checkHealth(app: App): Promise<{ accounts: number; readyAccounts: number }> {
  const now = app.clock.now();
  const [accounts, readyAccounts] = await Promise.all([
    app.store.queries.countAccounts({ now }),
    app.store.queries.countAccounts({ now, ready: true, held: openBreakers(app) }),
  ]);
  return { accounts, readyAccounts };
}

/** For the panel's list: all of them. */
export async function readAllAccounts(app: App, caller: Caller): Promise<Account[]> {
  requireScope(caller, 'READ');
  const filter: StoreFilter = { ids: visibleAccounts(caller, null), now: app.clock.now() };
  const accounts: Account[] = [];
  for (;;) {
    const after: [number] | null = accounts.length > 0 ? [accounts.at(-1)!.id] : null;
    const slice = await app.store.queries.accounts(filter, { first: 500, after });
    accounts.push(...slice.items);
    if (!slice.hasNext) return accounts;
  }
}

/** `{ "00001": counts, … }` of today and in all. */
export async function readAccountCounts(app: App, accounts: readonly Account[]): Promise<Map<number, AccountCounts>> {
  const counts = await app.store.queries.accountCounts(
    accounts.map((account) => account.id),
    app.clock.now(),
  );
  return new Map(counts.map((count) => [count.accountId, count]));
}

export const showAccountId = (account: Pick<Account, 'id'>): string => showId('account', account.id);
