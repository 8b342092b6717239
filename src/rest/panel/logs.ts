/** `GET /api/logs`. */
import { localTime } from '../../days.ts';
import { readAccount, showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import { readLogsByOffset } from '../../resolvers/send/read-logs.ts';
import { showContent } from '../../resolvers/send/send-content.ts';
import type { SendLog } from '../../resolvers/shapes.ts';
import type { Answer, Call } from './call.ts';
import { showError, showStatus } from './outcome.ts';

const limits = { initial: 50, min: 1, max: 500 };
/** An `int`, as documented. */
const offsets = { initial: 0, min: 0, max: 2_147_483_647 };

/** All lines, newest first; `count` is how many are in this answer. */
export const listLogs: Answer = async (call) => {
  const { app, caller, query } = call;
  const page = { limit: query.whole('limit', limits), offset: query.whole('offset', offsets) };
  const statuses = query.flag('success_only') ? (['SENT'] as const) : null;
  const accountId = await readAccountId(call);
  const lines = await readLogsByOffset(
    app,
    caller,
    { accountIds: accountId === null ? null : [accountId], statuses },
    page,
  );
  return { logs: lines.map((line) => showLine(line, app.config.timezone)), count: lines.length };
};

/** The account that the query asks for, or null. NOT_FOUND for one that the caller may not see. */
export async function readAccountId({ app, caller, query }: Call): Promise<string | null> {
  const given = query.text('account_id');
  return given === null ? null : showAccountId(await readAccount(app, caller, given));
}

/** `status` and `error` are beside the documented fields: without them a line that is still queued would look like a failure. */
function showLine(line: SendLog, timezone: string): Record<string, unknown> {
  return {
    id: line.id,
    account_id: showAccountId({ id: line.accountId }),
    receiver: line.receiver,
    message_type: line.type.toLowerCase(),
    content: showContent(line.content),
    success: line.status === 'SENT',
    status: showStatus(line),
    error: showError(line),
    created_at: Math.floor(line.createdAt / 1000),
    created_at_str: localTime(line.createdAt, timezone),
  };
}
