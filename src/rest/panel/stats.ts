/** `GET /api/stats`. */
import { readStats } from '../../resolvers/send/read-stats.ts';
import type { Answer } from './call.ts';
import { readAccountId } from './logs.ts';

const dayLimits = { initial: 7, min: 1, max: 30 };

/** Three counts are beside the documented fields, so that the total is the sum of its parts. */
export const showStats: Answer = async (call) => {
  const { app, caller, query } = call;
  const days = query.whole('days', dayLimits);
  const accountId = await readAccountId(call);
  const stats = await readStats(app, caller, { accountIds: accountId === null ? null : [accountId], days });
  return {
    period: `最近 ${days} 天`,
    account_id: accountId,
    statistics: {
      total: stats.total,
      success_count: stats.success,
      failed_count: stats.failed,
      unknown_count: stats.unknown,
      pending_count: stats.pending,
      dropped_count: stats.dropped,
      success_rate: withDecimal(stats.successRate),
    },
  };
};

/** `JSON` with what Node has and TypeScript's library does not know yet. */
const json = JSON as unknown as { rawJSON(text: string): unknown };

/** A JSON number that keeps its decimal, 95.0: clients of typed languages tell it from 95. */
function withDecimal(rate: number): unknown {
  return json.rawJSON(rate.toFixed(1));
}
