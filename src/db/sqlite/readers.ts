/** Up to where clients that fetch their events have got. */
import { sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Seq } from '../model.ts';
import type { Reader } from '../store.ts';
import type { Engine } from './engine.ts';
import { build, statement } from './sql.ts';

/** Of one token for one account; more are clients that choose a new name each time. */
const kept = 20;

const select = statement((v: Reader) =>
  build
    .selectFrom('reader')
    .select('seq')
    .where('token_id', '=', v.tokenId)
    .where('account_id', '=', v.accountId)
    .where('name', '=', v.name),
);
const put = statement(
  (v: Reader & { seq: Seq; at: Millis }) =>
    sql`insert into reader (token_id, account_id, name, seq, moved_at)
      values (${v.tokenId}, ${v.accountId}, ${v.name}, ${v.seq}, ${v.at})
      on conflict do update set seq = max(seq, excluded.seq), moved_at = excluded.moved_at`,
);
const deleteOldest = statement(
  (v: Reader & { kept: number }) =>
    sql`delete from reader where token_id = ${v.tokenId} and account_id = ${v.accountId} and name in (
      select name from reader where token_id = ${v.tokenId} and account_id = ${v.accountId}
      order by moved_at desc, name limit -1 offset ${v.kept})`,
);

/** See `Queries.readerPlace`. */
export function readerPlace(engine: Engine, reader: Reader): Seq | null {
  return engine.sql.first(select, reader)?.seq ?? null;
}

/** See `Store.moveReader`. */
export function moveReader(engine: Engine, reader: Reader, seq: Seq, now: Millis): void {
  const isNew = readerPlace(engine, reader) === null;
  engine.sql.run(put, { ...reader, seq, at: now });
  if (isNew) engine.sql.run(deleteOldest, { ...reader, kept });
}
