import type { SendLog } from '../../db/model.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { waitUntil } from '../events/wait-until.ts';

/**
 * The upstream's id of what a line has sent: as the upstream told it at once, else as it comes back with the message within `ms`
 * milliseconds; null where it did not.
 */
export async function waitForSentId(app: App, line: SendLog, ms: Millis, signal: AbortSignal): Promise<string | null> {
  const { queries } = app.store;
  return waitUntil(
    app,
    line.accountId,
    ms,
    async () => {
      const [now] = await queries.logsById([line.id]);
      const seq = now?.messageSeq ?? null;
      const [message] = seq === null ? [] : await queries.messagesById([seq]);
      return now?.upstreamId ?? message?.upstreamId ?? null;
    },
    signal,
  );
}
