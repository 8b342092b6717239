/** Media that came without a message, to be sent: kept with the lines that carry them, else for a while. */
import { sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { StoredMedia } from '../model.ts';
import { type NewSend, type NewUpload, StoreError } from '../store.ts';
import type { Engine } from './engine.ts';
import { dropFile } from './files.ts';
import { mediaOf, storedOf } from './media.ts';
import { build, insertion, statement } from './sql.ts';

/** How long uploads that only a deleted account has sent are still there. */
const releasedAfterMs = 24 * 3600_000;

const isUpload = sql<boolean>`message_seq is null`;
const selectSame = statement((v: { sha256: string; tokenId: number | null; name: string | null }) =>
  build
    .selectFrom('media')
    .selectAll()
    .where(isUpload)
    .where('sha256', '=', v.sha256)
    .where('token_id', 'is', v.tokenId)
    .where('name', 'is', v.name)
    .limit(1),
);
const selectUpload = statement(({ id }: { id: number }) => build.selectFrom('media').selectAll().where('id', '=', id));
const insertUpload = insertion('media', [
  'status',
  'file',
  'sha256',
  'size',
  'mime',
  'width',
  'height',
  'name',
  'token_id',
  'expires_at',
  'created_at',
]);
const updateExpiry = statement((v: { id: number; expiresAt: Millis | null }) =>
  build.updateTable('media').set({ expires_at: v.expiresAt }).where('id', '=', v.id),
);

/** See `Store.addUpload`. */
export function addUpload(engine: Engine, { tokenId, stored, name, expiresAt, now }: NewUpload): StoredMedia {
  const same = engine.sql.first(selectSame, { sha256: stored.sha256, tokenId, name });
  if (same !== undefined) {
    dropFile(engine, stored);
    if (same.expires_at !== null && same.expires_at < expiresAt)
      engine.sql.run(updateExpiry, { id: same.id, expiresAt });
    return { ...mediaOf({ ...same, content: null, text: null }), stored: storedOf(same) ?? stored };
  }
  const { id } = engine.sql.run(insertUpload, {
    status: 'READY',
    ...stored,
    name,
    token_id: tokenId,
    expires_at: expiresAt,
    created_at: now,
  });
  return { ...mediaOf({ ...engine.sql.first(selectUpload, { id })!, content: null, text: null }), stored };
}

/** What lines carry stays as long as they do. NOT_FOUND where it is gone. */
export function keepUploads(engine: Engine, lines: readonly NewSend[]): void {
  const ids = new Set(lines.flatMap(({ content }) => ('mediaId' in content ? [content.mediaId] : [])));
  for (const id of ids) {
    const row = engine.sql.first(selectUpload, { id });
    if (row === undefined) throw new StoreError('NOT_FOUND', `there are no media ${id}`);
    if (row.expires_at !== null) engine.sql.run(updateExpiry, { id, expiresAt: null });
  }
}

const updateReleased = statement((v: { accountId: number; expiresAt: Millis }) =>
  build
    .updateTable('media')
    .set({ expires_at: v.expiresAt })
    .where(isUpload)
    .where('expires_at', 'is', null)
    .where(
      sql<boolean>`id in (
      select json_extract(content, '$.mediaId') from outbox where type <> 'TEXT' and account_id = ${v.accountId})`,
    )
    .where(
      sql<boolean>`not exists (
        select 1 from outbox join account on account.id = outbox.account_id
        where outbox.type <> 'TEXT' and json_extract(outbox.content, '$.mediaId') = media.id
          and account.id <> ${v.accountId} and account.deleted_at is null)`,
    ),
);

/** What only this account's lines carry is forgotten like what none does. */
export function releaseUploads(engine: Engine, accountId: number, now: Millis): void {
  engine.sql.run(updateReleased, { accountId, expiresAt: now + releasedAfterMs });
}

const selectExpired = statement((v: { now: Millis; limit: number }) =>
  build
    .selectFrom('media')
    .select(['id', 'file'])
    .where(sql<boolean>`expires_at is not null`)
    .where('expires_at', '<=', v.now)
    .limit(v.limit),
);
const deleteUpload = statement(({ id }: { id: number }) => build.deleteFrom('media').where('id', '=', id));

/** See `Store.expireUploads`. */
export function expireUploads(engine: Engine, now: Millis, limit: number): number {
  const expired = engine.sql.all(selectExpired, { now, limit });
  for (const { id, file } of expired) {
    engine.sql.run(deleteUpload, { id });
    if (file !== null) dropFile(engine, { file });
  }
  return expired.length;
}
