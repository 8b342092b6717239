import type { Message, SendLog, Seq } from '../../db/model.ts';
import type { MessageKind, SendStatus } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { notFound } from '../errors.ts';
import { followLog } from '../events/follow-log.ts';
import { showId } from '../ids.ts';
import { readRange } from '../input.ts';
import { readAccount } from '../accounts/read-accounts.ts';
import type { GivenContent } from '../send/send-content.ts';
import { sendMessage } from '../send/send-message.ts';

export type ConsultInput = {
  accountId: string;
  to: string;
  content: GivenContent;
  timeoutMs: number;
  idempotencyKey: string | null;
};

/** `seq` is the position at which the send was accepted. */
export type Consulted = { log: SendLog; reply: Message | null; timedOut: boolean; seq: Seq };

/** Of these no reply can come. */
const neverSent: readonly SendStatus[] = ['FAILED', 'CANCELLED', 'EXPIRED'];
/** What WeChat says by itself. */
const notSaid: readonly MessageKind[] = ['SYSTEM', 'REVOKE'];

/**
 * Sends to one receiver, by the outbox as every send, and waits for the next message of that conversation that comes in
 * after it was dispatched; of nobody else. Answers at once where the send certainly did not go out. When the time is up
 * the send stays what it is, also one that is still queued.
 *
 * With an idempotency key that was used for the same input nothing is sent again, and the answer is the same message.
 */
export async function consult(app: App, caller: Caller, input: ConsultInput): Promise<Consulted> {
  requireScope(caller, 'SEND');
  const { accountId, to, content, idempotencyKey } = input;
  const timeoutMs = readRange('timeoutMs', input.timeoutMs, 1_000, 120_000);
  await readAccount(app, caller, accountId);
  const over = new AbortController();
  const giveUp = AbortSignal.any([over.signal, app.stopping]);
  void app.clock.sleep(timeoutMs, giveUp).then(() => over.abort());
  try {
    const sending = {
      operation: 'consult',
      targets: [accountId],
      to: [to],
      content,
      idempotencyKey,
      waitMs: 0,
    } as const;
    const { job, seq } = await sendMessage(app, caller, sending, giveUp);
    const { items } = await app.store.queries.logsOfJob(job.id, {}, { first: 1 });
    // The log is read from where the send was accepted: nothing that came since can be missed.
    return { ...(await waitForReply(app, items[0]!, seq, giveUp)), seq };
  } finally {
    over.abort();
  }
}

async function waitForReply(
  app: App,
  line: SendLog,
  from: Seq,
  signal: AbortSignal,
): Promise<Pick<Consulted, 'log' | 'reply' | 'timedOut'>> {
  let log = line;
  let isDispatched = false;
  const isFromReceiver = receiverTest(app, line);
  if (neverSent.includes(log.status)) return { log, reply: null, timedOut: false };
  for await (const { events } of followLog(app, from, signal)) {
    for (const event of events) {
      if (event.type === 'SEND_UPDATED' && event.sendId === line.id) {
        log = await readLine(app, log);
        if (neverSent.includes(log.status)) return { log, reply: null, timedOut: false };
        isDispatched = log.status !== 'QUEUED';
      }
      if (event.type !== 'MESSAGE_RECEIVED' || !isDispatched) continue;
      const { message } = event;
      if (message.direction !== 'INCOMING' || notSaid.includes(message.kind) || !(await isFromReceiver(message)))
        continue;
      return { log: await readLine(app, log), reply: message, timedOut: false };
    }
  }
  return { log: await readLine(app, log), reply: null, timedOut: true };
}

/** Whether a message is in the conversation with the receiver of this line. */
function receiverTest(app: App, line: SendLog): (message: Message) => Promise<boolean> {
  const known = new Map<number, boolean>();
  return async ({ accountId, chatId }) => {
    if (accountId !== line.accountId) return false;
    const before = known.get(chatId);
    if (before !== undefined) return before;
    const [chat] = await app.store.queries.chatsById([chatId]);
    const [contact] = await app.store.queries.contactsById(chat ? [chat.contactId] : []);
    const isReceiver =
      line.receiverContactId === null ? contact?.wxid === line.receiver : contact?.id === line.receiverContactId;
    known.set(chatId, isReceiver);
    return isReceiver;
  };
}

async function readLine(app: App, { id, accountId }: SendLog): Promise<SendLog> {
  const [log] = await app.store.queries.logsById([id]);
  // Deleted while it waited.
  if (!log) throw notFound('account', showId('account', accountId));
  return log;
}
