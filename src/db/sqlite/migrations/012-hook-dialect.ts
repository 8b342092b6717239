import { type Kysely, sql } from 'kysely';

/** Which dialect of the PC hook an account is served in, where somebody chose one. */
const statements = [`alter table account add column hook_dialect text`];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
