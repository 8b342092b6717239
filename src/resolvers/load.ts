/**
 * Batched loading of single objects: what one answer needs of one kind is fetched by one query.
 *
 * Made anew for each request, and for events of a subscription that were read together, so that nothing is shown that is older than
 * they are. Objects are reached from what the caller may see already.
 */
import type {
  Account,
  AccountCounts,
  ApiToken,
  Chat,
  ChatRoomMember,
  Contact,
  Group,
  Media,
  Message,
  SendJob,
  SendLog,
  Webhook,
} from '../db/model.ts';
import type { App } from './app.ts';
import type { Caller } from './access/caller.ts';
import { type ListLoaders, createListLoaders } from './load-pages.ts';
import { type Loader, createLoader } from './loader.ts';
import { seenBy } from './accounts/manage-groups.ts';

export type Loaders = {
  account: Loader<number, Account | null>;
  accountCounts: Loader<number, AccountCounts | null>;
  group: Loader<number, Group | null>;
  contact: Loader<number, Contact | null>;
  contactByWxid: Loader<{ accountId: number; wxid: string }, Contact | null>;
  /** Those with such a name, at most two: enough to tell whether it is one. */
  contactsNamed: Loader<{ accountId: number; text: string }, Contact[]>;
  member: Loader<number, ChatRoomMember | null>;
  chat: Loader<number, Chat | null>;
  chatByContact: Loader<number, Chat | null>;
  message: Loader<number, Message | null>;
  messageByUpstreamId: Loader<{ accountId: number; upstreamId: string }, Message | null>;
  media: Loader<number, Media | null>;
  mediaOfMessage: Loader<number, Media | null>;
  raw: Loader<number, string | null>;
  log: Loader<number, SendLog | null>;
  job: Loader<number, SendJob | null>;
  token: Loader<number, ApiToken | null>;
  webhook: Loader<number, Webhook | null>;
  position: Loader<number, { position: number; estimatedAt: number | null; heldByTwin: boolean } | null>;
  list: ListLoaders;
};

export function createLoaders(app: App, caller: Caller): Loaders {
  const { queries } = app.store;
  const accountWxid = (key: { accountId: number; wxid: string }) => `${key.accountId} ${key.wxid}`;
  const accountUpstreamId = (key: { accountId: number; upstreamId: string }) => `${key.accountId} ${key.upstreamId}`;
  return {
    account: byKey(
      (ids) => queries.accountsById(ids),
      (account) => account.id,
    ),
    accountCounts: byKey(
      (ids) => queries.accountCounts(ids, app.clock.now()),
      (counts) => counts.accountId,
    ),
    group: byKey(
      async (ids) =>
        (await queries.groupsById(ids))
          .map((group) => seenBy(caller, group))
          // An event tells of a group that the caller's accounts may have left since.
          .filter((group) => caller.accountIds === null || group.accountIds.length > 0),
      (group) => group.id,
    ),
    contact: byKey(
      (ids) => queries.contactsById(ids),
      (contact) => contact.id,
    ),
    contactByWxid: byText((keys) => queries.contactsByWxid(keys), accountWxid, accountWxid),
    contactsNamed: createLoader(
      (keys) => queries.contactsNamed(keys, 2),
      ({ accountId, text }) => `${accountId} ${text}`,
    ),
    member: byKey(
      (ids) => queries.membersById(ids),
      (member) => member.id,
    ),
    chat: byKey(
      (ids) => queries.chatsById(ids),
      (chat) => chat.id,
    ),
    chatByContact: byKey(
      (ids) => queries.chatsByContact(ids),
      (chat) => chat.contactId,
    ),
    message: byKey(
      (seqs) => queries.messagesById(seqs),
      (message) => message.seq,
    ),
    messageByUpstreamId: byText(
      (keys) => queries.messagesByUpstreamId(keys),
      accountUpstreamId,
      (message) => accountUpstreamId({ accountId: message.accountId, upstreamId: message.upstreamId ?? '' }),
    ),
    media: byKey(
      (ids) => queries.mediaById(ids),
      (media) => media.id,
    ),
    mediaOfMessage: byKey(
      (seqs) => queries.mediaOfMessages(seqs),
      (media) => media.messageSeq!,
    ),
    raw: createLoader(async (seqs) => {
      const bodies = new Map((await queries.rawBodies(seqs)).map(({ seq, raw }) => [seq, raw]));
      return seqs.map((seq) => bodies.get(seq) ?? null);
    }),
    log: byKey(
      (ids) => queries.logsById(ids),
      (log) => log.id,
    ),
    job: byKey(
      (ids) => queries.jobsById(ids, caller.accountIds),
      (job) => job.id,
    ),
    token: byKey(
      (ids) => queries.tokensById(ids),
      (token) => token.id,
    ),
    webhook: byKey(
      (ids) => queries.webhooksById(ids),
      (webhook) => webhook.id,
    ),
    position: createLoader(async (ids) => {
      const positions = new Map((await queries.positions(ids, app.clock.now())).map((one) => [one.sendId, one]));
      return ids.map((id) => positions.get(id) ?? null);
    }),
    list: createListLoaders(),
  };
}

function byKey<T>(
  fetch: (ids: readonly number[]) => Promise<T[]>,
  idOf: (item: T) => number,
): Loader<number, T | null> {
  return createLoader(async (ids) => {
    const items = new Map((await fetch(ids)).map((item) => [idOf(item), item]));
    return ids.map((id) => items.get(id) ?? null);
  });
}

function byText<Key, T>(
  fetch: (keys: readonly Key[]) => Promise<T[]>,
  textOf: (key: Key) => string,
  textOfItem: (item: T) => string,
): Loader<Key, T | null> {
  return createLoader(async (keys) => {
    const items = new Map((await fetch(keys)).map((item) => [textOfItem(item), item]));
    return keys.map((key) => items.get(textOf(key)) ?? null);
  }, textOf);
}
