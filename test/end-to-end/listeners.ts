/** The ways in which a client follows what happens. Each tells the same events, in the same order, with the same cursors. */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventsOf, openStream } from '../api/event-stream.ts';
import { type Collected, collect } from './collect.ts';
import { askForEvents, readEvents } from './event-stream.ts';
import { adminToken } from './stack.ts';

/** An event; `id` is that of its message or of its line of the send log, where it has one. */
export type Heard = { type: string; cursor: string; id: string | null; upstreamId: string | null };

/** What a client asks for; everything from now on where nothing is given. */
export type Wish = {
  after?: string;
  types?: readonly string[];
  accountIds?: readonly string[];
  chatIds?: readonly string[];
};

/** How it was over: a refusal with what the error tells, or the close of the connection with its code, null where it has none. */
export type Ending = { refused: Record<string, unknown> } | { closed: number | null };

export type Listener = {
  heard: Heard[];
  until: Collected<Heard>['until'];
  /** Resolves when nothing more can come; it never rejects. */
  ended: Promise<Ending>;
  /** Drops the connection; resolves when it is gone. */
  leave(): Promise<void>;
};

type Listen = (url: string, wish: Wish, token?: string) => Promise<Listener>;

export const listenBy: Record<'a WebSocket' | 'an event stream of GraphQL' | 'GET /events', Listen> = {
  'a WebSocket': (url, wish, token) => overWebSocket(url, events, 'events', wish, token),
  'an event stream of GraphQL': overGraphqlStream,
  'GET /events': overEvents,
};

/** Messages alone, as `messageReceived` tells them: `types` must be left out. */
export const listenToMessages: Listen = (url, { after, ...filter }, token) =>
  overWebSocket(url, messages, 'messageReceived', { after, filter }, token);

const events = `subscription ($after: String, $types: [EventType!], $accountIds: [ID!], $chatIds: [ID!]) {
  events(after: $after, types: $types, accountIds: $accountIds, chatIds: $chatIds) {
    __typename cursor ... on MessageReceived { message { id upstreamId } } ... on MessageUpdated { message { id upstreamId } }
    ... on SendUpdated { log { id } } } }`;
const messages = `subscription ($after: String, $filter: MessageFilter) {
  messageReceived(after: $after, filter: $filter) { __typename cursor id upstreamId } }`;

type About = { id?: string; upstreamId?: string | null };
type Value = { __typename: string; cursor: string; message?: About; log?: About } & About;
type Frame = {
  data?: Record<string, Value | null> | null;
  errors?: readonly { extensions?: Record<string, unknown> }[];
};

async function overWebSocket(
  url: string,
  query: string,
  field: string,
  variables: Record<string, unknown>,
  token = adminToken,
): Promise<Listener> {
  const heard = collect<Heard>();
  const end = Promise.withResolvers<Ending>();
  const opened = Promise.withResolvers<WebSocket>();
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    on: {
      opened: (socket) => opened.resolve(socket as WebSocket),
      closed: (event) => end.resolve({ closed: (event as { code: number }).code }),
    },
  });
  client.subscribe(
    { query, variables },
    { next: (frame) => take(frame as Frame, field, heard, end.resolve), error: () => {}, complete: () => {} },
  );
  return {
    heard: heard.all,
    until: heard.until,
    ended: end.promise,
    leave: async () => {
      const socket = await Promise.race([opened.promise, end.promise]);
      if (socket instanceof WebSocket) socket.terminate();
      await end.promise;
    },
  };
}

async function overGraphqlStream(url: string, wish: Wish, token = adminToken): Promise<Listener> {
  const heard = collect<Heard>();
  const leaving = new AbortController();
  const response = await openStream({ gateway: { url } }, events, wish, token, leaving.signal);
  let ending: Ending = { closed: null };
  async function read(): Promise<Ending> {
    if (response.status !== 200) {
      const { errors } = (await response.json()) as Required<Frame>;
      return { refused: errors[0]!.extensions ?? {} };
    }
    for await (const { event, data } of eventsOf(response))
      if (event === 'next') take(JSON.parse(data) as Frame, 'events', heard, (end) => (ending = end));
    return ending;
  }
  const ended = read().catch(() => ending);
  return { heard: heard.all, until: heard.until, ended, leave: () => drop(leaving, ended) };
}

async function overEvents(url: string, { after, ...filter }: Wish, token = adminToken): Promise<Listener> {
  const heard = collect<Heard>();
  const leaving = new AbortController();
  const parameters = Object.entries(filter).map(([name, values]) => `${name}=${values.join(',')}`);
  const headers = { authorization: `Bearer ${token}`, ...(after !== undefined && { 'last-event-id': after }) };
  const response = await askForEvents(url, parameters.join('&'), headers, leaving.signal);
  async function read(): Promise<Ending> {
    if (response.status !== 200) return { refused: await response.json() };
    await readEvents(response, ({ id: cursor, event: { type, data } }) => {
      const about = (data?.['message'] ?? data?.['log']) as About | undefined;
      heard.add({ type, cursor, id: about?.id ?? null, upstreamId: about?.upstreamId ?? null });
    });
    return { closed: null };
  }
  const ended = read().catch((): Ending => ({ closed: null }));
  return { heard: heard.all, until: heard.until, ended, leave: () => drop(leaving, ended) };
}

async function drop(leaving: AbortController, ended: Promise<Ending>): Promise<void> {
  leaving.abort();
  await ended;
}

/** A frame with nothing but errors is a refusal. */
function take({ data, errors }: Frame, field: string, heard: Collected<Heard>, end: (ending: Ending) => void): void {
  const value = data?.[field];
  if (!value) return end({ refused: errors?.[0]?.extensions ?? {} });
  const type = value.__typename === 'Message' ? 'MessageReceived' : value.__typename;
  const word = type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  const about = value.message ?? value.log ?? value;
  heard.add({ type: word, cursor: value.cursor, id: about.id ?? null, upstreamId: about.upstreamId ?? null });
}
