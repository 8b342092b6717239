/**
 * Upstreams whose ids live only as long as a login (Openwx): after the next one every contact comes back under another
 * wxid. Contacts keep their own ids then, as far as they can be told apart.
 */
import type { Millis } from '../../words.ts';
import type { NewContact } from '../store.ts';
import { type AccountRow, syncedKinds } from './account-rows.ts';
import { type ContactRow, freshContact, updateContact } from './contact-rows.ts';
import type { Engine } from './engine.ts';
import { reindexMessage, termedColumns } from './message-terms.ts';
import { build, statement } from './sql.ts';

/**
 * Gives stored contacts the new wxid of the one given contact that looks the same, if the account's own wxid has changed
 * since contacts of that kind were fetched. `stored`, by wxid, is brought up to date. The same look twice on either side proves nothing.
 */
export function followNewIds(
  engine: Engine,
  account: AccountRow,
  stored: Map<string, ContactRow>,
  given: ReadonlyMap<string, NewContact>,
  now: Millis,
): void {
  const synced = syncedKinds(account);
  const isStale = (kind: ContactRow['kind']): boolean => {
    const then = synced[kind];
    return then !== undefined && then !== '' && account.self_wxid !== null && account.self_wxid !== then;
  };
  const gone = unique(
    [...stored.values()].filter((row) => row.listed === 1 && isStale(row.kind) && !given.has(row.wxid)),
    look,
  );
  if (gone.size === 0) return;
  const come = unique(
    [...given.values()].filter((contact) => stored.get(contact.wxid)?.listed !== 1),
    (contact) => look(freshContact(account.id, contact, 1)),
  );
  for (const [same, row] of gone) {
    const contact = come.get(same);
    if (contact === undefined) continue;
    const stranger = stored.get(contact.wxid);
    if (stranger !== undefined) absorb(engine, stranger, row, now);
    stored.delete(row.wxid);
    const renamed = { ...row, wxid: contact.wxid };
    stored.set(contact.wxid, renamed);
    updateContact(engine, renamed);
  }
}

function look(row: Pick<ContactRow, 'kind' | 'name' | 'remark'>): string {
  return JSON.stringify([row.kind, row.name, row.remark || null]);
}

/** By key, without those whose key several have. */
function unique<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item> {
  const byKey = new Map<string, Item>();
  const several = new Set<string>();
  for (const item of items) {
    const key = keyOf(item);
    if (byKey.has(key)) several.add(key);
    byKey.set(key, item);
  }
  for (const key of several) byKey.delete(key);
  return byKey;
}

type Pair = { from: number; to: number };

const selectChat = statement(({ contactId }: { contactId: number }) =>
  build.selectFrom('chat').selectAll().where('contact_id', '=', contactId),
);
const moveChat = statement((v: Pair) =>
  build.updateTable('chat').set({ contact_id: v.to }).where('contact_id', '=', v.from),
);
const selectMessages = statement(({ chatId }: { chatId: number }) =>
  build.selectFrom('message').select(termedColumns).where('chat_id', '=', chatId),
);
const moveMessages = statement((v: Pair) =>
  build.updateTable('message').set({ chat_id: v.to }).where('chat_id', '=', v.from),
);
const moveEvents = statement((v: Pair & { after: number }) =>
  build.updateTable('journal').set({ chat_id: v.to }).where('seq', '>', v.after).where('chat_id', '=', v.from),
);
const updateChat = statement((v: { id: number; last: number | null; unread: number; mentions: number; at: Millis }) =>
  build
    .updateTable('chat')
    .set({ last_message_seq: v.last, unread_count: v.unread, unread_mentions: v.mentions, updated_at: v.at })
    .where('id', '=', v.id),
);
const deleteChat = statement(({ id }: { id: number }) => build.deleteFrom('chat').where('id', '=', id));
const moveSends = statement((v: Pair & { accountId: number }) =>
  build
    .updateTable('outbox')
    .set({ receiver_contact_id: v.to })
    .where('account_id', '=', v.accountId)
    .where('receiver_contact_id', '=', v.from),
);
const deleteMembers = statement(({ roomId }: { roomId: number }) =>
  build.deleteFrom('member').where('room_id', '=', roomId),
);
const deleteContact = statement(({ id }: { id: number }) => build.deleteFrom('contact').where('id', '=', id));
const selectFirstMessage = statement(({ chatId }: { chatId: number }) =>
  build
    .selectFrom('message')
    .select(({ fn }) => fn.min('seq').as('seq'))
    .where('chat_id', '=', chatId),
);

/** A contact that messages made under the new wxid, before the list was fetched, becomes the one that it is. */
function absorb(engine: Engine, stranger: ContactRow, into: ContactRow, now: Millis): void {
  const theirs = engine.sql.first(selectChat, { contactId: stranger.id });
  const ours = engine.sql.first(selectChat, { contactId: into.id });
  if (theirs !== undefined && ours === undefined) engine.sql.run(moveChat, { from: stranger.id, to: into.id });
  if (theirs !== undefined && ours !== undefined) {
    const first = engine.sql.first(selectFirstMessage, { chatId: theirs.id })?.seq ?? 0;
    for (const row of engine.sql.all(selectMessages, { chatId: theirs.id }))
      reindexMessage(engine, row, { ...row, chat_id: ours.id });
    engine.sql.run(moveMessages, { from: theirs.id, to: ours.id });
    engine.sql.run(moveEvents, { from: theirs.id, to: ours.id, after: first - 1 });
    engine.sql.run(updateChat, {
      id: ours.id,
      last: Math.max(ours.last_message_seq ?? 0, theirs.last_message_seq ?? 0) || null,
      unread: ours.unread_count + theirs.unread_count,
      mentions: ours.unread_mentions + theirs.unread_mentions,
      at: now,
    });
    engine.sql.run(deleteChat, { id: theirs.id });
  }
  engine.sql.run(moveSends, { from: stranger.id, to: into.id, accountId: into.account_id });
  engine.sql.run(deleteMembers, { roomId: stranger.id });
  engine.sql.run(deleteContact, { id: stranger.id });
}
