/** `sendUpdated`: each step of each send. */
import type { SendLog } from '../db/model.ts';
import type { App } from './app.ts';
import type { Caller } from './caller.ts';
import { readPosition, showPosition } from './cursors.ts';
import { type Stream, followLog, stream } from './follow-log.ts';
import { readIds } from './ids.ts';
import { eventFilter, passes } from './read-events.ts';

export type SendFrame = { cursor: string; log: SendLog };

/** Lines are shown as they are now, also in a replay. */
export async function watchSends(
  app: App,
  caller: Caller,
  args: { jobIds?: readonly string[] | null; accountIds?: readonly string[] | null; after?: string | null },
): Promise<Stream<SendFrame>> {
  const filter = eventFilter(caller, { types: ['SEND_UPDATED'], accountIds: args.accountIds ?? null });
  const jobIds = readIds('job', args.jobIds);
  const { epoch, newest } = await app.store.bounds();
  const from = typeof args.after === 'string' ? await readPosition(app, args.after, 'events') : newest;
  return stream(
    app,
    async function* (signal, moveTo) {
      for await (const { events, upTo } of followLog(app, from, signal)) {
        const updates = events.flatMap((event) =>
          event.type === 'SEND_UPDATED' && passes(filter, event) && (!jobIds || jobIds.includes(event.jobId))
            ? [event]
            : [],
        );
        if (updates.length > 0) {
          const logs = await app.store.queries.logsById([...new Set(updates.map((update) => update.sendId))]);
          const byId = new Map(logs.map((log) => [log.id, log]));
          for (const update of updates) {
            const log = byId.get(update.sendId);
            if (log) yield { cursor: showPosition(epoch, update.seq), log };
          }
        }
        moveTo(showPosition(epoch, upTo));
      }
    },
    showPosition(epoch, from),
  );
}
