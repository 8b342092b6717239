/** By what a message is known again, and how much the kept copy tells. */
import { type RawBuilder, sql } from 'kysely';
import type { Seq } from '../model.ts';
import type { NewMessage } from '../store.ts';
import type { Engine } from './engine.ts';
import { build, insertion, statement } from './sql.ts';

export const selectKey = statement((v: { accountId: number; key: string }) =>
  build
    .selectFrom('message_key')
    .select(['seq', 'richness'])
    .where('account_id', '=', v.accountId)
    .where('key', '=', v.key),
);
export const insertKey = insertion('message_key', ['account_id', 'key', 'seq', 'richness']);
export const updateKey = statement((v: { accountId: number; key: string; richness: number; updatedSeq: Seq | null }) =>
  build
    .updateTable('message_key')
    .set({ richness: v.richness, updated_seq: v.updatedSeq })
    .where('account_id', '=', v.accountId)
    .where('key', '=', v.key),
);
export const countRepeat = statement(
  ({ seq }: { seq: Seq }) => sql`update message set duplicates = duplicates + 1 where seq = ${seq}`,
);
export const selectMessage = statement(({ seq }: { seq: Seq }) =>
  build.selectFrom('message').selectAll().where('seq', '=', seq),
);

const insertId = statement(
  (v: { accountId: number; id: string; seq: Seq; richness: number }) => sql`insert or ignore into message_key
    (account_id, key, seq, richness) values (${v.accountId}, ${v.id}, ${v.seq}, ${v.richness})`,
);

/** An id that a message has is a key of it, so that it is found by it. Nearly always it is the one by which the message came. */
export function keepId(
  engine: Engine,
  accountId: number,
  seq: Seq,
  { key, upstreamId, richness }: Pick<NewMessage, 'key' | 'upstreamId' | 'richness'>,
): void {
  if (upstreamId !== null && upstreamId !== key) engine.sql.run(insertId, { accountId, id: upstreamId, seq, richness });
}

/** Of `message`: the one whose upstream's id this is. */
export function isNamed(v: { accountId: number; upstreamId: string }): RawBuilder<boolean> {
  return sql<boolean>`message.upstream_id = ${v.upstreamId} and message.seq =
    (select seq from message_key where account_id = ${v.accountId} and key = ${v.upstreamId})`;
}
