/** Sends: a text, media, or both, to one receiver or to all friends. */
import { showId } from '../../resolvers/ids.ts';
import { listContacts } from '../../resolvers/contacts/list-contacts.ts';
import { showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import { readLinesOfJob, readSendLog } from '../../resolvers/send/read-logs.ts';
import type { GivenContent } from '../../resolvers/send/send-content.ts';
import { sendMessage } from '../../resolvers/send/send-message.ts';
import type { SendLog } from '../../resolvers/shapes.ts';
import { type Call, told } from './call.ts';
import { Failure, codeOf, failureOf, objectNotFound } from './failure.ts';
import type { JsonObject } from './json.ts';
import { type TakenMedia, bringsMedia, contentOf, takeMedia } from './media.ts';
import { waitForSentId } from './sent-id.ts';
import { findReceiver } from './target.ts';

/** How long an answer is waited for. */
const waitMs = 30_000;
/** Beside a failure: no message has these ids. */
const noIds = { id: null, msg_id: null } as const;

export const sendFriendMessage = told(async (call) => {
  if (call.params.all('id').join() === '@all') return sendToAll(call);
  return sendTo(call, 'friend');
});

export const sendGroupMessage = told((call) => sendTo(call, 'group'));

/** Of old clients: to whoever is meant. */
export const sendAnyMessage = told((call) => sendTo(call, 'anybody'));

async function sendTo(call: Call, kind: 'friend' | 'group' | 'anybody'): Promise<JsonObject> {
  return withoutIds(async () => {
    const to = await findReceiver(call, kind);
    const isLater = call.params.flag('async');
    const { text, media } = await readContents(call);
    // A text beside media goes first, and both are queued before either is waited for.
    const first = text !== null ? await queue(call, [to], text, media !== null || isLater ? 0 : waitMs) : null;
    const second = media !== null ? await queue(call, [to], contentOf(media), isLater ? 0 : waitMs) : null;
    if (isLater) return { code: 0, status: 'request already in execution' };
    // Of two the one is told that did not go well.
    const before = first && second ? await readSendLog(call.app, call.caller, showId('log', first.id)) : null;
    const line = before !== null && before.status !== 'SENT' ? before : (second ?? first)!;
    const mediaId = second?.status === 'FAILED' ? '' : (media?.mediaId ?? null);
    const outcome = await outcomeOf(call, line);
    return mediaId === null ? outcome : { ...outcome, media_id: mediaId };
  });
}

/** To friends alone: neither official accounts nor chat rooms. Answered as soon as all of it is queued. */
async function sendToAll(call: Call): Promise<JsonObject> {
  return withoutIds(async () => {
    const contacts = await listContacts(call.app, await call.account());
    const to = contacts.filter(({ kind }) => kind === 'FRIEND').map(({ id }) => showId('contact', id));
    if (to.length === 0) throw objectNotFound();
    const { text, media } = await readContents(call);
    if (text !== null) await queue(call, to, text, 0);
    if (media !== null) await queue(call, to, contentOf(media), 0);
    return { code: 0, id: 0, msg_id: 0, status: 'request already executed' };
  });
}

/** What a request carries; media are taken already. An empty text beside media is none. */
export async function readContents(call: Call): Promise<{ text: GivenContent | null; media: TakenMedia | null }> {
  const content = call.params.one('content');
  const media = bringsMedia(call);
  if (!media && (content ?? '').trim() === '') throw new Failure(-1, 'content or media_path is needed');
  const text =
    content !== null && (!media || content.trim() !== '') ? ({ type: 'TEXT', text: content } as const) : null;
  return { text, media: media ? await takeMedia(call) : null };
}

/** The first line of what was queued, with its outcome where there is one by then. */
export async function queue(
  { app, caller, account, signal }: Call,
  to: readonly string[],
  content: GivenContent,
  ms: number,
): Promise<SendLog> {
  const targets = [showAccountId(await account())];
  const { job } = await sendMessage(app, caller, { targets, to, byId: true, content, waitMs: ms }, signal);
  return (await readLinesOfJob(app, caller, job.id))[0]!;
}

/** What became of a line, in Openwx's words. */
export async function outcomeOf(call: Call, line: SendLog): Promise<JsonObject> {
  const logId = showId('log', line.id);
  if (line.status === 'SENT') {
    const upstreamId = await waitForSentId(call, line);
    const id = upstreamId === null ? logId : `${upstreamId}:${line.receiver}`;
    return { code: 0, id, msg_id: upstreamId ?? logId, status: 'success' };
  }
  const ids = { id: logId, msg_id: logId };
  switch (line.status) {
    case 'FAILED':
      return { code: codeOfFailed(line), ...ids, status: line.errorMessage ?? 'unknown error' };
    case 'CANCELLED':
    case 'EXPIRED':
      return { code: -1, ...ids, status: 'cancelled' };
    default:
      return { code: -1, ...ids, status: 'outcome unknown, do not resend' };
  }
}

function codeOfFailed({ errorCode }: SendLog): number {
  const code = errorCode === null ? -1 : codeOf(errorCode);
  // 201 and 1 are of calls that did nothing at all; this is WeChat's answer to a message.
  return code === 100 || errorCode === 'UNSUPPORTED' ? code : -1;
}

/** A failure is answered with ids, too: those of nothing. */
export async function withoutIds(answer: () => Promise<JsonObject>): Promise<JsonObject> {
  try {
    return await answer();
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    throw new Failure(failure.code, failure.message, { ...noIds, ...failure.more });
  }
}
