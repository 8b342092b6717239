import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, type Socket, createServer as createTcp } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebCall, webCall } from '../src/web-call.ts';
import { keepConnections } from '../src/web-connections.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Answer = Parameters<typeof createServer>[1];

/** The address of a server that answers so, and what it heard. */
async function serve(answer: Answer): Promise<{ url: string; heard: () => number }> {
  let heard = 0;
  const server = createServer((request, response) => {
    heard += 1;
    (answer as (...given: unknown[]) => void)(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a?b=c`, heard: () => heard };
}

const call = (url: string, more: Partial<WebCall> = {}, signal = new AbortController().signal) =>
  webCall(
    url,
    { method: 'POST', headers: {}, body: '{}', allowHosts: ['127.0.0.1'], timeoutMs: 5_000, maxBytes: 100, ...more },
    signal,
  );

describe('a call', () => {
  it('is made once; any answer is one, and a redirect is not followed', async () => {
    const { url, heard } = await serve((request, response) => {
      response.writeHead(302, { location: request.url! }).end('moved');
    });
    const { status, headers, body } = await call(url);
    expect([status, headers['location'], Buffer.from(body!).toString()]).toEqual([302, '/a?b=c', 'moved']);
    expect(heard()).toBe(1);
  });

  it('whose answer is longer than it may be, or breaks off, has its status and no body', async () => {
    const long = await serve((_, response) => void response.writeHead(200).end('x'.repeat(101)));
    expect(await call(long.url)).toMatchObject({ status: 200, body: null });
    const broken = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '50' });
      response.write('x');
      setImmediate(() => response.destroy());
    });
    expect(await call(broken.url)).toMatchObject({ status: 200, body: null });
    const drip = await serve((_, response) => void response.writeHead(200).write('x'));
    expect(await call(drip.url, { timeoutMs: 200 })).toMatchObject({ status: 200, body: null });
    expect(await call(drip.url, { maxBytes: 0 })).toMatchObject({ status: 200, body: null });
  });

  it('to a private address connects to nobody, unless its host is allowed', async () => {
    const { url, heard } = await serve((_, response) => void response.end());
    const { port } = new URL(url);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]']) {
      const refused = call(`http://${host}:${port}/`, { allowHosts: ['127.0.0.1:1'] });
      await expect(refused).rejects.toMatchObject({ connected: false, message: expect.stringContaining('private') });
    }
    await expect(call('file:///etc/passwd')).rejects.toMatchObject({ connected: false });
    expect(heard()).toBe(0);
    expect(await call(url, { allowHosts: [`127.0.0.1:${port}`] })).toMatchObject({ status: 200 });
  });

  it('that nobody takes did not connect; one that is cut off, not answered or given up did', async () => {
    const gone = createTcp();
    await new Promise<void>((resolve) => void gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    await expect(call(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ connected: false });

    const cut = await serve((request) => request.socket.destroy());
    await expect(call(cut.url)).rejects.toMatchObject({ connected: true });
    expect(cut.heard()).toBe(1);
    const silent = await serve(() => {});
    const late = call(silent.url, { timeoutMs: 200 });
    await expect(late).rejects.toMatchObject({ connected: true, message: expect.stringContaining('in time') });
    const leaving = new AbortController();
    const heard = await serve(() => leaving.abort());
    await expect(call(heard.url, {}, leaving.signal)).rejects.toMatchObject({ connected: true });
  });

  it('to what speaks no HTTP tells nothing of what was answered', async () => {
    const server = createTcp((socket) => void socket.end('SECRET\r\n\r\n'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    closing.push(() => void server.close());
    const answer = call(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const error = await answer.catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ connected: true, message: expect.stringContaining('not HTTP') });
    expect((error as Error).stack).not.toContain('SECRET');
  });
});

/** A receiver that is told what to do with each request, by its number and its socket; requests have a body of two bytes. */
async function serveRaw(answer: (count: number, socket: Socket) => void) {
  const sockets: Socket[] = [];
  let heard = 0;
  const server = createTcp((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.endsWith('\r\n\r\n{}')) return;
      text = '';
      answer((heard += 1), socket);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/a`, heard: () => heard, sockets, close: () => void server.close() };
}

const reply = (socket: Socket, body = 'ok', more = ''): void =>
  void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`);

describe('a call over connections that are kept', () => {
  function kept() {
    const stopping = new AbortController();
    closing.push(() => stopping.abort());
    return { connections: keepConnections(stopping.signal), stopping };
  }

  it('uses the one that stands; calls at the same time have one each', async () => {
    const { connections } = kept();
    const { url, sockets } = await serveRaw((_, socket) => reply(socket));
    for (let n = 0; n < 5; n += 1) expect(await call(url, { connections })).toMatchObject({ status: 200 });
    for (let n = 0; n < 5; n += 1) {
      expect(await call(url, { connections, maxBytes: 0 })).toMatchObject({ status: 200, body: null });
      // Nobody waits for what nobody reads.
      await turn();
    }
    expect(sockets.length).toBe(1);
    await Promise.all([call(url, { connections }), call(url, { connections }), call(url, { connections })]);
    expect(sockets.length).toBe(3);
    await call(url);
    expect(sockets.length).toBe(4);
  });

  it('that is closed as the call is written makes it once more on a new one; a new one that is closed does not', async () => {
    const { connections } = kept();
    const fickle = await serveRaw((count, socket) => void (count === 2 ? socket.destroy() : reply(socket)));
    await call(fickle.url, { connections });
    expect(await call(fickle.url, { connections })).toMatchObject({ status: 200 });
    expect([fickle.heard(), fickle.sockets.length]).toEqual([3, 2]);

    const broken = await serveRaw((count, socket) => void (count === 1 ? reply(socket) : socket.destroy()));
    await call(broken.url, { connections });
    await expect(call(broken.url, { connections })).rejects.toMatchObject({ connected: true });
    expect([broken.heard(), broken.sockets.length]).toEqual([3, 2]);
  });

  it('that finds nobody on a new one may have been heard on the one before', async () => {
    const { connections } = kept();
    const going = await serveRaw((count, socket) => {
      if (count === 1) return reply(socket);
      going.close();
      socket.destroy();
    });
    await call(going.url, { connections });
    const gone = call(going.url, { connections });
    await expect(gone).rejects.toMatchObject({ connected: true, message: expect.stringContaining('ECONNREFUSED') });
    expect(going.heard()).toBe(2);
  });

  it('that is not answered, or not with HTTP, is not made again', async () => {
    const { connections } = kept();
    const silent = await serveRaw((count, socket) => void (count === 1 && reply(socket)));
    await call(silent.url, { connections });
    const late = call(silent.url, { connections, timeoutMs: 200 });
    await expect(late).rejects.toMatchObject({ connected: true, message: expect.stringContaining('in time') });
    expect(silent.heard()).toBe(2);

    const odd = await serveRaw((count, socket) => void (count === 1 ? reply(socket) : socket.write('SECRET\r\n\r\n')));
    await call(odd.url, { connections });
    const refused = call(odd.url, { connections });
    await expect(refused).rejects.toMatchObject({ connected: true, message: expect.stringContaining('not HTTP') });
    expect(odd.heard()).toBe(2);
  });

  it('does not use one whose other side closed it, or whose last answer did not end', async () => {
    const { connections } = kept();
    const leaving = await serveRaw((_, socket) => reply(socket));
    await call(leaving.url, { connections });
    const [first] = leaving.sockets;
    first!.end();
    await once(first!, 'close');
    expect(await call(leaving.url, { connections })).toMatchObject({ status: 200 });
    expect([leaving.heard(), leaving.sockets.length]).toEqual([2, 2]);

    const closed = await serveRaw((_, socket) => reply(socket, 'ok', 'connection: close\r\n'));
    await call(closed.url, { connections });
    expect(await call(closed.url, { connections })).toMatchObject({ status: 200 });
    expect([closed.heard(), closed.sockets.length]).toEqual([2, 2]);

    const endless = await serveRaw((_, socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'));
    expect(await call(endless.url, { connections, maxBytes: 0 })).toMatchObject({ status: 200 });
    expect(await call(endless.url, { connections, maxBytes: 0 })).toMatchObject({ status: 200 });
    expect(endless.sockets.length).toBe(2);
  });

  it('leaves none open when the gateway stops, nor afterwards', async () => {
    const { connections, stopping } = kept();
    const { url, sockets } = await serveRaw((_, socket) => reply(socket));
    await call(url, { connections });
    const [first] = sockets;
    stopping.abort();
    await once(first!, 'close');
    await call(url, { connections });
    const second = sockets[1]!;
    if (!second.destroyed) await once(second, 'close');
    expect(sockets.length).toBe(2);
  });

  it('still connects to no private address', async () => {
    const { connections } = kept();
    const { url, heard } = await serve((_, response) => void response.end());
    const { port } = new URL(url);
    for (const host of ['127.0.0.1', 'localhost']) {
      const refused = call(`http://${host}:${port}/`, { allowHosts: [], connections });
      await expect(refused).rejects.toMatchObject({ connected: false, message: expect.stringContaining('private') });
    }
    expect(heard()).toBe(0);
  });
});
