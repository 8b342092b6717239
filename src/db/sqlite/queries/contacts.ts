import { sql } from 'kysely';
import type { Contact } from '../../model.ts';
import type { ContactFilter, Page, Slice } from '../../store.ts';
import { contactOf, type ContactRow } from '../contact-rows.ts';
import type { Engine } from '../engine.ts';
import { build, contains, statement, whole, within } from '../sql.ts';
import {
  countsOf,
  isGiven,
  isLaterPage,
  ofLiveAccount,
  pagesOf,
  sliceOf,
  slicesOf,
  visibleAccountIds,
} from './paging.ts';

const isListed = sql<boolean>`listed = 1`;

/** Everything of the filter but the accounts. */
function filtered(filter: ContactFilter) {
  let query = build.selectFrom('contact').where(isListed);
  if (isGiven(filter.kinds)) query = query.where(within(sql.ref('kind'), filter.kinds));
  if (isGiven(filter.wxids)) query = query.where(within(sql.ref('wxid'), filter.wxids));
  if (isGiven(filter.labels))
    query = query.where(
      sql<boolean>`exists (select 1 from json_each(contact.labels) as label
        where ${within(sql.ref('label.value'), filter.labels)})`,
    );
  if (filter.search)
    query = query.where(
      contains(
        [sql.ref('display_name'), sql.ref('name'), sql.ref('remark'), sql.ref('alias'), sql.ref('wxid')],
        filter.search,
      ),
    );
  return query;
}

type ContactPage = Page<[displayName: string, id: number]>;

/** The pages of these accounts together, by display name. */
function rowsOf(
  engine: Engine,
  accountIds: readonly number[],
  filter: ContactFilter,
  page: ContactPage,
  limit: number,
) {
  let query = filtered(filter).select('id');
  if (page.after) {
    const [name, id] = page.after;
    query = query.where(sql<boolean>`(display_name, id) > (${name}, ${id})`);
  }
  const ordered = query
    .orderBy('display_name')
    .orderBy('id')
    .limit(page.first + 1);
  const ids = pagesOf(accountIds, { table: 'contact', key: 'id' }, (accountId) =>
    ordered.where('account_id', '=', accountId),
  );
  return engine.sql.query(
    sql<ContactRow>`select * from contact where id in ${ids} order by display_name, id limit ${whole(limit)}`,
  );
}

/** See `Queries.contacts`. */
export function contacts(engine: Engine, filter: ContactFilter, page: ContactPage): Slice<Contact> {
  const accountIds = visibleAccountIds(engine, filter.accountIds);
  return sliceOf(rowsOf(engine, accountIds, filter, page, page.first + 1), page.first, isLaterPage(page), contactOf);
}

/** See `Queries.contactPages`. */
export function contactPages(
  engine: Engine,
  accountIds: readonly number[],
  filter: ContactFilter,
  page: ContactPage,
): Slice<Contact>[] {
  const rows = rowsOf(engine, visibleAccountIds(engine, accountIds), filter, page, -1);
  const read = { ownerOf: (row: ContactRow) => row.account_id, itemOf: contactOf };
  return slicesOf(accountIds, rows, page.first, isLaterPage(page), read);
}

/** See `Queries.countContacts`. */
export function countContacts(engine: Engine, filter: ContactFilter): number {
  const accountIds = visibleAccountIds(engine, filter.accountIds);
  return contactCounts(engine, accountIds, filter).reduce((sum, count) => sum + count, 0);
}

/** See `Queries.contactCounts`. */
export function contactCounts(engine: Engine, accountIds: readonly number[], filter: ContactFilter): number[] {
  const query = filtered(filter)
    .where(within(sql.ref('account_id'), visibleAccountIds(engine, accountIds)))
    .select(['account_id as owner', sql<number>`count(*)`.as('count')])
    .groupBy('account_id');
  return countsOf(accountIds, engine.sql.query(query));
}

const isOfLiveAccount = ofLiveAccount(sql.ref('account_id'));
const selectByIds = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('contact')
    .selectAll()
    .where(sql<boolean>`id in (select value from json_each(${ids}))`)
    .where(isOfLiveAccount),
);
const selectByWxid = statement(
  ({ keys }: { keys: string }) => sql<ContactRow>`select contact.* from json_each(${keys}) as key
    cross join contact on account_id = key.value ->> 0 and wxid = key.value ->> 1
    where ${isOfLiveAccount}`,
);

/** See `Queries.contactsById`. */
export function contactsById(engine: Engine, ids: readonly number[]): Contact[] {
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map(contactOf);
}

/** See `Queries.contactsByWxid`. */
export function contactsByWxid(engine: Engine, keys: readonly { accountId: number; wxid: string }[]): Contact[] {
  const pairs = JSON.stringify(keys.map((key) => [key.accountId, key.wxid]));
  return engine.sql.all(selectByWxid, { keys: pairs }).map(contactOf);
}

type Named = { keys: string; limit: number };
type FoundRow = ContactRow & { at: number };
const selectByAlias = statement(
  (v: Named) => sql<FoundRow>`select key.key as at, contact.* from json_each(${v.keys}) as key cross join contact
    where contact.id in (select id from contact
      where account_id = key.value ->> 0 and alias = key.value ->> 1 and listed = 1 order by id limit ${whole(v.limit)})
    and ${isOfLiveAccount} order by contact.id`,
);
// A remark that is there is the display name too.
const selectByName = statement(
  (v: Named) => sql<FoundRow>`select key.key as at, contact.* from json_each(${v.keys}) as key cross join contact
    where contact.id in (select * from (
      select id from contact where account_id = key.value ->> 0 and display_name = key.value ->> 1 and listed = 1
      union select id from contact where account_id = key.value ->> 0 and name = key.value ->> 1 and listed = 1)
      order by id limit ${whole(v.limit)})
    and ${isOfLiveAccount} order by contact.id`,
);

/** See `Queries.contactsNamed`. */
export function contactsNamed(
  engine: Engine,
  keys: readonly { accountId: number; text: string }[],
  limit: number,
): Contact[][] {
  const values = { keys: JSON.stringify(keys.map((key) => [key.accountId, key.text])), limit };
  const byAlias = Map.groupBy(engine.sql.all(selectByAlias, values), (row) => row.at);
  const byName =
    byAlias.size === keys.length ? byAlias : Map.groupBy(engine.sql.all(selectByName, values), (row) => row.at);
  return keys.map((_, at) => (byAlias.get(at) ?? byName.get(at) ?? []).map(contactOf));
}
