/** Sends: answered when their outcome is known, or after 30 seconds, when they are queued durably all the same. */
import { showId } from '../../resolvers/ids.ts';
import { readLinesOfJob } from '../../resolvers/send/read-logs.ts';
import type { GivenContent } from '../../resolvers/send/send-content.ts';
import { sendMessage } from '../../resolvers/send/send-message.ts';
import { waitForSentId } from '../../resolvers/send/sent-id.ts';
import type { SendLog } from '../../resolvers/shapes.ts';
import type { SendStatus } from '../../words.ts';
import { done, refused, unknown, unknownOutcome } from './answers.ts';
import type { Answer, Call } from './call.ts';

const waitMs = 30_000;
/** So long the id of a message is waited for that its upstream tells later than that it was sent. */
const idWaitMs = 5_000;

/** The names of the receiver, which differ between builds and calls. */
export const receiverNames = ['wxid', 'toid', 'wxidorgid', 'towxid'] as const;

export const sendText: Answer = async (call) => {
  const { name, params, dialect } = call;
  const line = await send(call, params.wxid(...receiverNames), readWords(call));
  // Builds that answer with a list call the receiver as the documentation does.
  const isList = name === 'SendTextMsg' && dialect === 'NEWEST' && params.optionalText('toid') === null;
  return isList ? [inList(line)] : shown(call, line);
};

/** Without the usual source of the message; one client names those whom it mentions in a source of its own. */
export const sendTextWithoutSource: Answer = async (call) => {
  const { params } = call;
  const mentions = readAtList(params.optionalText('atlist') ?? '');
  return shown(call, await send(call, params.wxid(...receiverNames), readWords(call), mentions));
};

export const sendAt: Answer = async (call) => shown(call, await mention(call), 'SendAtAllMsg');

/** Answers the message's id; "1" is no id. */
export const sendAtWithoutSource: Answer = async (call) => withId(call, await mention(call), '1');

export const sendAtAll: Answer = async (call) => {
  const { params } = call;
  return shown(call, await send(call, params.wxid('gid'), readWords(call), ['notify@all']), 'SendAtMsg');
};

function mention(call: Call): Promise<SendLog> {
  const { params } = call;
  return send(call, params.wxid('gid'), readWords(call), params.wxids('wxidlist', 'wxid'));
}

function readWords({ params }: Call): GivenContent {
  return { type: 'TEXT', text: params.text('msg') };
}

/** The wxids in a message's source, such as `<msgsource><atuserlist>wxid_a,wxid_b</atuserlist></msgsource>`. */
function readAtList(source: string): string[] {
  const [, wxids = ''] = /<atuserlist>\s*(?:<!\[CDATA\[)?([^<\]]*)/.exec(source) ?? [];
  return wxids
    .split(',')
    .map((wxid) => wxid.trim())
    .filter((wxid) => wxid !== '');
}

/** One message to one receiver, who is no name, and what became of it. */
export async function send(
  { app, caller, accountId, idempotencyKey, signal }: Call,
  to: string,
  content: GivenContent,
  mentions: readonly string[] = [],
): Promise<SendLog> {
  const input = { targets: [accountId], to: [to], byId: true, content, mentions, idempotencyKey, waitMs };
  const { job } = await sendMessage(app, caller, input, signal);
  const [line] = await readLinesOfJob(app, caller, job.id);
  return line!;
}

type Outcome = 'accepted' | 'refused' | 'unknown';
const outcomes: Record<SendStatus, Outcome> = {
  QUEUED: 'accepted',
  DISPATCHING: 'accepted',
  SENT: 'accepted',
  FAILED: 'refused',
  CANCELLED: 'refused',
  EXPIRED: 'refused',
  UNKNOWN: 'unknown',
  UNRESOLVED: 'unknown',
};

/** "1" under the call's name, and under another one where the documentation has that. */
export function shown({ name }: Call, line: SendLog, otherName?: string): object {
  const { upstreamId } = line;
  const more = { ...(upstreamId !== null && { MsgSvrID: upstreamId }), send_id: showId('log', line.id) };
  const words = line.errorMessage ?? line.errorCode ?? line.status;
  switch (outcomes[line.status]) {
    case 'accepted':
      return done(name, { ...(otherName !== undefined && { [otherName]: '1' }), ...more });
    case 'refused':
      return refused(name, words, more);
    default:
      return unknown(name, words, more);
  }
}

/** The id of what was sent, for calls that answer with it; `none` says to clients that there is none. */
export async function withId(call: Call, line: SendLog, none: string): Promise<object> {
  const { app, name, signal } = call;
  if (outcomes[line.status] !== 'accepted') return { MsgSvrID: none, ...shown(call, line) };
  const id = await waitForSentId(app, line, line.status === 'SENT' ? idWaitMs : 0, signal);
  // The number of the line, as long as an id at least has to be.
  return { MsgSvrID: id ?? String(line.id).padStart(5, '0'), [name]: '1', send_id: showId('log', line.id) };
}

function inList(line: SendLog): object {
  const more = { send_id: showId('log', line.id) };
  const words = line.errorMessage ?? line.errorCode ?? line.status;
  switch (outcomes[line.status]) {
    case 'accepted':
      return { code: '0', message: 'success', ...more };
    case 'refused':
      return { code: '-1', message: words, ...more };
    default:
      return { code: 'unknown', message: unknownOutcome, ...more };
  }
}
