/** Messages that were taken back: by a notice of their upstream, which may come before they do, or by this gateway. */
import { sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Message, Seq } from '../model.ts';
import { type Changed, type NewMessage, StoreError } from '../store.ts';
import { liveAccount } from './account-rows.ts';
import type { Engine } from './engine.ts';
import { append, newestSeq } from './journal.ts';
import { isNamed, selectMessage } from './message-keys.ts';
import { messageOf, type MessageRow } from './messages.ts';
import { build, statement } from './sql.ts';

type Named = { accountId: number; upstreamId: string };

const selectNamed = statement((v: Named) =>
  build
    .selectFrom('message')
    .select(['seq', 'chat_id', 'account_id', 'revoked'])
    .where(isNamed(v))
    .where('kind', '!=', 'REVOKE'),
);
const updateRevoked = statement(({ seq }: { seq: Seq }) =>
  build.updateTable('message').set({ revoked: 1 }).where('seq', '=', seq),
);
const insertEarly = statement(
  (v: Named) =>
    sql`insert or ignore into early_revoke (account_id, upstream_id) values (${v.accountId}, ${v.upstreamId})`,
);
const deleteEarly = statement((v: Named) =>
  build.deleteFrom('early_revoke').where('account_id', '=', v.accountId).where('upstream_id', '=', v.upstreamId),
);

/** A message that says that another was taken back marks that one, once: now, or when it comes. */
export function revokeWhatItSays(
  engine: Engine,
  accountId: number,
  { content }: Pick<NewMessage, 'content'>,
  now: Millis,
): void {
  if (content.type !== 'Revoke' || content.revokedUpstreamId === null) return;
  const named = { accountId, upstreamId: content.revokedUpstreamId };
  const revoked = engine.sql.first(selectNamed, named);
  if (revoked === undefined) engine.sql.run(insertEarly, named);
  else if (revoked.revoked === 0) revoke(engine, revoked, now);
}

/** A message whose id is new is marked where its notice came first. Whoever calls this tells of the message anyway. */
export function revokeIfTold(
  engine: Engine,
  accountId: number,
  seq: Seq,
  { kind, upstreamId }: Pick<NewMessage, 'kind' | 'upstreamId'>,
): void {
  if (upstreamId === null || kind === 'REVOKE') return;
  if (engine.sql.run(deleteEarly, { accountId, upstreamId }).changes > 0) engine.sql.run(updateRevoked, { seq });
}

/** See `Store.markRevoked`. */
export function markRevoked(engine: Engine, seq: Seq, now: Millis): Changed<Message> {
  const row = engine.sql.first(selectMessage, { seq });
  if (row === undefined || liveAccount(engine, row.account_id) === undefined)
    throw new StoreError('NOT_FOUND', `there is no message ${seq}`);
  const changedAt = row.revoked === 1 ? newestSeq(engine) : revoke(engine, row, now);
  return { object: messageOf({ ...row, revoked: 1 }), seq: changedAt };
}

function revoke(engine: Engine, row: Pick<MessageRow, 'seq' | 'account_id' | 'chat_id'>, now: Millis): Seq {
  const { seq, account_id: accountId, chat_id: chatId } = row;
  engine.sql.run(updateRevoked, { seq });
  return append(engine, { kind: 'MESSAGE_UPDATED', at: now, accountId, chatId, ref: seq });
}
