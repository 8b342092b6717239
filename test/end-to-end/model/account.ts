/** An account of a real gateway that the model is held against, with three subscribers. */
import { expect } from 'vitest';
import { createAccount } from '../../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../../src/resolvers/ids.ts';
import { readCallbackUrl } from '../../../src/resolvers/accounts/read-accounts.ts';
import { startAccount } from '../../../src/resolvers/accounts/start-account.ts';
import { type Heard, type Listener, type Wish, listenBy, listenToMessages } from '../listeners.ts';
import { type Stack, owner, post } from '../stack.ts';
import type { Model, ModelLine, ModelMessage } from './model.ts';
import { type Planned, type Posted, type Upstream, bodyOf } from './upstream.ts';

type Subscriber = {
  listen(wish: Wish): Promise<Listener>;
  /** What it hears of the log. */
  signs: string;
  listener: Listener | null;
  after: string;
  heard: Heard[];
};

export type Real = {
  stack: Stack;
  id: string;
  callbackUrl: string;
  upstream: Upstream;
  /** Ids of the lines of the send log, in the order of the model. */
  lines: string[];
  subscribers: Subscriber[];
};

const signs: Record<string, string> = { MESSAGE_RECEIVED: '+', MESSAGE_UPDATED: '~', SEND_UPDATED: '>' };
let accounts = 0;

/** A new account of the stack, RUNNING, with subscribers that listen from its start. */
export async function startReal(stack: Stack, upstreams: Map<string, Upstream>): Promise<Real> {
  const { app } = stack.gateway;
  const baseUrl = `http://127.0.0.1:9/${(accounts += 1)}`;
  let callbackUrl = '';
  const upstream: Upstream = {
    planned: [],
    delivered: new Map(),
    unplanned: [],
    async post(items) {
      const answer = await post(callbackUrl, bodyOf(items));
      await answer.text();
      expect(answer.status).toBe(200);
    },
  };
  upstreams.set(baseUrl, upstream);
  const { object: account } = await createAccount(app, owner, {
    name: 'model',
    connection: { openwx: { baseUrl } },
    pacing: { intervalMs: 0, jitterMs: 0 },
  });
  callbackUrl = readCallbackUrl(app, owner, account)!;
  const id = showId('account', account.id);
  const after = await stack.head();
  await startAccount(app, owner, id);
  const of = { accountIds: [id] };
  const { url } = stack.gateway;
  const types = Object.keys(signs);
  const ways: [Subscriber['listen'], string][] = [
    [(wish) => listenBy['a WebSocket'](url, { ...of, ...wish, types }), '+~>'],
    [(wish) => listenToMessages(url, { ...of, ...wish }), '+'],
    [(wish) => listenBy['GET /events'](url, { ...of, ...wish, types: types.slice(0, 2) }), '+~'],
  ];
  const subscribers = ways.map(([listen, heardSigns]) => ({
    listen,
    signs: heardSigns,
    listener: null,
    after,
    heard: [],
  }));
  const real: Real = { stack, id, callbackUrl, upstream, lines: [], subscribers };
  for (const subscriber of subscribers) await resume(subscriber);
  return real;
}

/** Drops the connection: what came so far was heard. */
export async function leave(subscriber: Subscriber): Promise<void> {
  const { listener } = subscriber;
  if (!listener) return;
  await listener.leave();
  await listener.ended;
  subscriber.heard.push(...listener.heard);
  subscriber.after = listener.heard.at(-1)?.cursor ?? subscriber.after;
  subscriber.listener = null;
}

/** Goes on after the last that was heard. */
export async function resume(subscriber: Subscriber): Promise<void> {
  subscriber.listener ??= await subscriber.listen({ after: subscriber.after });
}

export async function restart({ stack, subscribers }: Real): Promise<void> {
  const present = subscribers.filter(({ listener }) => listener !== null);
  await stack.restart();
  for (const subscriber of present) {
    await leave(subscriber);
    await resume(subscriber);
  }
}

/** What the subscriber heard so far, in the words of the model's log. */
export function shown({ lines }: Real, { heard, listener }: Subscriber): string[] {
  return [...heard, ...(listener?.heard ?? [])].flatMap(({ type, id, upstreamId }) => {
    const sign = signs[type];
    if (sign === undefined) return [];
    return sign === '>' ? `>${lines.indexOf(id!)}` : `${sign}${upstreamId}`;
  });
}

