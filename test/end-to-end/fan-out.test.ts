/** Many subscriptions that want the same: shown once for all, and to each of them everything once and in order. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import type { Queries, Store } from '../../src/db/store.ts';
import { type StreamEvent, eventsOf, openStream } from '../api/event-stream.ts';
import { openEvents } from './event-stream.ts';
import { postMany } from './posting.ts';
import { type Following, type Stack, allMessages, follow, openwxText, post, startStack, told } from './stack.ts';

let stack: Stack;
let called: string[] = [];
beforeAll(async () => {
  stack = await startStack();
  const { app } = stack.gateway;
  const queries: Queries = new Proxy(app.store.queries, {
    get: (all, name: keyof Queries) => {
      called.push(name);
      return all[name];
    },
  });
  (app as { store: Store }).store = { ...app.store, queries };
});
afterAll(() => stack.stop());

const rounds = process.env['WXGRAPH_TEST_LONG'] ? 500 : 20;
const plain = 'subscription ($after: String) { messageReceived(after: $after) { upstreamId text } }';
const rich =
  'subscription ($after: String) { messageReceived(after: $after) { upstreamId chat { id contact { displayName } } } }';
let nextId = 2_000_000_000_000_000_000n;
const takeIds = (n: number): bigint => (nextId += BigInt(n)) - BigInt(n);
const idsOf = (following: Following): string[] =>
  told<{ upstreamId: string }>(following, 'messageReceived').map((message) => message.upstreamId);

describe('subscriptions that want the same', () => {
  it('load what an event shows once, however many they are and wherever they began', async () => {
    const first = await stack.head();
    await post(stack.callbackUrls[0]!, openwxText(String(takeIds(1)), 'eins'));
    const second = await stack.head();
    await post(stack.callbackUrls[0]!, openwxText(String(takeIds(1)), 'zwei'));
    const followings = [first, second, first, second].flatMap((after) =>
      [1, 2, 3].map(() => ({ count: after === first ? 2 : 1, following: follow(stack.client(), rich, { after }) })),
    );
    // Each is live once it has told of what was there.
    for (const { following, count } of followings) await following.atLeast(count);
    called = [];
    const id = String(takeIds(1));
    await post(stack.callbackUrls[0]!, openwxText(id, 'drei'));
    for (const { following, count } of followings) {
      await following.atLeast(count + 1);
      expect(idsOf(following).at(-1)).toBe(id);
    }
    expect(called.filter((name) => name === 'chatsById')).toHaveLength(1);
    for (const { following } of followings) following.stop();
  });

  it('are one over WebSocket and event streams, and those of GET /events one of their own', async () => {
    const after = await stack.head();
    const first = String(takeIds(1));
    await post(stack.callbackUrls[0]!, openwxText(first, 'vier'));
    const sockets = [1, 2, 3].map(() => follow(stack.client(), rich, { after }));
    const streams = await Promise.all([1, 2, 3].map(async () => eventsOf(await openStream(stack, rich, { after }))));
    const plainStreams = await Promise.all(
      [1, 2, 3].map(() => openEvents(stack.gateway.url, `types=MESSAGE_RECEIVED&after=${after}`)),
    );
    const idIn = ({ data }: StreamEvent) => JSON.parse(data).data.messageReceived.upstreamId as string;
    // Each is live once it has told of what was there; CAUGHT_UP is told after that.
    for (const following of sockets) await following.atLeast(1);
    for (const events of streams) expect(idIn((await events.next()).value!)).toBe(first);
    for (const events of plainStreams) await events.atLeast(2);
    called = [];
    const id = String(takeIds(1));
    await post(stack.callbackUrls[0]!, openwxText(id, 'fünf'));
    for (const following of sockets) {
      await following.atLeast(2);
      expect(idsOf(following)).toEqual([first, id]);
    }
    for (const events of streams) expect(idIn((await events.next()).value!)).toBe(id);
    for (const events of plainStreams) {
      const [, , last] = await events.atLeast(3);
      expect(last!.event).toMatchObject({ type: 'MESSAGE_RECEIVED', cursor: last!.id });
    }
    expect(called.filter((name) => name === 'chatsById')).toHaveLength(2);
    for (const following of sockets) following.stop();
    await Promise.all([...streams.map((events) => events.return()), ...plainStreams.map((events) => events.cut())]);
  });

  it(
    `get each message once and in order over ${rounds} change-overs from replay to live`,
    { timeout: 240_000 },
    async () => {
      const cursors = [await stack.head()];
      const seen: Following[] = [];
      let client = stack.client();
      const count = rounds * 12;
      const posting = postMany(stack.callbackUrls[0]!, { from: takeIds(count), count, lanes: 4 });
      const watcher = follow(client, plain, { after: cursors[0] });
      for (let round = 0; round < rounds; round += 1) {
        // A socket takes a hundred messages a minute.
        if (round % 40 === 39) client = stack.client();
        await watcher.atLeast(Math.min(count, (round + 1) * 10));
        cursors.push(watcher.frames.at(-1)!.extensions.cursor);
        // From where the log is now, from a while ago, and from the very beginning.
        const after = cursors[Math.max(0, cursors.length - 1 - (round % 7))];
        const following = follow(client, plain, { after });
        seen.push(following);
        await following.atLeast(1);
        if (seen.length > 20) seen.shift()!.stop();
      }
      const { acknowledged } = await posting;
      const all = (await allMessages(stack.gateway.url)).map(({ upstreamId }) => upstreamId);
      await watcher.atLeast(acknowledged.length);
      const expected = all.slice(all.indexOf(idsOf(watcher)[0]!));
      expect(idsOf(watcher)).toEqual(expected);
      for (const following of seen) {
        await following.atLeast(1);
        const from = expected.indexOf(idsOf(following)[0]!);
        await following.atLeast(expected.length - from);
        expect(idsOf(following)).toEqual(expected.slice(from));
      }
    },
  );

  it('that read slowly for a while fall behind alone, and are live again with nothing missing', async () => {
    const after = await stack.head();
    const client = stack.client();
    const opened = new Promise<WebSocket>(
      (resolve) => void client.on('opened', (socket) => resolve(socket as WebSocket)),
    );
    const slow = follow(client, plain, { after });
    const quick = follow(stack.client(), plain, { after });
    const big = '大'.repeat(20_000);
    const ids = Array.from({ length: 60 }, () => String(takeIds(1)));
    await post(stack.callbackUrls[0]!, openwxText(ids[0]!, 'x'));
    await Promise.all([slow.atLeast(1), quick.atLeast(1)]);
    const { _socket: raw } = (await opened) as unknown as { _socket: Socket };
    raw.pause();
    for (const id of ids.slice(1)) await post(stack.callbackUrls[0]!, openwxText(id, big));
    await quick.atLeast(ids.length);
    expect(slow.frames.length).toBeLessThan(ids.length);
    raw.resume();
    await slow.atLeast(ids.length);
    expect(idsOf(slow)).toEqual(ids);
    const last = String(takeIds(1));
    await post(stack.callbackUrls[0]!, openwxText(last, 'y'));
    await slow.atLeast(ids.length + 1);
    expect(idsOf(slow).at(-1)).toBe(last);
  });

  it('end when the client completes them, and the others go on', async () => {
    const after = await stack.head();
    const [gone, stays] = [follow(stack.client(), plain, { after }), follow(stack.client(), plain, { after })];
    await post(stack.callbackUrls[0]!, openwxText(String(takeIds(1)), 'x'));
    await Promise.all([gone.atLeast(1), stays.atLeast(1)]);
    gone.stop();
    await gone.ended;
    await post(stack.callbackUrls[0]!, openwxText(String(takeIds(1)), 'y'));
    await stays.atLeast(2);
    expect(gone.frames).toHaveLength(1);
  });
});

it('a socket that is gone is no longer written to', async () => {
  const client = stack.client();
  const opened = new Promise<WebSocket>(
    (resolve) => void client.on('opened', (socket) => resolve(socket as WebSocket)),
  );
  const following = follow(client, plain, { after: await stack.head() });
  await post(stack.callbackUrls[0]!, openwxText(String(takeIds(1)), 'x'));
  await following.atLeast(1);
  const socket = await opened;
  socket.terminate();
  if (socket.readyState !== 3) await once(socket as never, 'close');
  expect((await post(stack.callbackUrls[0]!, openwxText(String(takeIds(1)), 'y'))).status).toBe(200);
});
