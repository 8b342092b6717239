/** `POST /send`. */
import { badInput } from '../../resolvers/errors.ts';
import { showId } from '../../resolvers/ids.ts';
import { showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import { readLinesOfJob } from '../../resolvers/send/read-logs.ts';
import type { GivenContent } from '../../resolvers/send/send-content.ts';
import { type SendInput, sendMessage } from '../../resolvers/send/send-message.ts';
import type { SendLog } from '../../resolvers/shapes.ts';
import type { MediaSendType, SendStatus } from '../../words.ts';
import type { Answer } from './call.ts';
import type { Fields } from './fields.ts';
import { showError, showStatus } from './outcome.ts';

const maxWaitMs = 30_000;
const mediaTypes = new Map<string, MediaSendType>([
  ['image', 'IMAGE'],
  ['file', 'FILE'],
  ['video', 'VIDEO'],
]);

type Outcome = 'success' | 'failed' | 'unknown' | 'pending' | 'dropped';
const outcomes: Record<SendStatus, Outcome> = {
  QUEUED: 'pending',
  DISPATCHING: 'pending',
  SENT: 'success',
  FAILED: 'failed',
  UNKNOWN: 'unknown',
  UNRESOLVED: 'unknown',
  CANCELLED: 'dropped',
  EXPIRED: 'dropped',
};
/** Which of several lines of one account is shown: the last one of the first outcome here that there is. */
const shownFirst: readonly Outcome[] = ['failed', 'unknown', 'dropped', 'pending', 'success'];

/** Waits for the outcomes, and answers 200 as soon as there is a job, whatever becomes of it. */
export const send: Answer = async ({ app, caller, body, idempotencyKey, signal }) => {
  const input: SendInput = { ...readSend(body()), idempotencyKey };
  const { job } = await sendMessage(app, caller, input, signal);
  // Counted from the lines that are shown: the job's own counts are of a moment earlier.
  const lines = await readLinesOfJob(app, caller, job.id);
  const count = (outcome: Outcome) => lines.filter((line) => outcomes[line.status] === outcome).length;
  return {
    // A line that was cancelled meanwhile or has expired was not sent either.
    success: lines.length > 0 && count('success') === lines.length,
    total: lines.length,
    success_count: count('success'),
    failed_count: count('failed'),
    unknown_count: count('unknown'),
    pending_count: count('pending'),
    dropped_count: count('dropped'),
    send_id: showId('job', job.id),
    results: Object.fromEntries(
      [...Map.groupBy(lines, (line) => line.accountId)].map(([id, own]) => [showAccountId({ id }), showResult(own)]),
    ),
  };
};

function readSend(fields: Fields): SendInput {
  return {
    targets: fields.texts('targets'),
    content: readContent(fields),
    // One receiver or several; without any, each account's own.
    to: fields.optionalTextOrTexts('to'),
    waitMs: fields.optionalWhole('wait_ms') ?? maxWaitMs,
  };
}

/** A text, or a file in the folders that media may be sent from. */
function readContent(fields: Fields): GivenContent {
  const given = fields.optionalText('type') ?? 'text';
  if (given === 'text') return { type: 'TEXT', text: fields.text('message') };
  const type = mediaTypes.get(given);
  if (type === undefined) throw badInput('type', 'type must be text, image, file or video.');
  const name = fields.optionalText('file_name');
  return { type, media: { from: 'path', place: fields.text('file_path'), ...(name !== null && { name }) } };
}

function showResult(lines: readonly SendLog[]): Record<string, unknown> {
  const outcome = shownFirst.find((one) => lines.some((line) => outcomes[line.status] === one));
  const line = lines.findLast((one) => outcomes[one.status] === outcome)!;
  return {
    success: line.status === 'SENT',
    receiver: line.receiver,
    response_time_ms: line.responseTimeMs,
    status: showStatus(line),
    error: showError(line),
  };
}
