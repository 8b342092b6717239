/** Taking back what was sent, by the numbers that its send was answered with, or its callback came with. */
import { GatewayError, badInput, notFound } from '../../resolvers/errors.ts';
import { showId } from '../../resolvers/ids.ts';
import { readSendLog } from '../../resolvers/send/read-logs.ts';
import { type Message, readMessage, readMessageByUpstreamId } from '../../resolvers/messages/read-messages.ts';
import { revokeMessage } from '../../resolvers/messages/revoke-message.ts';
import { waitUntil } from '../../resolvers/events/wait-until.ts';
import { onlineAccountOf } from './account.ts';
import type { Answer, Call } from './call.ts';
import { readNewMsgId } from './ids.ts';
import { good } from './told.ts';

/** What was sent a moment ago may not have come back yet. */
const echoMs = 5_000;

export const revokeMsg: Answer = async (call) => {
  const { app, caller, params, signal } = call;
  const account = await onlineAccountOf(call);
  const given = params.text('newMsgId').trim();
  const message = await waitUntil(app, account.id, echoMs, () => find(call, account.id, given), signal);
  if (message === null) throw notFound('message', given);
  await revokeMessage(app, caller, showId('message', message.seq));
  return good();
};

async function find({ app, caller }: Call, accountId: number, given: string): Promise<Message | null> {
  const id = readNewMsgId(given);
  if (id === null) throw badInput('newMsgId', 'newMsgId must be a number.');
  const known = await readMessageByUpstreamId(app, caller, accountId, id.upstreamId);
  if (known !== null) return known;
  const seq = id.messageNumber ?? (id.sendNumber === null ? null : await echoOf(id.sendNumber));
  const message = seq === null ? null : await orNull(readMessage(app, caller, showId('message', seq)));
  return message?.accountId === accountId ? message : null;

  async function echoOf(sendNumber: number): Promise<number | null> {
    const line = await orNull(readSendLog(app, caller, showId('log', sendNumber)));
    return line?.accountId === accountId ? line.messageSeq : null;
  }
}

async function orNull<Found>(reading: Promise<Found>): Promise<Found | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
