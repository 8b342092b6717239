/** Files of the media store that nothing points to any more. They are remembered until somebody has deleted them. */
import { sql } from 'kysely';
import type { StoredFile } from '../../words.ts';
import type { Engine } from './engine.ts';
import { build, statement, whole } from './sql.ts';

const insertUnused = statement(
  ({ file }: { file: string }) => sql`insert into unused_file (file) values (${file}) on conflict do nothing`,
);

/** Nothing needs this file. */
export function dropFile(engine: Engine, bytes: Pick<StoredFile, 'file'> | 'FETCHABLE' | null | undefined): void {
  if (typeof bytes === 'object' && bytes !== null) engine.sql.run(insertUnused, { file: bytes.file });
}

const ofDeletedAccount = sql<boolean>`account_id in (select id from account where deleted_at is not null)`;
const selectUnused = statement(
  ({ limit }: { limit: number }) => sql<{ file: string }>`select file from unused_file
    union all select file from media where file is not null and ${ofDeletedAccount}
    union all select file from avatar where file is not null and ${ofDeletedAccount}
    union all select json_extract(rest, '$.bytes.file') from rest
      where json_extract(rest, '$.bytes.file') is not null and ${ofDeletedAccount}
    limit ${whole(limit)}`,
);

/** See `Queries.unusedFiles`. */
export function unusedFiles(engine: Engine, limit: number): string[] {
  return engine.sql.all(selectUnused, { limit }).map(({ file }) => file);
}

type Files = { files: string };
const isOneOf = (files: string) => sql<boolean>`in (select value from json_each(${files}))`;
const forget = [
  statement(({ files }: Files) => build.deleteFrom('unused_file').where(sql<boolean>`file ${isOneOf(files)}`)),
  statement(({ files }: Files) =>
    build
      .deleteFrom('media')
      .where(sql<boolean>`file ${isOneOf(files)}`)
      .where(ofDeletedAccount),
  ),
  statement(({ files }: Files) =>
    build
      .deleteFrom('avatar')
      .where(sql<boolean>`file ${isOneOf(files)}`)
      .where(ofDeletedAccount),
  ),
  statement(({ files }: Files) =>
    build
      .deleteFrom('rest')
      .where(sql<boolean>`json_extract(rest, '$.bytes.file') ${isOneOf(files)}`)
      .where(ofDeletedAccount),
  ),
];

/** See `Store.forgetFiles`. */
export function forgetFiles(engine: Engine, files: readonly string[]): void {
  for (const statementOfOne of forget) engine.sql.run(statementOfOne, { files: JSON.stringify(files) });
}
