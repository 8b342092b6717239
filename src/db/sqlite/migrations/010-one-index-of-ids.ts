import { type Kysely, sql } from 'kysely';

/**
 * Messages are found by their upstream's id through their keys, which are those ids. A second index of them cost each message a page of
 * its own in every commit, since ids come in no order.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('drop index if exists message_upstream').execute(db);
}
