/**
 * Batched loading of single objects: what one answer needs of one kind is fetched by one query.
 *
 * Made anew for each request and for each event of a subscription, so that nothing stale is shown. Objects are reached
 * from what the caller may see already.
 */
import DataLoader from 'dataloader';
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
import { seenBy } from './accounts/manage-groups.ts';

export type Loaders = {
  account: DataLoader<number, Account | null>;
  accountCounts: DataLoader<number, AccountCounts | null>;
  group: DataLoader<number, Group | null>;
  contact: DataLoader<number, Contact | null>;
  contactByWxid: DataLoader<{ accountId: number; wxid: string }, Contact | null, string>;
  /** Those with such a name, at most two: enough to tell whether it is one. */
  contactsNamed: DataLoader<{ accountId: number; text: string }, Contact[], string>;
  member: DataLoader<number, ChatRoomMember | null>;
  chat: DataLoader<number, Chat | null>;
  chatByContact: DataLoader<number, Chat | null>;
  message: DataLoader<number, Message | null>;
  messageByUpstreamId: DataLoader<{ accountId: number; upstreamId: string }, Message | null, string>;
  media: DataLoader<number, Media | null>;
  mediaOfMessage: DataLoader<number, Media | null>;
  raw: DataLoader<number, string | null>;
  log: DataLoader<number, SendLog | null>;
  job: DataLoader<number, SendJob | null>;
  token: DataLoader<number, ApiToken | null>;
  webhook: DataLoader<number, Webhook | null>;
  position: DataLoader<number, { position: number; estimatedAt: number | null; heldByTwin: boolean } | null>;
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
    contactsNamed: new DataLoader((keys) => queries.contactsNamed(keys, 2), {
      cacheKeyFn: ({ accountId, text }) => `${accountId} ${text}`,
    }),
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
    raw: new DataLoader(async (seqs) => {
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
    position: new DataLoader(async (ids) => {
      const positions = new Map((await queries.positions(ids, app.clock.now())).map((one) => [one.sendId, one]));
      return ids.map((id) => positions.get(id) ?? null);
    }),
    list: createListLoaders(),
  };
}

function byKey<T>(
  fetch: (ids: readonly number[]) => Promise<T[]>,
  idOf: (item: T) => number,
): DataLoader<number, T | null> {
  return new DataLoader(async (ids) => {
    const items = new Map((await fetch(ids)).map((item) => [idOf(item), item]));
    return ids.map((id) => items.get(id) ?? null);
  });
}

function byText<Key, T>(
  fetch: (keys: readonly Key[]) => Promise<T[]>,
  textOf: (key: Key) => string,
  textOfItem: (item: T) => string,
): DataLoader<Key, T | null, string> {
  return new DataLoader(
    async (keys) => {
      const items = new Map((await fetch(keys)).map((item) => [textOfItem(item), item]));
      return keys.map((key) => items.get(textOf(key)) ?? null);
    },
    { cacheKeyFn: textOf },
  );
}
