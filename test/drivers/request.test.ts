import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DriverError } from '../../src/drivers/driver.ts';
import { type HttpRequest, request } from '../../src/drivers/request.ts';
import { closedAddress, serveHttp, serveTcp } from './server.ts';

const never = new AbortController().signal;
const secret = 'hunter2';

async function failureOf(options: Partial<HttpRequest> & { url: string }, signal = never): Promise<DriverError> {
  const error = await request({ method: 'GET', timeoutMs: 5_000, ...options }, signal).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DriverError);
  return error as DriverError;
}

/** Ends a connection the hard way, once its request has arrived. */
function resetAfterRequest(socket: Socket): void {
  socket.once('data', () => socket.resetAndDestroy());
}

describe('request', () => {
  it('sends a form once and returns status, type and text', async () => {
    const { url, seen } = await serveHttp((_, response) => {
      response.writeHead(503, { 'content-type': 'text/html' }).end('很忙');
    });
    const form = new URLSearchParams({ content: '你好 & +', id: '@f' });
    const answer = await request({ method: 'POST', url: `${url}/send?a=1`, form, timeoutMs: 5_000 }, never);
    expect(answer).toMatchObject({ status: 503, contentType: 'text/html', text: '很忙' });
    expect(seen).toHaveLength(1);
    expect(new URLSearchParams(seen[0]?.body).get('content')).toBe('你好 & +');
  });

  it('follows no redirect', async () => {
    const { url, seen } = await serveHttp((_, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await request({ method: 'GET', url, timeoutMs: 5_000 }, never)).toMatchObject({ status: 302 });
    expect(seen).toHaveLength(1);
  });

  it('uses a connection of its own for every request, so that no reset of an idle one can be met', async () => {
    const { url, connections } = await serveTcp((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok'));
    });
    await request({ method: 'GET', url, timeoutMs: 5_000 }, never);
    await request({ method: 'GET', url, timeoutMs: 5_000 }, never);
    expect(connections).toHaveLength(2);
  });

  it.each([
    ['a refused connection is certain', closedAddress],
    ['an unknown host is certain', async () => 'http://no-such-host.invalid'],
    [
      'a failed TLS handshake is certain',
      async () => (await serveTcp((socket) => socket.end('no TLS'))).url.replace('http:', 'https:'),
    ],
  ])('%s', async (_, address) => {
    const error = await failureOf({ url: await address() });
    expect(error).toMatchObject({ code: 'UPSTREAM_UNREACHABLE', certain: true, retry: true });
  });

  it.each<[string, (socket: Socket) => void, Partial<DriverError>]>([
    ['a reset after the request is uncertain', resetAfterRequest, { code: 'UPSTREAM_UNREACHABLE' }],
    [
      'a connection closed without an answer is uncertain',
      (socket) => socket.once('data', () => socket.end()),
      { code: 'UPSTREAM_UNREACHABLE' },
    ],
    [
      'an answer cut off in its body is uncertain',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"code":0')),
      { code: 'UPSTREAM_UNREACHABLE' },
    ],
    [
      'an answer that is not HTTP is uncertain',
      (socket) => socket.once('data', () => socket.end(`SSH-2.0 ${secret}\r\n`)),
      { code: 'UPSTREAM_REJECTED' },
    ],
  ])('%s, and the request is not repeated', async (_, behave, expected) => {
    const { url, connections } = await serveTcp(behave);
    const error = await failureOf({ url: `${url}/?token=${secret}`, method: 'POST', body: secret });
    expect(error).toMatchObject({ certain: false, ...expected });
    expect(connections).toHaveLength(1);
  });

  it('does not try again after a reset on arrival, and is certain only if the connection never stood', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { url, connections } = await serveTcp((socket) => socket.resetAndDestroy());
      const error = await failureOf({ url });
      expect(error.code).toBe('UPSTREAM_UNREACHABLE');
      expect(error.message.includes('cannot be reached')).toBe(error.certain);
      expect(connections).toHaveLength(1);
    }
  });

  it.each<[string, (socket: Socket) => void]>([
    ['a silent upstream', () => undefined],
    [
      'an upstream that stops after its headers',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{'),
    ],
    [
      'an upstream that drips bytes for ever',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        const drip = setInterval(() => socket.write('1\r\n.\r\n'), 10);
        socket.on('close', () => clearInterval(drip));
      },
    ],
  ])('%s is a timeout, uncertain', async (_, behave) => {
    const { url } = await serveTcp(behave);
    expect(await failureOf({ url, timeoutMs: 100 })).toMatchObject({ code: 'UPSTREAM_TIMEOUT', certain: false });
  });

  it('stops reading an answer that is too long', async () => {
    const { url } = await serveHttp((_, response) => response.end('x'.repeat(2_000)));
    expect(await failureOf({ url, maxBytes: 1_000 })).toMatchObject({ code: 'UPSTREAM_REJECTED', certain: false });
  });

  it('ends within 100 ms of an abort, uncertain once the request is out', async () => {
    const { url, connections } = await serveTcp((socket) => socket.once('data', () => socket.emit('asked')));
    const abort = new AbortController();
    const failed = failureOf({ url }, abort.signal);
    while (connections.length === 0) await turn();
    await once(connections[0] as Socket, 'asked');
    const start = performance.now();
    abort.abort(new Error('shutting down'));
    expect(await failed).toMatchObject({ code: 'UPSTREAM_TIMEOUT', certain: false });
    expect(performance.now() - start).toBeLessThan(100);
  });

  it('sends nothing if the signal has aborted already', async () => {
    const { url, connections } = await serveTcp(() => undefined);
    expect(await failureOf({ url }, AbortSignal.abort())).toMatchObject({ code: 'UPSTREAM_TIMEOUT', certain: true });
    expect(connections).toHaveLength(0);
  });

  it.each(['', 'localhost:3000', 'file:///etc/passwd', 'http://'])('refuses the address %j', async (url) => {
    expect(await failureOf({ url })).toMatchObject({ code: 'BAD_INPUT', certain: true, retry: false });
  });

  it('refuses a header with a line break, and connects to nobody', async () => {
    const { url, connections } = await serveTcp(() => undefined);
    const error = await failureOf({ url, headers: { authorization: `${secret}\r\nx: y` } });
    expect(error).toMatchObject({ code: 'BAD_INPUT', certain: true });
    expect(error.message).not.toContain(secret);
    expect(connections).toHaveLength(0);
  });

  it('tells no path, query, header, body or answer in a failure', async () => {
    const garbage = await serveTcp((socket) => socket.once('data', () => socket.end(`${secret}\r\n\r\n`)));
    const dead = await closedAddress();
    for (const base of [garbage.url, dead]) {
      const error = await failureOf({
        url: `${base}/${secret}?token=${secret}`,
        method: 'POST',
        headers: { authorization: secret },
        form: new URLSearchParams({ content: secret }),
      });
      const cause = error.cause instanceof Error ? error.cause.message + JSON.stringify(error.cause) : '';
      expect(`${error.message} ${error.stack} ${cause}`).not.toContain(secret);
    }
  });
});
