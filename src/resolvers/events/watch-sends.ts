/** `sendUpdated`: each step of each send. */
import type { SendLog, StoredEvent } from '../../db/model.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { readPosition, showPosition } from './cursors.ts';
import { readIds } from '../ids.ts';
import type { Interest } from './interests.ts';
import { eventFilter, interestIn, readLog } from './read-events.ts';
import { type Stream, type Told, stream } from './watch.ts';

export type SendFrame = { cursor: string; log: SendLog };

/** Lines are shown as they are now, also in a replay. */
export async function watchSends(
  app: App,
  caller: Caller,
  args: { jobIds?: readonly string[] | null; accountIds?: readonly string[] | null; after?: string | null },
): Promise<Stream<SendFrame>> {
  const ofAccounts = interestIn(eventFilter(caller, { types: ['SEND_UPDATED'], accountIds: args.accountIds ?? null }));
  const jobIds = readIds('job', args.jobIds);
  const interest: Interest = {
    ...ofAccounts,
    passes: (event) => ofAccounts.passes(event) && (!jobIds || (isUpdate(event) && jobIds.includes(event.jobId))),
  };
  const { epoch, newest } = await app.store.bounds();
  const from = typeof args.after === 'string' ? await readPosition(app, args.after, 'events') : newest;
  const show = async (events: readonly StoredEvent[]): Promise<Told<SendFrame>[]> => {
    const updates = events.filter(isUpdate);
    if (updates.length === 0) return [];
    const logs = await app.store.queries.logsById([...new Set(updates.map((update) => update.sendId))]);
    const byId = new Map(logs.map((log) => [log.id, log]));
    return updates.flatMap(({ seq, sendId }) => {
      const log = byId.get(sendId);
      return log ? [{ seq, value: { cursor: showPosition(epoch, seq), log } }] : [];
    });
  };
  return stream({
    from,
    acceptedAt: Math.max(newest, from),
    page: async (after, until) => {
      const { events, upTo } = await readLog(app, interest, after, until);
      return { told: await show(events), upTo };
    },
    interest,
    show,
    cursorOf: (seq) => showPosition(epoch, seq),
  });
}

function isUpdate(event: StoredEvent): event is Extract<StoredEvent, { type: 'SEND_UPDATED' }> {
  return event.type === 'SEND_UPDATED';
}
