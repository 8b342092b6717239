import type { Account, Message } from '../../db/model.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { readId } from '../ids.ts';
import { waitUntil } from '../events/wait-until.ts';

/** How long a message that was sent a moment ago may take to come back. */
const echoMs = 5_000;
const recentMs = 120_000;

/**
 * The message of an account that a client means: by its id, by the id of its line of the send log, or by its upstream's id, with or
 * without the receiver behind a colon, as the answer to a send gave it. Waits a little for one that has not come back yet; null
 * where there is none.
 */
export async function findOwnMessage(
  app: App,
  account: Account,
  given: string,
  signal: AbortSignal,
): Promise<Message | null> {
  const { queries } = app.store;
  const logId = readId('log', given);
  const messageId = readId('message', given);
  const [, upstreamId = given] = /^(\d{1,20}):/.exec(given) ?? [];
  const look = async (): Promise<Message | null> => {
    const [line] = logId === null ? [] : await queries.logsById([logId]);
    const seq = line?.messageSeq ?? messageId;
    const [message] =
      typeof seq === 'number'
        ? await queries.messagesById([seq])
        : await queries.messagesByUpstreamId([{ accountId: account.id, upstreamId }]);
    return message?.accountId === account.id ? message : null;
  };
  const isOnItsWay = await wasJustSent(app, account, { logId, upstreamId });
  return waitUntil(app, account.id, isOnItsWay ? echoMs : 0, look, signal);
}

async function wasJustSent(
  app: App,
  account: Account,
  { logId, upstreamId }: { logId: number | null; upstreamId: string },
): Promise<boolean> {
  const since: Millis = app.clock.now() - recentMs;
  const filter = { accountIds: [account.id], statuses: ['SENT'], since } as const;
  const { items } = await app.store.queries.logs(filter, { first: 100 });
  return items.some((line) => line.messageSeq === null && (line.id === logId || line.upstreamId === upstreamId));
}
