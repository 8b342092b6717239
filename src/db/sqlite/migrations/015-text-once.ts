import { type Kysely, sql } from 'kysely';

/** Of a text message the content is its text, which is kept once. */
const statements = [
  `update message set content = ''
    where kind = 'TEXT' and content = '{"type":"Text","text":' || json_quote(text) || '}'`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
