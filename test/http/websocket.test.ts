import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Timing } from '../../src/http/timing.ts';
import { type Peer, ask, bearer, connect, join, open, subscribe } from './clients.ts';
import { type Fake, type FakeOptions, otherToken, startFake, token } from './fake.ts';

let fake: Fake;
const start = async (timing: Partial<Timing> = {}, options: FakeOptions = {}) => {
  await fake.server.close();
  fake = await startFake({ timing, ...options });
};
beforeEach(async () => {
  fake = await startFake();
});
afterEach(() => fake.server.close());

const init = { type: 'connection_init', payload: { authorization: `Bearer ${token}` } };
const events = 'subscription { events { text } }';

describe('the handshake', () => {
  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1'])(
    'a page of %s is refused before the upgrade',
    async (origin) => {
      await expect(connect(fake, { origin })).rejects.toThrow('HTTP 403');
    },
  );

  test('another path is no socket', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${fake.port}/events`, 'graphql-transport-ws');
    const status = await new Promise((resolve) => {
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
    });
    expect(status).toBe(404);
    socket.on('error', () => {});
    socket.terminate();
  });

  test('a client that says nothing is closed with 4408', async () => {
    await start({ initWaitMs: 30 });
    expect((await (await connect(fake)).closed).code).toBe(4408);
  });

  test('a second connection_init is closed with 4429', async () => {
    const peer = await join(fake);
    peer.send(init);
    expect((await peer.closed).code).toBe(4429);
  });

  test('a subscription before the acknowledgement is closed with 4401', async () => {
    const peer = await connect(fake);
    subscribe(peer, '1', events);
    expect((await peer.closed).code).toBe(4401);
  });

  test('an id that is in use is closed with 4409', async () => {
    const peer = await join(fake);
    subscribe(peer, '1', events);
    subscribe(peer, '1', events);
    expect((await peer.closed).code).toBe(4409);
    await fake.world.until(() => fake.world.groups === 0);
  });

  test('an id that is completed and taken again at once is told everything once', async () => {
    const peer = await join(fake);
    // The first one is completed before it has begun.
    subscribe(peer, '1', events);
    peer.send({ type: 'complete', id: '1' });
    subscribe(peer, '1', 'subscription { events { cursor } }');
    await fake.world.until(() => fake.world.opened === 2);
    for (const cursor of ['c1', 'c2']) fake.world.publish({ cursor, text: cursor });
    const frames = [await peer.next('next'), await peer.next('next')].map(({ payload }) => payload['data']);
    expect(frames).toEqual([{ events: { cursor: 'c1' } }, { events: { cursor: 'c2' } }]);
    expect(fake.world.groups).toBe(1);
    peer.socket.terminate();
  });

  test('what is no message of the protocol is closed with 4400', async () => {
    for (const message of ['', 'nonsense', '{"type":"nonsense"}', '[]', '{"type":"connection_ack"}']) {
      const peer = await connect(fake);
      peer.send(message);
      expect([message, (await peer.closed).code]).toEqual([message, 4400]);
    }
  });

  test('a frame of 65 KiB is closed with 1009', async () => {
    const peer = await join(fake);
    peer.send('x'.repeat(65 * 1024));
    expect((await peer.closed).code).toBe(1009);
  });

  test('another subprotocol is closed with 4406', async () => {
    expect((await (await connect(fake, { protocol: null })).closed).code).toBe(4406);
    await expect(connect(fake, { protocol: 'graphql-ws' })).rejects.toThrow(/subprotocol/);
  });

  test('more than a hundred messages are closed with 1008', async () => {
    const peer = await join(fake);
    for (let i = 0; i < 200; i += 1) peer.send({ type: 'ping' });
    expect((await peer.closed).code).toBe(1008);
    expect(peer.received.filter(({ type }) => type === 'pong').length).toBeLessThan(100);
  });

  test('the budget of messages fills up again', async () => {
    await start({ messagesPerMinute: 60_000, sweepMs: 10 });
    const peer = await join(fake);
    for (let i = 0; i < 300; i += 1) {
      peer.send({ type: 'ping' });
      await peer.next('pong');
    }
    expect(peer.socket.readyState).toBe(peer.socket.OPEN);
    peer.socket.terminate();
  });

  test('the 33rd operation of a socket is an error of its own, and the others go on', async () => {
    const peer = await join(fake);
    for (let i = 1; i <= 33; i += 1) subscribe(peer, `s${i}`, events);
    const refused = await peer.next('error');
    expect(refused).toMatchObject({ id: 's33', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
    await fake.world.until(() => fake.world.opened === 32);
    fake.world.publish({ cursor: 'c', text: 'still here' });
    const ids = new Set<string>();
    for (let i = 1; i <= 32; i += 1) ids.add((await peer.next('next')).id!);
    expect(ids.size).toBe(32);
    peer.send({ type: 'complete', id: 's1' });
    subscribe(peer, 's34', events);
    await fake.world.until(() => fake.world.opened === 33);
    peer.socket.terminate();
  });
});

describe('who connects', () => {
  test.each([
    ['no token', undefined],
    ['a wrong one', { authorization: 'Bearer wrong' }],
    ['something else than text', { authorization: { token } }],
  ])('%s is closed with 4403', async (_case, payload) => {
    const peer = await connect(fake);
    peer.send({ type: 'connection_init', payload });
    expect((await peer.closed).code).toBe(4403);
  });

  test.each([
    ['Bearer', { authorization: `Bearer ${token}` }],
    ['bare', { authorization: token }],
    ['with a capital letter', { Authorization: `Bearer ${token}` }],
  ])('a token is taken in this form: %s', async (_form, payload) => {
    const peer = await connect(fake);
    peer.send({ type: 'connection_init', payload });
    await peer.next('connection_ack');
    subscribe(peer, '1', '{ whoAmI }');
    expect((await peer.next('next')).payload).toEqual({ data: { whoAmI: 'token 1' } });
    peer.socket.terminate();
  });

  test("the browser's session counts on the gateway's own page, and nowhere else", async () => {
    const headers = { cookie: 'wxgraph_session=session' };
    const own = await connect(fake, { headers, origin: fake.url });
    own.send({ type: 'connection_init', payload: {} });
    await own.next('connection_ack');
    own.socket.terminate();

    const without = await connect(fake, { headers });
    without.send({ type: 'connection_init', payload: {} });
    expect((await without.closed).code).toBe(4403);
  });

  test('wrong tokens over sockets count with those over HTTP', async () => {
    for (let i = 0; i < 10; i += 1) {
      const peer = await connect(fake);
      peer.send({ type: 'connection_init', payload: { authorization: `wrong${i}` } });
      await peer.closed;
    }
    expect((await ask(fake, '/events', { headers: { authorization: 'wrong' } })).status).toBe(429);
  });

  test('a token that is revoked ends its sockets with 4403, and nothing comes after', async () => {
    await start({ recheckMs: 20 });
    const [revoked, other] = [await join(fake), await join(fake, otherToken)];
    subscribe(revoked, '1', events);
    subscribe(other, '1', events);
    await fake.world.until(() => fake.world.opened === 2);
    fake.world.tokens.delete(token);
    expect((await revoked.closed).code).toBe(4403);
    fake.world.publish({ cursor: 'c', text: 'later' });
    expect((await other.next('next')).payload).toMatchObject({ data: { events: { text: 'later' } } });
    expect(revoked.received.some(({ type }) => type === 'next')).toBe(false);
    other.socket.terminate();
  });
});

test('a token that is revoked here ends its sockets at once', async () => {
  await start({ recheckMs: 3600_000 });
  const [revoked, other] = [await join(fake), await join(fake, otherToken)];
  fake.world.revoke(token);
  expect((await revoked.closed).code).toBe(4403);
  expect(other.socket.readyState).toBe(other.socket.OPEN);
  other.socket.terminate();
});

describe('how many', () => {
  test('one socket more than an address may have is answered 429, until another closes', async () => {
    await start({}, { env: { WXGRAPH_MAX_SOCKETS_PER_ADDRESS: '20' } });
    const peers: Peer[] = [];
    for (let i = 0; i < 20; i += 1) peers.push(await join(fake));
    await expect(connect(fake)).rejects.toThrow('HTTP 429');
    peers[0]!.socket.close();
    await peers[0]!.closed;
    peers.push(await join(fake));
    peers.forEach(({ socket }) => socket.terminate());
  });

  test('one socket more than a token may have is closed with 1008; event streams count too', async () => {
    await start({}, { env: { WXGRAPH_MAX_SOCKETS_PER_TOKEN: '2' } });
    const peer = await join(fake);
    const stream = await open(fake, '/events', { headers: bearer });
    const third = await connect(fake);
    third.send(init);
    expect((await third.closed).code).toBe(1008);
    expect((await ask(fake, '/events', { headers: bearer })).status).toBe(429);
    (await join(fake, otherToken)).socket.terminate();

    const ended = fake.world.until(() => fake.world.groups === 0);
    stream.destroy();
    await ended;
    (await join(fake)).socket.terminate();
    peer.socket.terminate();
  });

  test('strangers of one address are few, and each that says who it is makes room', async () => {
    await start({ unauthenticatedPerAddress: 2 });
    const [first] = [await connect(fake), await connect(fake)];
    await expect(connect(fake)).rejects.toThrow('HTTP 429');
    first.send(init);
    await first.next('connection_ack');
    (await connect(fake)).socket.terminate();
  });
});

describe('peers that do not keep up', () => {
  test('a reader that stalls is cut off, and another goes on in order', async () => {
    await start({ stallMs: 200, closeWaitMs: 100, sweepMs: 50 });
    const [stalled, healthy] = [await join(fake), await join(fake)];
    const endless = 'subscription { endless { cursor text } }';
    subscribe(stalled, '1', endless);
    await stalled.next('next');
    stalled.socket.pause();
    subscribe(healthy, '1', endless);
    await fake.world.until(() => fake.world.lines.some((line) => line.includes('does not read')));
    const before = healthy.received.length;
    while (healthy.received.length < before + 100) await healthy.next('next');
    const cursors = healthy.received.filter(({ type }) => type === 'next');
    cursors.forEach((message, i) => expect(message.payload).toMatchObject({ extensions: { cursor: `e${i + 1}` } }));
    expect(healthy.socket.readyState).toBe(healthy.socket.OPEN);
    healthy.socket.terminate();
    // Its own end of the connection learns of it only when it reads again.
    await expect.poll(() => fake.waiting()).toBe(0);
    stalled.socket.resume();
    expect((await stalled.closed).code).toBe(1006);
  });

  test('a reader that comes back in time reads with 4013 why its socket is closed, after all that was sent before', async () => {
    await start({ stallMs: 200, closeWaitMs: 20_000, sweepMs: 50 });
    const stalled = await join(fake);
    subscribe(stalled, '1', 'subscription { endless { cursor text } }');
    await stalled.next('next');
    stalled.socket.pause();
    await fake.world.until(() => fake.world.lines.some((line) => line.includes('does not read')));
    stalled.socket.resume();
    expect(await stalled.closed).toEqual({ code: 4013, reason: 'Too slow' });
    const told = stalled.received.filter(({ type }) => type === 'next');
    told.forEach((message, i) => expect(message.payload).toMatchObject({ extensions: { cursor: `e${i + 1}` } }));
  });

  test('what waits for a reader that stalls is bounded', async () => {
    await start({ sweepMs: 50 });
    const [stalled, healthy] = [await join(fake), await join(fake)];
    subscribe(stalled, '1', events);
    subscribe(healthy, '1', events);
    await fake.world.until(() => fake.world.opened === 2);
    stalled.socket.pause();
    const text = 'x'.repeat(500_000);
    for (let i = 0; i < 60; i += 1) {
      fake.world.publish({ cursor: `c${i}`, text });
      expect((await healthy.next('next')).payload).toMatchObject({ extensions: { cursor: `c${i}` } });
    }
    // What the network took, and one event more than fills it up.
    expect(fake.waiting()).toBeLessThan(2_000_000);
    stalled.socket.resume();
    for (let i = 0; i < 60; i += 1) {
      expect((await stalled.next('next')).payload).toMatchObject({ extensions: { cursor: `c${i}` } });
    }
    stalled.socket.terminate();
    healthy.socket.terminate();
  });

  test('a peer that answers no ping is dead', async () => {
    await start({ keepAliveMs: 30, sweepMs: 10 });
    const peer = await join(fake);
    const dead = await connect(fake);
    dead.send(init);
    await dead.next('connection_ack');
    dead.socket.pong = () => {};
    expect((await dead.closed).code).toBe(1006);
    expect(peer.socket.readyState).toBe(peer.socket.OPEN);
    peer.socket.terminate();
  });
});

describe('a quiet socket', () => {
  test('learns its position by ping, once all its subscriptions have seen the same', async () => {
    await start({ positionMs: 20, sweepMs: 10 });
    const peer = await join(fake);
    subscribe(peer, '1', events);
    subscribe(peer, '2', 'subscription { events(types: [SEND_UPDATED]) { text } }');
    expect((await peer.next('ping')).payload).toEqual({ cursor: 'position 0' });

    // One of them has not shown it yet; the other does not want it, and is past it.
    fake.world.publish({ cursor: 'slow', text: 'slow', slowMs: 100 });
    await peer.next('next');
    const types = peer.received.map(({ type, payload }) => `${type} ${JSON.stringify(payload)}`);
    const next = types.findIndex((type) => type.startsWith('next'));
    expect(types.slice(0, next)).not.toContain('ping {"cursor":"position 1"}');
    fake.world.moveOn();
    const pings = () => peer.received.filter(({ type }) => type === 'ping').map(({ payload }) => payload);
    await expect.poll(pings).toContainEqual({ cursor: 'position 2' });
    peer.socket.terminate();
  });

  test('is not told a position while an event before it is on its way', async () => {
    await start({ positionMs: 10, sweepMs: 5 });
    const peer = await join(fake);
    subscribe(peer, '1', events);
    await peer.next('ping');
    // The event takes its time to be shown; the source is past it already.
    fake.world.publish({ cursor: 'slow', text: 'slow', slowMs: 100 });
    await peer.next('next');
    const types = peer.received.map(({ type, payload }) =>
      type === 'ping' ? `ping ${JSON.stringify(payload)}` : type,
    );
    expect(types.slice(0, types.indexOf('next'))).not.toContain('ping {"cursor":"position 1"}');
    peer.socket.terminate();
  });
});

describe('leaving', () => {
  test('complete, close and a cut connection end the source at once', async () => {
    for (const leave of [
      (peer: Peer) => peer.send({ type: 'complete', id: '1' }),
      (peer: Peer) => peer.socket.close(),
      (peer: Peer) => peer.socket.terminate(),
    ]) {
      const peer = await join(fake);
      subscribe(peer, '1', events);
      await fake.world.until(() => fake.world.groups === 1);
      leave(peer);
      await fake.world.until(() => fake.world.groups === 0);
      peer.socket.terminate();
    }
    expect(fake.world.groups).toBe(0);
  });

  test('a gateway that stops says 1001 to everyone, and completes nothing', async () => {
    const peers = [await join(fake), await join(fake), await connect(fake)];
    subscribe(peers[0]!, '1', events);
    await fake.world.until(() => fake.world.groups === 1);
    // Sources end when the whole gateway does: a client must not take that for the end of its subscription.
    fake.stop();
    expect(await Promise.all(peers.map(async ({ closed }) => (await closed).code))).toEqual([1001, 1001, 1001]);
    expect(peers[0]!.received.map(({ type }) => type)).toEqual(['connection_ack']);
    await fake.server.close();
    await expect(connect(fake)).rejects.toThrow('ECONNREFUSED');
  });

  test('a peer that does not answer the close does not hold up the stop', async () => {
    const peer = await join(fake);
    peer.socket.pause();
    await fake.server.close();
    await expect(connect(fake)).rejects.toThrow('ECONNREFUSED');
    peer.socket.terminate();
  });
});
