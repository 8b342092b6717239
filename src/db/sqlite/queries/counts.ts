import { sql } from 'kysely';
import type { DayCounts } from '../../model.ts';
import type { Engine } from '../engine.ts';
import { build, within } from '../sql.ts';
import { ofLiveAccount } from './paging.ts';

/** See `Queries.dayCounts`. */
export function dayCounts(
  engine: Engine,
  filter: { accountIds: readonly number[] | null; from: string; to: string },
): DayCounts[] {
  let query = build
    .selectFrom('day_count')
    .select(['day', 'account_id as accountId', 'total', 'success', 'failed', 'unknown', 'dropped', 'received'])
    .where('day', '>=', filter.from)
    .where('day', '<=', filter.to)
    .where(ofLiveAccount(sql.ref('account_id')));
  if (filter.accountIds !== null) query = query.where(within(sql`+account_id`, filter.accountIds));
  return engine.sql.query(query.orderBy('day').orderBy('account_id'));
}
