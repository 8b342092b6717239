import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Stack, adminToken, follow, openwxText, post, startStack, told } from './stack.ts';

let stack: Stack;
const warnings: string[] = [];
let warned = () => {};
beforeAll(async () => {
  const log = pino(
    { level: 'warn' },
    {
      write: (line: string) => {
        warnings.push((JSON.parse(line) as { msg: string }).msg);
        warned();
      },
    },
  );
  stack = await startStack({ overrides: { log } });
});
afterAll(() => stack.stop());

const isLong = process.env['WXGRAPH_TEST_LONG'] === '1';
/** Far more than what the buffers of two sockets hold. */
const burst = 400;
const big = '大'.repeat(20_000);
const healthyCount = 20;
const subscription = 'subscription ($after: String) { messageReceived(after: $after) { upstreamId text } }';
const small = 'subscription ($after: String) { messageReceived(after: $after) { upstreamId } }';
type Told = { upstreamId: string; text: string };

it(
  `a subscriber that stops reading takes nothing from ${healthyCount} others, has no queue that grows, is cut off within 10 to 12 s, and resumes without a gap`,
  async () => {
    const after = await stack.head();
    // One wants the very same as the one that stalls.
    const healthy = Array.from({ length: healthyCount }, (_, n) =>
      follow(stack.client(), n === 0 ? subscription : small, { after }),
    );
    const stalled = await openStalled(after);
    let cutOffAt: number | null = null;
    warned = () => {
      if (warnings.includes('a socket that does not read was cut off')) cutOffAt ??= performance.now();
    };

    const ids: string[] = [];
    async function postNext(text: string): Promise<void> {
      ids.push(String(5_000_000_000_000_000_000n + BigInt(ids.length)));
      expect((await post(stack.callbackUrls[0]!, openwxText(ids.at(-1)!, text))).status).toBe(200);
    }
    const startedAt = performance.now();
    let queued = 0;
    for (let n = 0; n < burst; n += 1) {
      await postNext(`${n} ${big}`);
      queued = Math.max(queued, lookAtReaders());
    }
    await Promise.all(healthy.map((one) => one.atLeast(burst)));
    // A few messages, however many there are for it.
    expect(queued).toBeGreaterThan(0);
    expect(queued).toBeLessThan(10 * Buffer.byteLength(big));

    lookAtReaders();
    const [stuck] = [...readers.values()].toSorted((one, other) => other.queued - one.queued);

    // A load that goes on: everybody else hears it at once.
    const isOver = () => cutOffAt !== null && (!isLong || performance.now() - startedAt >= 60_000);
    while (!isOver()) {
      await postNext('weiter');
      await Promise.all(healthy.map((one) => one.atLeast(ids.length)));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(cutOffAt! - stuck!.at).toBeGreaterThan(9_500);
    expect(cutOffAt! - stuck!.at).toBeLessThan(12_000);
    for (const one of healthy)
      expect(told<Told>(one, 'messageReceived').map((message) => message.upstreamId)).toEqual(ids);
    expect((await fetch(`${stack.gateway.url}/live`)).status).toBe(200);

    const { code, frames } = await stalled.goOn();
    // Whoever comes back in time reads why.
    expect([4013, 1006]).toContain(code);
    expect(frames.length).toBeLessThan(burst);
    const seen = frames.map((frame) => frame.data.messageReceived.upstreamId);
    expect(seen).toEqual(ids.slice(0, seen.length));
    const resumed = follow(stack.client(), subscription, { after: frames.at(-1)?.extensions.cursor ?? after });
    await resumed.atLeast(ids.length - seen.length);
    expect(told<Told>(resumed, 'messageReceived').map((message) => message.upstreamId)).toEqual(ids.slice(seen.length));
  },
  isLong ? 120_000 : 60_000,
);

/** Of each socket of a server in this process: what is queued for it, what its reader took, and when it last took something. */
const readers = new Map<Socket, { queued: number; taken: number; at: number }>();
const accepted = (message: unknown) =>
  void readers.set((message as { socket: Socket }).socket, { queued: 0, taken: 0, at: 0 });
beforeAll(() => subscribe('net.server.socket', accepted));
afterAll(() => void unsubscribe('net.server.socket', accepted));

/** The most that is queued for one of them. */
function lookAtReaders(): number {
  for (const [socket, { taken: before, at }] of readers) {
    // One that is cut off stays as it was seen last.
    if (socket.destroyed) continue;
    const queued = socket.writableLength;
    const taken = socket.bytesWritten - queued;
    readers.set(socket, { queued, taken, at: taken === before ? at : performance.now() });
  }
  return Math.max(...[...readers.values()].map(({ queued }) => queued));
}

type Frame = { data: { messageReceived: Told }; extensions: { cursor: string } };

/** A subscriber that reads nothing any more once its subscription has begun; `goOn` reads what there is until the end. */
async function openStalled(after: string): Promise<{ goOn(): Promise<{ code: number; frames: Frame[] }> }> {
  const socket = new WebSocket(`${stack.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const frames: Frame[] = [];
  const acknowledged = Promise.withResolvers<void>();
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as { type: string; payload: Frame };
    if (message.type === 'connection_ack') acknowledged.resolve();
    if (message.type === 'next') frames.push(message.payload);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${adminToken}` } }));
  await acknowledged.promise;
  const payload = { query: subscription, variables: { after } };
  await new Promise((resolve) => socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }), resolve));
  socket.pause();
  return {
    goOn: async () => {
      socket.resume();
      return { code: await closed, frames };
    },
  };
}
