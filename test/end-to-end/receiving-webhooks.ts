/** Receivers of webhooks, and what a test asks of the webhooks themselves. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Store } from '../../src/db/store.ts';
import type { EventFormat } from '../../src/resolvers/events/event-format.ts';
import { dataOf } from '../api/ask.ts';
import type { Stack } from './stack.ts';

/** A request that a receiver heard. */
export type Heard = {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- bodies are asserted on, not typed
  json: any;
};
export type Answered = { status?: number; headers?: OutgoingHttpHeaders; body?: string | Uint8Array };

export type Receiver = AsyncDisposable & {
  url: string;
  port: number;
  heard: Heard[];
  /** How many were made to it. */
  connections(): number;
  /** What the next requests are answered; one that never resolves lets them wait. */
  answer: (heard: Heard, count: number) => Answered | Promise<Answered>;
  /** Resolves with what was heard when that is so much. */
  atLeast(count: number): Promise<Heard[]>;
  /** Nobody listens there any more. */
  close(): Promise<void>;
};

/** Answers 204 unless told otherwise; at the same port again where one is given. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const watching = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url = '', headers } = request;
      const heard = { method, url, headers, text, json: text === '' ? null : JSON.parse(text) };
      receiver.heard.push(heard);
      for (const look of watching) look();
      void (async () => {
        const { status = 204, headers: more = {}, body } = await receiver.answer(heard, receiver.heard.length);
        response.writeHead(status, more).end(body);
      })();
    });
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const at = (server.address() as AddressInfo).port;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${at}/hook`,
    port: at,
    heard: [],
    connections: () => connections,
    answer: () => ({}),
    atLeast: (count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watching.delete(look);
          reject(new Error(`${receiver.heard.length} requests, not ${count}`));
        }, 10_000);
        const look = () => {
          if (receiver.heard.length < count) return;
          clearTimeout(timer);
          watching.delete(look);
          resolve(receiver.heard);
        };
        watching.add(look);
        look();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
  return receiver;
}

export const texts = (heard: readonly Heard[]): string[] => heard.map(({ json }) => json.data.message.text as string);

export type Created = { id: string; secret: string | null };

export async function createWebhook(stack: Stack, input: Record<string, unknown>): Promise<Created> {
  const { createWebhook: made } = dataOf(
    await stack.query(
      'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret webhook { id } } }',
      { input },
    ),
  );
  return { id: made.webhook.id, secret: made.secret };
}

export async function updateWebhook(stack: Stack, input: Record<string, unknown>): Promise<void> {
  dataOf(
    await stack.query('mutation ($input: UpdateWebhookInput!) { updateWebhook(input: $input) { cursor } }', { input }),
  );
}

export type Shown = {
  url: string;
  enabled: boolean;
  failing: boolean;
  lastError: string | null;
  lag: number;
  deliveries: {
    totalCount: number;
    nodes: {
      status: string;
      attempts: number;
      responseStatus: number | null;
      error: string | null;
      messageId: string;
      nextAttemptAt: string | null;
    }[];
  };
};

/** A webhook with its deliveries, newest first. */
export async function showWebhook(stack: Stack, id: string, statuses: string[] | null = null): Promise<Shown> {
  const { node } = dataOf(
    await stack.query(
      `query ($id: ID!, $statuses: [DeliveryStatus!]) { node(id: $id) { ... on Webhook {
        url enabled failing lastError lag
        deliveries(statuses: $statuses) { totalCount nodes { status attempts responseStatus error messageId nextAttemptAt } }
      } } }`,
      { id, statuses },
    ),
  );
  return node;
}

/** Counts outcomes as they are stored, from now on until the gateway is started anew. */
export function watchOutcomes({ gateway }: Stack): { atLeast(count: number): Promise<void>; stop(): void } {
  const { store } = gateway.app;
  const settle = store.settleDelivery.bind(store);
  const watching = new Set<() => void>();
  let settled = 0;
  const counted: Store['settleDelivery'] = async (...given) => {
    const isSettled = await settle(...given);
    settled += 1;
    for (const look of watching) look();
    return isSettled;
  };
  Object.assign(store, { settleDelivery: counted });
  return {
    stop: () => void Object.assign(store, { settleDelivery: settle }),
    atLeast: (count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${settled} outcomes, not ${count}`)), 10_000);
        const look = () => {
          if (settled < count) return;
          clearTimeout(timer);
          watching.delete(look);
          resolve();
        };
        watching.add(look);
        look();
      }),
  };
}

/** Messages as `{post_type, sender, content}`, for webhooks of an old format. */
export const plainFormat: EventFormat = {
  encode: async (_app, _caller, event) =>
    event.type === 'MESSAGE_RECEIVED'
      ? [JSON.stringify({ post_type: event.message.direction, content: event.message.text })]
      : [],
  test: () => '{}',
};

/**
 * Whether one of the signatures is this secret's, by the reference algorithm of Standard Webhooks: base64 of HMAC-SHA256 over
 * `id.timestamp.body`, with the bytes behind `whsec_` as the key, and no older or newer than five minutes.
 */
export function isSigned({ headers, text }: Heard, secret: string, now = Date.now()): boolean {
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  if (!/^\d{10}$/.test(timestamp) || Math.abs(now / 1000 - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const right = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((versioned) => {
      const [version, signature = ''] = versioned.split(',');
      const given = Buffer.from(signature, 'base64');
      return version === 'v1' && given.length === right.length && timingSafeEqual(given, right);
    });
}
