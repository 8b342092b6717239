import type { SendLog, Seq } from '../db/model.ts';
import type { Millis } from '../words.ts';
import type { App } from './app.ts';
import { followLog } from './follow-log.ts';

/**
 * The upstream's id of what a line has sent: as the upstream told it at once, else as it comes back with the message within `ms`
 * milliseconds of `from`, a position of the log at or before the send; null where it did not.
 */
export async function waitForSentId(
  app: App,
  line: SendLog,
  from: Seq,
  ms: Millis,
  signal: AbortSignal,
): Promise<string | null> {
  if (line.upstreamId !== null) return line.upstreamId;
  const over = new AbortController();
  const giveUp = AbortSignal.any([over.signal, app.stopping, signal]);
  void app.clock.sleep(ms, giveUp).then(() => over.abort());
  try {
    for await (const { events } of followLog(app, from, giveUp)) {
      for (const event of events) {
        if (event.type !== 'MESSAGE_RECEIVED' && event.type !== 'MESSAGE_UPDATED') continue;
        if (event.message.sendId === line.id && event.message.upstreamId !== null) return event.message.upstreamId;
      }
    }
    return null;
  } finally {
    over.abort();
  }
}
