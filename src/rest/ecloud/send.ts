/** Sending, and taking back. A send is answered when its outcome is known, and at the latest after 30 seconds. */
import { badInput } from '../../resolvers/errors.ts';
import { showId } from '../../resolvers/ids.ts';
import type { Account } from '../../resolvers/accounts/read-accounts.ts';
import { readLinesOfJob, readSendLog } from '../../resolvers/send/read-logs.ts';
import { readMessage } from '../../resolvers/messages/read-messages.ts';
import type { GivenContent } from '../../resolvers/send/send-content.ts';
import { sendMessage } from '../../resolvers/send/send-message.ts';
import type { SendLog } from '../../resolvers/shapes.ts';
import { uploadMedia } from '../../resolvers/media/upload-media.ts';
import { waitUntil } from '../../resolvers/events/wait-until.ts';
import type { MediaSendType, SendType } from '../../words.ts';
import { onlineAccountOf, wIdOf } from './account.ts';
import type { Answer, Call } from './call.ts';
import { outcomeUnknown, toldOf } from './errors.ts';
import { asNumber, longOf } from './ids.ts';
import { type Told, bad, good } from './told.ts';

const outcomeMs = 30_000;
/** Where an upstream takes a send without telling its id, that comes with the echo. */
const idMs = 5_000;

export const sendText: Answer = async (call) => {
  const { params } = call;
  const account = await onlineAccountOf(call);
  const content = { type: 'TEXT', text: params.text('content') } as const;
  return sendTo(call, account, content, params.optionalWxids('at'));
};

/** Media at the address that a field holds. */
export const sendFrom =
  (type: MediaSendType, field: string): Answer =>
  async (call) => {
    const account = await onlineAccountOf(call);
    const name = call.params.optional('fileName');
    const place = call.params.text(field);
    return sendTo(call, account, { type, media: { from: 'url', place, ...(name !== null && { name }) } });
  };

export const sendFileBase64: Answer = async (call) => {
  const { app, caller, params } = call;
  const account = await onlineAccountOf(call);
  // Before the file is kept.
  params.wxid('wcId');
  const name = params.text('fileName');
  const { id } = await uploadMedia(app, caller, { chunks: inPieces(decode(params.text('base64'))), name });
  return sendTo(call, account, { type: 'FILE', media: { from: 'mediaId', place: id, name } });
};

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The bytes of a data URL, or of base64 alone. */
function decode(base64: string): Uint8Array {
  const data = base64.replace(/^data:[^,]{0,200},/, '').replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) throw badInput('base64', 'base64 must be a file in base64.');
  return Buffer.from(data, 'base64');
}

export async function sendTo(
  call: Call,
  account: Account,
  content: GivenContent,
  mentions: readonly string[] = [],
): Promise<Told> {
  const { app, caller, params, idempotencyKey, signal } = call;
  const { job } = await sendMessage(
    app,
    caller,
    { targets: [wIdOf(account)], to: [params.wxid('wcId')], content, mentions, idempotencyKey, waitMs: outcomeMs },
    signal,
  );
  const [line] = await readLinesOfJob(app, caller, job.id);
  switch (line?.status) {
    case 'SENT':
      return good(await receiptOf(call, line), '处理成功');
    case 'FAILED':
      return toldOf(line.errorCode ?? 'UPSTREAM_REJECTED', line.errorMessage ?? '');
    case 'CANCELLED':
    case 'EXPIRED':
      return bad('发送已取消');
    default:
      // It may have gone out, or may still go.
      return bad(outcomeUnknown);
  }
}

/** The kinds of WeChat's own messages; that of a file is the one inside of its appmsg. */
const types: Record<SendType, number> = { TEXT: 1, IMAGE: 3, FILE: 6, VIDEO: 43, VOICE: 34 };

async function receiptOf(call: Call, sent: SendLog): Promise<Record<string, unknown>> {
  const { app, caller, params, signal } = call;
  const read = () => readSendLog(app, caller, showId('log', sent.id));
  const withId = await waitUntil(
    app,
    sent.accountId,
    idMs,
    async () => {
      const line = await read();
      return longOf(line.upstreamId) === null ? null : line;
    },
    signal,
  );
  const line = withId ?? (await read());
  const message = line.messageSeq === null ? null : await readMessage(app, caller, showId('message', line.messageSeq));
  const at = message?.sentAt ?? line.settledAt ?? line.createdAt;
  return {
    type: types[line.type],
    msgId: line.id,
    newMsgId: asNumber(longOf(line.upstreamId) ?? line.id),
    createTime: Math.floor(at / 1000),
    wcId: params.text('wcId').trim(),
  };
}
