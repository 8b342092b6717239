/** What the messages of one batch have in common: looked up once, and counted once at its end. */
import { sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Seq } from '../model.ts';
import type { NewContact } from '../store.ts';
import { fillPeer, findPeer, type Peer } from './chats.ts';
import { countReceived } from './counts.ts';
import type { Engine } from './engine.ts';
import { noteHeard } from './evidence.ts';
import { build, statement } from './sql.ts';

export type Batch = {
  /** Whether the account is there: what is told of one that was deleted has no place any more. */
  isLive(accountId: number): boolean;
  peer(accountId: number, given: NewContact, now: Millis): Peer;
  /** Stretches of time in which messages of the batch were sent. */
  readonly spans: Set<number>;
  /** Contacts were changed otherwise. */
  forgetPeers(): void;
  count(
    accountId: number,
    message: { chatId: number; seq: Seq; isIncoming: boolean; isUnread: boolean; isMention: boolean },
    now: Millis,
  ): void;
  /** Writes the counts so far. */
  writeCounts(): void;
};

type ChatTally = { lastSeq: Seq; unread: number; mentions: number; at: Millis };
type AccountTally = { lastAt: Millis; received: Map<string, number> };

const selectLive = statement(({ id }: { id: number }) =>
  build.selectFrom('account').select('id').where('id', '=', id).where('deleted_at', 'is', null),
);
const updateChat = statement(
  (v: ChatTally & { id: number }) => sql`update chat set last_message_seq = ${v.lastSeq},
    unread_count = unread_count + ${v.unread}, unread_mentions = unread_mentions + ${v.mentions}, updated_at = ${v.at}
    where id = ${v.id}`,
);
const updateAccount = statement(
  (v: { id: number; at: Millis }) =>
    sql`update account set last_message_at = max(coalesce(last_message_at, 0), ${v.at}) where id = ${v.id}`,
);

export function openBatch(engine: Engine): Batch {
  const live = new Map<number, boolean>();
  const peers = new Map<string, Peer>();
  const chats = new Map<number, ChatTally>();
  const accounts = new Map<number, AccountTally>();

  return {
    isLive: (accountId) => {
      const known = live.get(accountId);
      if (known !== undefined) return known;
      const found = engine.sql.first(selectLive, { id: accountId }) !== undefined;
      live.set(accountId, found);
      return found;
    },
    peer: (accountId, given, now) => {
      const key = `${accountId} ${given.wxid}`;
      const known = peers.get(key);
      const peer = known === undefined ? findPeer(engine, accountId, given, now) : fillPeer(engine, known, given);
      if (peer !== known) peers.set(key, peer);
      return peer;
    },
    spans: new Set(),
    forgetPeers: () => {
      peers.clear();
    },
    count: (accountId, message, now) => {
      const chat = chats.get(message.chatId) ?? { lastSeq: 0, unread: 0, mentions: 0, at: now };
      chat.lastSeq = message.seq;
      chat.unread += message.isUnread ? 1 : 0;
      chat.mentions += message.isMention ? 1 : 0;
      chat.at = now;
      chats.set(message.chatId, chat);
      const account = accounts.get(accountId) ?? { lastAt: now, received: new Map<string, number>() };
      account.lastAt = now;
      if (message.isIncoming) {
        const day = engine.days.of(now);
        account.received.set(day, (account.received.get(day) ?? 0) + 1);
      }
      accounts.set(accountId, account);
    },
    writeCounts: () => {
      for (const [id, tally] of chats) engine.sql.run(updateChat, { id, ...tally });
      for (const [id, tally] of accounts) {
        engine.sql.run(updateAccount, { id, at: tally.lastAt });
        noteHeard(engine, id, tally.lastAt);
        for (const [day, received] of tally.received) countReceived(engine, day, id, received);
      }
      chats.clear();
      accounts.clear();
    },
  };
}
