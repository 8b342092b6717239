/** Pictures of accounts, contacts and members of chat rooms. */
import { sql } from 'kysely';
import type { Avatar, AvatarOwner } from '../model.ts';
import type { Engine } from './engine.ts';
import { dropFile } from './files.ts';
import { build, insertion, statement } from './sql.ts';

const selectAvatar = statement(({ of, id }: AvatarOwner) =>
  build
    .selectFrom('avatar')
    .selectAll()
    .where('owner', '=', of)
    .where('owner_id', '=', id)
    .where(sql<boolean>`account_id not in (select id from account where deleted_at is not null)`),
);
const deleteAvatar = statement(({ of, id }: AvatarOwner) =>
  build.deleteFrom('avatar').where('owner', '=', of).where('owner_id', '=', id),
);
const insertAvatar = insertion('avatar', [
  'owner',
  'owner_id',
  'account_id',
  'wxid',
  'source_url',
  'file',
  'sha256',
  'size',
  'mime',
  'fetched_at',
]);

/** See `Queries.avatar`. */
export function avatar(engine: Engine, owner: AvatarOwner): Avatar | null {
  const row = engine.sql.first(selectAvatar, owner);
  if (row === undefined) return null;
  const { file, sha256, size, mime } = row;
  return {
    of: row.owner,
    id: row.owner_id,
    accountId: row.account_id,
    wxid: row.wxid,
    sourceUrl: row.source_url,
    stored: file === null || sha256 === null || size === null || mime === null ? null : { file, sha256, size, mime },
    fetchedAt: row.fetched_at,
  };
}

/** See `Store.saveAvatar`. */
export function saveAvatar(engine: Engine, { of, id, accountId, wxid, sourceUrl, stored, fetchedAt }: Avatar): void {
  dropFile(engine, avatar(engine, { of, id })?.stored);
  engine.sql.run(deleteAvatar, { of, id });
  engine.sql.run(insertAvatar, {
    owner: of,
    owner_id: id,
    account_id: accountId,
    wxid,
    source_url: sourceUrl,
    file: stored?.file ?? null,
    sha256: stored?.sha256 ?? null,
    size: stored?.size ?? null,
    mime: stored?.mime ?? null,
    fetched_at: fetchedAt,
  });
}
