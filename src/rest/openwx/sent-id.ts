import { readSendLog } from '../../resolvers/send/read-logs.ts';
import { showId } from '../../resolvers/ids.ts';
import type { SendLog } from '../../resolvers/shapes.ts';
import { waitUntil } from '../../resolvers/events/wait-until.ts';
import type { Call } from './call.ts';

/** How long the message may take to come back from an upstream that told no id at once. */
const echoMs = 5_000;

/** The upstream's id of what was sent; null where it does not tell one in time. */
export async function waitForSentId({ app, caller, signal }: Call, line: SendLog): Promise<string | null> {
  if (line.upstreamId !== null) return line.upstreamId;
  const look = async () => (await readSendLog(app, caller, showId('log', line.id))).upstreamId;
  return waitUntil(app, line.accountId, echoMs, look, signal);
}
