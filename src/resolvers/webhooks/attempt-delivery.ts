/** One attempt to post a body to a webhook, and what follows from how it went. */
import type { Webhook, WebhookDelivery } from '../../db/model.ts';
import type { Attempt } from '../../db/store.ts';
import { WebCallError, type WebReply, webCall } from '../../web-call.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { showId } from '../ids.ts';
import { signatureHeaders } from './webhook-secret.ts';

const timeoutMs = 15_000;
/** Of an answer that is looked at; a reply is a text. */
const maxAnswerBytes = 128 * 1024;
const minute = 60_000;
const hour = 60 * minute;
/** After the first, second, … attempt that failed; after the last there is none. */
const pausesMs: readonly Millis[] = [
  5_000,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];
/** Many that failed together are not tried together. */
const jitter = 0.1;

export type Posted = Pick<WebhookDelivery, 'messageId' | 'accountId' | 'attempts'> & { body: string };

/** How an attempt went, and the answer that took the body. */
export type Tried = { attempt: Attempt; answer: WebReply | null };

/**
 * Posts once. 2xx has taken it; 410 wants nothing any more; everything else is tried again by the table, a redirect too, unless the webhook speaks as an
 * old system: none of them posts twice, and a robot that heard it would answer twice. So there only what found no connection is.
 */
export async function attemptDelivery(app: App, webhook: Webhook, posted: Posted, signal: AbortSignal): Promise<Tried> {
  try {
    const answer = await post(app, webhook, posted, signal);
    const { status } = answer;
    const now = app.clock.now();
    if (status >= 200 && status < 300) {
      return { attempt: { status: 'DELIVERED', now, responseStatus: status, error: null }, answer };
    }
    const error = wordsFor(status);
    if (status === 410) {
      return { attempt: { status: 'EXHAUSTED', disables: true, now, responseStatus: status, error }, answer: null };
    }
    return { attempt: failed(app, webhook, posted, { error, answer, connected: true }), answer: null };
  } catch (error) {
    if (!(error instanceof WebCallError)) throw error;
    const { message, connected } = error;
    return { attempt: failed(app, webhook, posted, { error: message, answer: null, connected }), answer: null };
  }
}

function post(app: App, webhook: Webhook, posted: Posted, signal: AbortSignal): Promise<WebReply> {
  const { body } = posted;
  const headers = {
    'content-type': 'application/json',
    'user-agent': `wxgraph/${app.version}`,
    ...(webhook.format === 'STANDARD' && signatureHeaders(app, webhook, posted)),
  };
  const maxBytes = webhook.allowReply ? maxAnswerBytes : 0;
  const { allowHosts } = app.config;
  // A connection that stood before may be closed as it is used, and what it carried then is posted again: never as an old system.
  const kept = webhook.format === 'STANDARD' && { connections: app.webConnections };
  const call = { method: 'POST', headers, body, allowHosts, timeoutMs, maxBytes, ...kept } as const;
  return webCall(addressFor(webhook, posted.accountId), call, signal);
}

/** The bodies of Openwx do not say whose client they come from: behind a Controller the address does. */
function addressFor({ url, format }: Webhook, accountId: number | null): string {
  if (format !== 'OPENWX' || accountId === null) return url;
  const address = new URL(url);
  if (!address.searchParams.has('client')) address.searchParams.append('client', showId('account', accountId));
  return address.href;
}

type Failure = { error: string; answer: WebReply | null; connected: boolean };

function failed(app: App, { format }: Webhook, { attempts }: Posted, { error, answer, connected }: Failure): Attempt {
  const now = app.clock.now();
  const end = { now, responseStatus: answer?.status ?? null, error };
  const pause = pausesMs[attempts];
  if (pause === undefined || (format !== 'STANDARD' && connected)) return { ...end, status: 'EXHAUSTED' };
  const wait = Math.max(pause * (1 + jitter * app.random()), retryAfterMs(answer, now));
  return { ...end, status: 'FAILED', nextAttemptAt: now + Math.round(wait) };
}

/** As the header says, in seconds or as a date; at most a day. */
function retryAfterMs(answer: WebReply | null, now: Millis): Millis {
  const text = answer?.headers['retry-after']?.trim() ?? '';
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? 0 : Math.min(Math.max(wait, 0), 24 * hour);
}

function wordsFor(status: number): string {
  if (status >= 300 && status < 400) return `answered HTTP ${status}: redirects are not followed`;
  if (status === 410) return 'answered HTTP 410: it wants no more, and was switched off';
  return `answered HTTP ${status}`;
}
