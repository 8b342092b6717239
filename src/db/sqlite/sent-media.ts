/** By which ids upstreams send again what they took before. */
import { sql } from 'kysely';
import type { Millis, SendContent } from '../../words.ts';
import type { Outcome } from '../store.ts';
import type { Engine } from './engine.ts';
import type { OutboxRow } from './outbox.ts';
import { build, statement } from './sql.ts';

const putSentMedia = statement(
  (v: { accountId: number; mediaId: number; upstreamMediaId: string; toldAt: Millis }) =>
    sql`insert into sent_media (account_id, media_id, upstream_media_id, wxid, told_at)
      select id, ${v.mediaId}, ${v.upstreamMediaId}, self_wxid, ${v.toldAt} from account where id = ${v.accountId}
      on conflict do update set upstream_media_id = excluded.upstream_media_id, wxid = excluded.wxid,
        told_at = excluded.told_at`,
);
const selectSentMedia = statement((v: { accountId: number; mediaId: number; since: Millis }) =>
  build
    .selectFrom('sent_media')
    .innerJoin('account', 'account.id', 'sent_media.account_id')
    .select('upstream_media_id')
    .where('account_id', '=', v.accountId)
    .where('media_id', '=', v.mediaId)
    .where('told_at', '>=', v.since)
    .where(sql<boolean>`sent_media.wxid is account.self_wxid`),
);

/** What the receipt of a send tells of its media. */
export function rememberSentMedia(
  engine: Engine,
  row: Pick<OutboxRow, 'account_id' | 'content'>,
  { mediaId, now }: Extract<Outcome, { status: 'SENT' }>,
): void {
  if (mediaId === null || mediaId === undefined) return;
  const content = JSON.parse(row.content) as SendContent;
  if (!('mediaId' in content)) return;
  const sent = { accountId: row.account_id, mediaId: content.mediaId, upstreamMediaId: mediaId, toldAt: now };
  engine.sql.run(putSentMedia, sent);
}

/** See `Queries.sentMediaId`. */
export function sentMediaId(engine: Engine, accountId: number, mediaId: number, since: Millis): string | null {
  return engine.sql.first(selectSentMedia, { accountId, mediaId, since })?.upstream_media_id ?? null;
}