/** Posts what the model says, each echo with the time at which its message was sent. */
export async function postAll({ upstream }: Real, posted: readonly Posted[]): Promise<void> {
  await upstream.post(
    posted.map((one) =>
      one.type === 'echo' ? { ...one, sentAt: upstream.delivered.get(one.upstreamId)!.sentAt } : one,
    ),
  );
}

/** Sends to somebody, and remembers the line. */
export async function send({ stack, id, lines }: Real, text: string, to: string): Promise<void> {
  const { data, errors } = await stack.query(
    'mutation ($input: SendInput!) { send(input: $input) { job { logs { nodes { id } } } } }',
    { input: { targets: [id], to: [to], content: { text }, waitMs: 0 } },
  );
  expect(errors).toBeUndefined();
  lines.push(data.send.job.logs.nodes[0].id);
}

/** Cancels a line, by its place in the model. */
export async function cancel({ stack, lines }: Real, at: number, isInTime: boolean): Promise<void> {
  const { data, errors } = await stack.query('mutation ($id: ID!) { cancelSend(logId: $id) { log { status } } }', {
    id: lines[at],
  });
  expect(errors?.[0]?.extensions['code'] ?? data.cancelSend.log.status).toBe(isInTime ? 'CANCELLED' : 'CONFLICT');
}

/** Does something that lets these sends go; resolves when everything that the model says has been heard, and nothing else. */
export async function doAndHear(model: Model, real: Real, planned: readonly Planned[], act: () => Promise<void>) {
  real.upstream.planned.push(...planned);
  await act();
  await hear(model, real, real.subscribers[0]!);
}

async function hear(model: Model, real: Real, subscriber: Subscriber): Promise<void> {
  const expected = model.log.filter((one) => subscriber.signs.includes(one[0]!));
  const isAll = () => shown(real, subscriber).length >= expected.length;
  await subscriber.listener!.until(isAll, 'all events', 5_000).catch(() => {});
  expect(shown(real, subscriber)).toEqual(expected);
}

/** Everything again from the database and by every subscriber, and whether WeChat has what the lines say. */
export async function compareAll(model: Model, real: Real): Promise<void> {
  for (const subscriber of real.subscribers) await resume(subscriber);
  // A last message: what comes before it that the model does not know is seen.
  const last = model.posts([{ type: 'message', n: 99, richness: 1, from: 'the last one' }]);
  await postAll(real, last);
  expect(model.receive(last)).toEqual([]);
  for (const subscriber of real.subscribers) await hear(model, real, subscriber);

  const { data } = await real.stack.query(comparedFields, { ids: [real.id] });
  const stored = data.messages.nodes as (Omit<ModelMessage, 'line'> & { sendLog: { id: string } | null })[];
  expect(stored.map(({ sendLog, ...rest }) => ({ ...rest, line: sendLog && real.lines.indexOf(sendLog.id) }))).toEqual(
    [...model.messages.values()].map(({ richness: _, ...rest }) => rest),
  );
  type Line = Pick<ModelLine, 'status' | 'attempts'> & { id: string; message: { upstreamId: string } | null };
  const lines = new Map(
    (data.logs.nodes as Line[]).map(({ id, message, ...line }) => [
      id,
      { ...line, message: message?.upstreamId ?? null },
    ]),
  );
  expect(real.lines.map((id) => lines.get(id))).toEqual(
    model.lines.map(({ status, attempts, message }) => ({ status, attempts, message })),
  );
  expect(real.upstream).toMatchObject({ planned: [], unplanned: [] });
}

const comparedFields = `query ($ids: [ID!]!) {
  messages(first: 100, filter: { accountIds: $ids }) { nodes { upstreamId text revoked duplicates sendLog { id } } }
  logs(first: 100, filter: { accountIds: $ids }) { nodes { id status attempts message { upstreamId } } } }`;

/** The account is gone afterwards. */
export async function stopReal({ stack, id, subscribers }: Real): Promise<void> {
  for (const subscriber of subscribers) await leave(subscriber);
  await stack.query('mutation ($id: ID!) { deleteAccount(id: $id) { deletedId } }', { id });
}
