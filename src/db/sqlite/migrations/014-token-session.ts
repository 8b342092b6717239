import { type Kysely, sql } from 'kysely';

/** Sessions that were opened with a token end with it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table session add column token_id integer`.execute(db);
}
