import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { isPublicAddress } from '../src/public-address.ts';
import { type WebFetchOptions, webFetch } from '../src/web-fetch.ts';

let listener: RequestListener = (_, response) => response.end();
const server: Server = createServer((request, response) => listener(request, response));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const here = `127.0.0.1:${port}`;
afterEach(() => {
  listener = (_, response) => response.end();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const never = new AbortController().signal;
const get = async (url: string, options: Partial<WebFetchOptions> = {}) => {
  const { chunks, mime } = await webFetch(url, { allowHosts: [here], maxBytes: 1000, ...options }, never);
  return { mime, text: (await buffer(Readable.from(chunks))).toString() };
};

test('what lies at an address comes whole, with what it was told to be', async () => {
  listener = (request, response) => {
    expect(request.headers).toMatchObject({ host: here, 'accept-encoding': 'identity' });
    expect(request.headers).not.toHaveProperty('authorization');
    response.writeHead(200, { 'content-type': 'image/png; x=1' }).end(`of ${request.url}`);
  };
  expect(await get(`http://${here}/a?b=1`)).toEqual({ mime: 'image/png', text: 'of /a?b=1' });
});

describe('an address in a private network', () => {
  test.each([
    `http://${here}/`,
    `http://localhost:${port}/`,
    'http://127.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://100.100.100.200/',
    'http://10.0.0.1/',
    'http://0.0.0.0/',
    'file:///etc/passwd',
    'ftp://example.org/',
    'http://user:secret@example.org/',
    'nonsense',
  ])('is not asked: %s', async (url) => {
    let asked = 0;
    listener = (_, response) => {
      asked += 1;
      response.end();
    };
    await expect(get(url, { allowHosts: [] })).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED', retry: false });
    expect(asked).toBe(0);
  });

  test('is asked where it is allowed, by host or by host and port, and at no other port', async () => {
    for (const host of [`localhost:${port}`, 'localhost']) {
      expect((await get(`http://localhost:${port}/`, { allowHosts: [host] })).text).toBe('');
    }
    for (const host of ['localhost:1', '127.0.0.1']) {
      await expect(get(`http://localhost:${port}/`, { allowHosts: [host] })).rejects.toMatchObject({
        code: 'URL_NOT_ALLOWED',
      });
    }
  });

  test('is not reached by a redirect', async () => {
    listener = (_, response) => response.writeHead(302, { location: `http://localhost:${port}/` }).end('moved');
    await expect(get(`http://${here}/`)).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' });
  });
});

test('addresses of every kind are told apart', () => {
  const all = ['1.1.1.1', '223.5.5.5', '172.32.0.1', '2606:4700::1111', '240e::1'];
  expect(all.filter((address) => !isPublicAddress(address))).toEqual([]);
  const none = ['172.31.255.255', '100.64.0.1', '192.168.0.1', '224.0.0.1', '255.255.255.255', '198.18.0.1', '0.1.2.3'];
  none.push(
    '::',
    '::1',
    '::ffff:1.1.1.1',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '2001::1',
    '2002:7f00:1::',
    '64:ff9b:1::1',
    'x',
    '',
  );
  expect(none.filter(isPublicAddress)).toEqual([]);
});

test('three redirects are followed and not a fourth', async () => {
  listener = ({ url }, response) => {
    const left = Number(url!.slice(1));
    if (left === 0) response.end('there');
    else response.writeHead(307, { location: String(left - 1) }).end();
  };
  expect((await get(`http://${here}/3`)).text).toBe('there');
  await expect(get(`http://${here}/4`)).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
});

test.each<[string, string, boolean, RequestListener]>([
  ['is too large, as it says', 'TOO_LARGE', false, (_, response) => response.end(Buffer.alloc(1001))],
  [
    'is too large and does not say so',
    'TOO_LARGE',
    false,
    (_, response) => void [response.write(Buffer.alloc(900)), response.end(Buffer.alloc(900))],
  ],
  ['is gone', 'NOT_FOUND', false, (_, response) => response.writeHead(404).end()],
  ['is refused', 'UPSTREAM_REJECTED', false, (_, response) => response.writeHead(403).end()],
  ['is not there now', 'UPSTREAM_REJECTED', true, (_, response) => response.writeHead(502).end()],
  [
    'breaks off',
    'UPSTREAM_UNREACHABLE',
    true,
    (_, response) => {
      response.writeHead(200, { 'content-length': 900 }).write('abc', () => response.destroy());
    },
  ],
  [
    'comes compressed',
    'UPSTREAM_REJECTED',
    false,
    (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
  ],
])('what %s is told: %s', async (_case, code, retry, answer) => {
  listener = answer;
  await expect(get(`http://${here}/`)).rejects.toMatchObject({ code, retry });
});

test('a server that says nothing, or sends by drops, is given up', async () => {
  listener = () => undefined;
  await expect(get(`http://${here}/`, { headMs: 50 })).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', retry: true });
  listener = (_, response) => void response.write('a');
  await expect(get(`http://${here}/`, { spanMs: 50 })).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  await expect(get(`http://${here}/`, { totalMs: 50 })).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  await expect(get('http://127.0.0.1:1/', { allowHosts: ['127.0.0.1'] })).rejects.toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
  });
});
