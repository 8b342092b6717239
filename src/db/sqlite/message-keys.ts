/** By what a message is known again, and how much the kept copy tells. */
import { sql } from 'kysely';
import type { Seq } from '../model.ts';
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
