import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { openEvents } from './event-stream.ts';
import { postMany } from './posting.ts';
import { type Following, type Stack, allMessages, follow, openwxText, post, startStack, told } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const rounds = 20;
const count = 300;
let nextId = 1_000_000_000_000_000_000n;

/** Ids of the messages later than `after` in the order of the log. */
async function storedAfter(after: string): Promise<string[]> {
  const { data } = await stack.query(
    'query ($after: String) { messages(first: 1, after: $after) { nodes { upstreamId } } }',
    {
      after,
    },
  );
  const [first] = data.messages.nodes as { upstreamId: string }[];
  const all = (await allMessages(stack.gateway.url)).map((message) => message.upstreamId);
  return first ? all.slice(all.indexOf(first.upstreamId)) : [];
}

function takeIds(n: number): bigint {
  nextId += BigInt(n);
  return nextId - BigInt(n);
}

describe('resuming', () => {
  it('over a socket that is cut 20 times while messages arrive loses none, repeats none and keeps the order', async () => {
    const start = await stack.head();
    const posting = postMany(stack.callbackUrls[0]!, { from: takeIds(count), count, lanes: 3, paceMs: 5 });
    const seen: string[] = [];
    let after = start;
    for (let round = 0; round <= rounds; round += 1) {
      const client = stack.client();
      const opened = new Promise<WebSocket>(
        (resolve) => void client.on('opened', (socket) => resolve(socket as WebSocket)),
      );
      const following: Following = follow(
        client,
        'subscription ($after: String) { messageReceived(after: $after) { upstreamId } }',
        { after },
      );
      await following.atLeast(
        round === rounds ? count - seen.length : Math.min(1 + ((round * 7) % 12), count - seen.length),
      );
      (await opened).terminate();
      await following.ended;
      seen.push(...told<{ upstreamId: string }>(following, 'messageReceived').map((message) => message.upstreamId));
      after = following.frames.at(-1)?.extensions.cursor ?? after;
    }
    const { acknowledged } = await posting;
    expect(acknowledged.length).toBe(count);
    expect(seen).toEqual(await storedAfter(start));
    expect(seen.toSorted()).toEqual(acknowledged.toSorted());
  });

  it('over GET /events with Last-Event-ID loses none, repeats none and keeps the order', async () => {
    const start = await stack.head();
    const posting = postMany(stack.callbackUrls[0]!, { from: takeIds(count), count, lanes: 3, paceMs: 5 });
    const seen: string[] = [];
    let after = start;
    for (let round = 0; round <= rounds; round += 1) {
      const events = await openEvents(stack.gateway.url, 'types=MESSAGE_RECEIVED', { 'last-event-id': after });
      // What was replayed is followed by one CAUGHT_UP, which is no message.
      const wanted = round === rounds ? count - seen.length + 1 : Math.min(2 + ((round * 5) % 12), count - seen.length);
      await events.atLeast(wanted);
      for (const { id, event } of await events.cut()) {
        expect(id).toBe(event.cursor);
        after = id;
        if (event.type === 'MESSAGE_RECEIVED') seen.push(upstreamIdOf(event.data));
      }
    }
    const { acknowledged } = await posting;
    expect(acknowledged.length).toBe(count);
    const byId = new Map(
      (await allMessages<{ id: string; upstreamId: string }>(stack.gateway.url, 'id upstreamId')).map((one) => [
        one.id,
        one.upstreamId,
      ]),
    );
    expect(seen.map((id) => byId.get(id))).toEqual(await storedAfter(start));
  });

  it('events say how many they replayed before they are live', async () => {
    const start = await stack.head();
    const events =
      'subscription ($after: String, $last: Int) { events(after: $after, last: $last, types: [MESSAGE_RECEIVED]) { __typename cursor ... on CaughtUp { replayed } ... on MessageReceived { message { upstreamId } } } }';
    type Event = { __typename: string; cursor: string; replayed?: number; message?: { upstreamId: string } };
    const shown = (following: Following) =>
      told<Event>(following, 'events').map((event) => event.replayed ?? event.message!.upstreamId);
    const ids = Array.from({ length: 6 }, () => String(takeIds(1)));
    for (const id of ids.slice(0, 5)) await post(stack.callbackUrls[0]!, openwxText(id, id));

    const resumed = follow(stack.client(), events, { after: start });
    const fresh = follow(stack.client(), events);
    const newest = follow(stack.client(), events, { last: 3 });
    await Promise.all([resumed.atLeast(6), fresh.atLeast(1), newest.atLeast(4)]);
    await post(stack.callbackUrls[0]!, openwxText(ids[5]!, 'live'));
    await Promise.all([resumed.atLeast(7), fresh.atLeast(2), newest.atLeast(5)]);
    expect(shown(resumed)).toEqual([...ids.slice(0, 5), 5, ids[5]]);
    expect(shown(fresh)).toEqual([0, ids[5]]);
    expect(shown(newest)).toEqual([...ids.slice(2, 5), 3, ids[5]]);
    for (const { data, extensions } of [...resumed.frames, ...fresh.frames, ...newest.frames]) {
      expect(extensions.cursor).toBe((data['events'] as Event).cursor);
    }

    const lastOnes = follow(stack.client(), 'subscription { messageReceived(last: 2) { upstreamId } }');
    await lastOnes.atLeast(2);
    await post(stack.callbackUrls[0]!, openwxText(String(takeIds(1)), 'after last'));
    await lastOnes.atLeast(3);
    expect(told<{ upstreamId: string }>(lastOnes, 'messageReceived').map((one) => one.upstreamId)).toEqual([
      ids[4],
      ids[5],
      String(nextId - 1n),
    ]);
  });
});

function upstreamIdOf(data: Record<string, unknown> | null): string {
  return (data as { message: { id: string } }).message.id;
}
