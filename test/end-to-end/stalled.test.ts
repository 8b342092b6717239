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

const count = 400;
const subscription = 'subscription ($after: String) { messageReceived(after: $after) { upstreamId text } }';
type Told = { upstreamId: string; text: string };

it('a subscriber that stops reading takes nothing from the others, is cut off, and resumes without a gap', async () => {
  const after = await stack.head();
  const healthy = [1, 2, 3].map(() => follow(stack.client(), subscription, { after }));
  const stalled = await openStalled(after);
  const cutOff = new Promise<void>((resolve) => {
    warned = () => warnings.includes('a socket that does not read was cut off') && resolve();
  });

  // Far more than what the buffers of two sockets hold.
  const big = '大'.repeat(20_000);
  const ids = Array.from({ length: count }, (_, i) => String(5_000_000_000_000_000_000n + BigInt(i)));
  for (const id of ids) expect((await post(stack.callbackUrls[0]!, openwxText(id, `${id} ${big}`))).status).toBe(200);
  for (const one of healthy) {
    await one.atLeast(count);
    expect(told<Told>(one, 'messageReceived').map((message) => message.upstreamId)).toEqual(ids);
  }

  await cutOff;
  expect((await fetch(`${stack.gateway.url}/live`)).status).toBe(200);
  const { code, frames } = await stalled.goOn();
  // Whoever comes back in time reads why.
  expect([4013, 1006]).toContain(code);
  expect(frames.length).toBeLessThan(count);
  const seen = frames.map((frame) => frame.data.messageReceived.upstreamId);
  expect(seen).toEqual(ids.slice(0, seen.length));

  const resumed = follow(stack.client(), subscription, { after: frames.at(-1)?.extensions.cursor ?? after });
  await resumed.atLeast(count - seen.length);
  expect(told<Told>(resumed, 'messageReceived').map((message) => message.upstreamId)).toEqual(ids.slice(seen.length));
});

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
