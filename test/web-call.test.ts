import { createServer } from 'node:http';
import { createServer as createTcp } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebCall, webCall } from '../src/web-call.ts';

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
