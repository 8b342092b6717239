import { sql } from 'kysely';
import type { Contact } from '../../model.ts';
import type { ContactFilter, Page, Slice } from '../../store.ts';
import { contactOf, type ContactRow } from '../contact-rows.ts';
import type { Engine } from '../engine.ts';
import { build, contains, statement, within } from '../sql.ts';
import { mergedPages, ofLiveAccount, isGiven, sliceOf, visibleAccountIds } from './paging.ts';

const isListed = sql<boolean>`listed = 1`;

/** Everything of the filter but the accounts. */
function filtered(filter: ContactFilter) {
  let query = build.selectFrom('contact').selectAll().where(isListed);
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

/** As SQLite orders text: by the bytes of UTF-8, which is the order of code points. */
function byDisplayName(a: ContactRow, b: ContactRow): number {
  return a.display_name === b.display_name
    ? a.id - b.id
    : Buffer.compare(Buffer.from(a.display_name), Buffer.from(b.display_name));
}

/** See `Queries.contacts`. */
export function contacts(
  engine: Engine,
  filter: ContactFilter,
  page: Page<[displayName: string, id: number]>,
): Slice<Contact> {
  const isLater = page.after !== null && page.after !== undefined;
  let query = filtered(filter);
  if (page.after) {
    const [name, id] = page.after;
    query = query.where(sql<boolean>`(display_name, id) > (${name}, ${id})`);
  }
  const ordered = query
    .orderBy('display_name')
    .orderBy('id')
    .limit(page.first + 1);
  const rows = mergedPages(
    visibleAccountIds(engine, filter.accountIds),
    page.first + 1,
    {
      one: (accountId) => engine.sql.query(ordered.where('account_id', '=', accountId)),
      all: (ids) => engine.sql.query(ordered.where(within(sql.ref('account_id'), ids))),
    },
    byDisplayName,
  );
  return sliceOf(rows, page.first, isLater, contactOf);
}

/** See `Queries.countContacts`. */
export function countContacts(engine: Engine, filter: ContactFilter): number {
  const query = filtered(filter)
    .where(within(sql.ref('account_id'), visibleAccountIds(engine, filter.accountIds)))
    .clearSelect()
    .select(sql<number>`count(*)`.as('count'));
  return engine.sql.query(query)[0]?.count ?? 0;
}

const isOfLiveAccount = ofLiveAccount(sql.ref('account_id'));
const selectByIds = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('contact')
    .selectAll()
    .where(sql<boolean>`id in (select value from json_each(${ids}))`)
    .where(isOfLiveAccount),
);
const selectByWxid = statement((v: { accountId: number; wxid: string }) =>
  build
    .selectFrom('contact')
    .selectAll()
    .where('account_id', '=', v.accountId)
    .where('wxid', '=', v.wxid)
    .where(isOfLiveAccount),
);

/** See `Queries.contactsById`. */
export function contactsById(engine: Engine, ids: readonly number[]): Contact[] {
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map(contactOf);
}

/** See `Queries.contactsByWxid`. */
export function contactsByWxid(engine: Engine, keys: readonly { accountId: number; wxid: string }[]): Contact[] {
  return keys.flatMap((key) => engine.sql.all(selectByWxid, key)).map(contactOf);
}

type Named = { accountId: number; text: string; limit: number };
const selectByAlias = statement((v: Named) =>
  build
    .selectFrom('contact')
    .selectAll()
    .where('account_id', '=', v.accountId)
    .where('alias', '=', v.text)
    .where(isListed)
    .where(isOfLiveAccount)
    .orderBy('id')
    .limit(v.limit),
);
// A remark that is there is the display name too.
const selectByName = statement(
  (v: Named) => sql<ContactRow>`select * from contact where id in (
      select id from contact where account_id = ${v.accountId} and display_name = ${v.text} and listed = 1
      union select id from contact where account_id = ${v.accountId} and name = ${v.text} and listed = 1)
    and ${isOfLiveAccount} order by id limit ${v.limit}`,
);

/** See `Queries.contactsNamed`. */
export function contactsNamed(engine: Engine, accountId: number, text: string, limit: number): Contact[] {
  const byAlias = engine.sql.all(selectByAlias, { accountId, text, limit });
  const rows = byAlias.length > 0 ? byAlias : engine.sql.all(selectByName, { accountId, text, limit });
  return rows.map(contactOf);
}
