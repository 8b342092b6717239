/**
 * What a receiver answers is sent to the chat: `{"reply": "…", "media": "http…"}`, as the post_api of Openwx takes it. Only to what came
 * in, never to what the account itself sent: two robots, or one with itself, would go on for ever.
 */
import type { Message, Webhook, WebhookDelivery } from '../../db/model.ts';
import { JsonError, parseJson } from '../../lossless-json.ts';
import { mimeOfName } from '../../media-store/extension.ts';
import type { WebReply } from '../../web-call.ts';
import type { MediaSendType } from '../../words.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { GatewayError } from '../errors.ts';
import { showId } from '../ids.ts';
import type { GivenContent } from '../send/send-content.ts';
import { sendMessage } from '../send/send-message.ts';

/**
 * Queues what the answer to a delivery asks to be sent, text first. Once, however often the event is posted: the key is the event's.
 * Answers what was wrong with it, or null.
 */
export async function takeReply(
  app: App,
  webhook: Webhook,
  caller: Caller,
  { seq, messageId }: WebhookDelivery,
  answer: WebReply,
): Promise<string | null> {
  const contents = contentsOf(answer);
  if (contents.length === 0) return null;
  const [message] = await app.store.queries.messagesById([seq]);
  if (!message || !isAnswerable(message)) return null;
  const [chat] = await app.store.queries.chatsById([message.chatId]);
  if (!chat) return null;
  for (const content of contents) {
    const input = {
      targets: [showId('account', message.accountId)],
      to: [showId('contact', chat.contactId)],
      content,
      idempotencyKey: `${showId('webhook', webhook.id)} ${messageId} ${content.type === 'TEXT' ? 'reply' : 'media'}`,
      waitMs: 0,
    };
    try {
      await sendMessage(app, caller, input, app.stopping);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      // Another answer to the same message, which was answered before: this attempt was one too many.
      if (error.details.reason === 'KEY_REUSED') continue;
      return `The reply was not sent: ${error.message}`;
    }
  }
  return null;
}

function isAnswerable({ direction, kind }: Message): boolean {
  return direction === 'INCOMING' && kind !== 'SYSTEM' && kind !== 'REVOKE';
}

/** Nothing where it is no JSON object, or asks for nothing. */
function contentsOf({ headers, body }: WebReply): GivenContent[] {
  if (body === null || !/^\s*(?:application|text)\/json\b/i.test(headers['content-type'] ?? '')) return [];
  const { reply, media } = fieldsOf(body);
  const contents: GivenContent[] = [];
  const text = typeof reply === 'number' ? String(reply) : reply;
  if (typeof text === 'string' && text.trim() !== '') contents.push({ type: 'TEXT', text });
  if (typeof media === 'string' && /^https?:\/\//i.test(media)) {
    contents.push({ type: typeOf(media), media: { from: 'url', place: media } });
  }
  return contents;
}

function fieldsOf(body: Uint8Array): { reply?: unknown; media?: unknown } {
  try {
    const value = parseJson(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    if (error instanceof JsonError) return {};
    throw error;
  }
}

/** By the end of the address; a picture, where that says nothing: it is what the documents speak of. */
function typeOf(address: string): MediaSendType {
  const mime = mimeOfName(URL.parse(address)?.pathname ?? '');
  if (mime === null || mime.startsWith('image/')) return 'IMAGE';
  return mime.startsWith('video/') ? 'VIDEO' : 'FILE';
}
