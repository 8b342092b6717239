import { describe, expect, it } from 'vitest';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { DriverError } from '../../src/drivers/driver.ts';
import type { MediaBody } from '../../src/drivers/media.ts';
import { avatarPng, tinyJpeg } from '../../src/simulator/png.ts';
import { type MediaGateway, picture, startMediaGateway } from './media-upstream.ts';
import { follow, movableClock } from './stack.ts';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { adminToken } from './stack.ts';
import { makeToken } from '../api/ask.ts';

const png = avatarPng('a picture');
const body = (bytes: Uint8Array, name: string | null = null): MediaBody => ({ chunks: [bytes], mime: null, name });
const never = () => Promise.reject(new Error('not asked in this test'));
const failing = (code: DriverError['code'], retry: boolean) => () =>
  Promise.reject(new DriverError(code, `it is ${code}`, { certain: true, retry }));

const fields = 'id content { ... on MediaContent { media { id status name mime size width url } } }';
type Shown = { id: string; status: string; name: string; mime: string; size: number; width: number; url: string };

/** The media of all messages, oldest first. */
async function shown(gateway: MediaGateway): Promise<Shown[]> {
  const { data, errors } = await gateway.query(`{ messages(first: 100) { nodes { ${fields} } } }`);
  expect(errors).toBeUndefined();
  return data.messages.nodes.map(({ content }: { content: { media: Shown } }) => content.media);
}

/** The media of the only message, once they have this status. */
const until = (gateway: MediaGateway, status: string) =>
  gateway.until(async () => (await shown(gateway)).find((media) => media.status === status));

const eventTypes = async (gateway: MediaGateway) =>
  (await gateway.gateway.app.store.read(0, 1000)).map(({ type }) => type).filter((type) => type.startsWith('MESSAGE'));

describe('bytes that are posted with their message', () => {
  it('are durable when the post is answered, and served at an address of ten minutes', async () => {
    const clock = movableClock();
    await using gateway = await startMediaGateway({}, { overrides: { clock } });
    const client = createClient({
      url: gateway.gateway.url.replace('http', 'ws') + '/graphql',
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${adminToken}` },
    });
    const following = follow(client, `subscription { messageReceived { ${fields} } }`);
    await follow(client, 'subscription { events { __typename } }').atLeast(1);
    expect(await gateway.tell([picture('1', { bytes: png, mime: 'text/html' })])).toBe(200);
    const [frame] = await following.atLeast(1);
    await client.dispose();
    const { media } = (frame!.data['messageReceived'] as { content: { media: Shown } }).content;
    expect(media).toMatchObject({ status: 'READY', mime: 'image/png', size: png.length, width: expect.any(Number) });
    await gateway.restart();
    const answer = await fetch(media.url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(Buffer.from(await answer.arrayBuffer()).equals(png)).toBe(true);
    expect(answer.headers.get('content-disposition')).toContain(`filename="${media.id}.png"`);

    const url = new URL(media.url);
    const forged = (change: (query: URLSearchParams) => void, path = url.pathname) => {
      const query = new URLSearchParams(url.search);
      change(query);
      return fetch(new URL(`${path}?${query}`, url)).then(({ status }) => status);
    };
    const [first, ...rest] = url.searchParams.get('signature')!;
    const otherwise = [first === 'A' ? 'B' : 'A', ...rest].join('');
    expect(await forged((query) => query.set('signature', otherwise))).toBe(404);
    expect(await forged((query) => query.set('expires', String(Number(query.get('expires')) + 60)))).toBe(404);
    expect(await forged((query) => query.delete('signature'))).toBe(404);
    expect(await forged(() => undefined, '/media/media_2')).toBe(404);
    expect(await forged(() => undefined)).toBe(200);
    clock.moveOn(600_000);
    expect(await forged(() => undefined)).toBe(404);
  });

  it('that are posted twice leave one file, as one message', async () => {
    await using gateway = await startMediaGateway({});
    for (let i = 0; i < 3; i += 1) await gateway.tell([picture('1', { bytes: png, mime: null })]);
    expect(await shown(gateway)).toHaveLength(1);
    expect(await eventTypes(gateway)).toEqual(['MESSAGE_RECEIVED']);
    await expect.poll(() => gateway.files().length, { interval: 20 }).toBe(1);
  });

  it('that come with a later copy are told as an update', async () => {
    await using gateway = await startMediaGateway({});
    await gateway.tell([picture('1', undefined)]);
    expect(await shown(gateway)).toMatchObject([{ status: 'UNAVAILABLE', url: null }]);
    await gateway.tell([picture('1', { bytes: png, mime: null }, { richness: 2 })]);
    expect(await shown(gateway)).toMatchObject([{ status: 'READY', mime: 'image/png' }]);
    expect(await eventTypes(gateway)).toEqual(['MESSAGE_RECEIVED', 'MESSAGE_UPDATED']);
  });

  it('and cannot be written are not acknowledged, and nothing of them is kept', async () => {
    await using gateway = await startMediaGateway({});
    const { mediaStore } = gateway.gateway.app;
    const full = {
      ...mediaStore,
      put: () => mediaStore.put([png], { maxBytes: 1e6, leaveFree: Number.MAX_SAFE_INTEGER }),
    };
    (gateway.gateway.app as { mediaStore: typeof mediaStore }).mediaStore = full;
    expect(await gateway.tell([picture('1', { bytes: png, mime: null })])).toBe(503);
    expect(await gateway.tell([picture('2', undefined)])).toBe(200);
    expect((await shown(gateway)).length).toBe(1);
    expect(gateway.files()).toEqual([]);
  });

  it('and are a page with a script are saved and never run', async () => {
    await using gateway = await startMediaGateway({});
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    await gateway.tell([picture('1', { bytes: svg, mime: 'image/svg+xml' })]);
    const [media] = await shown(gateway);
    const { headers } = await fetch(media!.url);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });
});

describe('bytes that are to be fetched', () => {
  it('come after their message, as an update, also when their upstream was away', async () => {
    const clock = movableClock();
    let asked = 0;
    await using gateway = await startMediaGateway(
      {
        fetchMedia: async (media) => {
          asked += 1;
          expect(media).toMatchObject({ kind: 'IMAGE', upstreamId: '1', peerWxid: '@alice', raw: '{"id":1}' });
          if (asked === 1) throw new DriverError('UPSTREAM_TIMEOUT', 'late', { certain: true, retry: true });
          return body(tinyJpeg, 'a.jpg');
        },
      },
      { overrides: { clock } },
    );
    await gateway.tell([picture('1', 'FETCHABLE')]);
    await until(gateway, 'PENDING');
    const { store } = gateway.gateway.app;
    await expect
      .poll(async () => (await store.queries.dueMedia(1, clock.now(), 9)).nextAt, { interval: 20 })
      .not.toBeNull();
    clock.moveOn(5_000);
    const media = await until(gateway, 'READY');
    expect(media).toMatchObject({ name: 'a.jpg', mime: 'image/jpeg', size: tinyJpeg.length });
    expect((await fetch(media.url)).status).toBe(200);
    expect(await eventTypes(gateway)).toEqual(['MESSAGE_RECEIVED', 'MESSAGE_UPDATED']);
    expect(asked).toBe(2);
  });

  it('are fetched after a restart, where it came in between', async () => {
    const begun = Promise.withResolvers<void>();
    await using gateway = await startMediaGateway({
      fetchMedia: (_media, signal) => {
        begun.resolve();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      },
    });
    await gateway.tell([picture('1', 'FETCHABLE')]);
    await begun.promise;
    gateway.upstream = { fetchMedia: async () => body(png) };
    await gateway.restart();
    await until(gateway, 'READY');
    expect(gateway.files()).toHaveLength(1);
  });

  it.each([
    ['EXPIRED', failing('NOT_FOUND', false)],
    ['UNAVAILABLE', failing('UNSUPPORTED', false)],
    ['FAILED', failing('UPSTREAM_REJECTED', false)],
  ])('and are not to be had are %s', async (status, fetchMedia) => {
    await using gateway = await startMediaGateway({ fetchMedia });
    await gateway.tell([picture('1', 'FETCHABLE')]);
    expect(await until(gateway, status)).toMatchObject({ url: null });
    expect(await eventTypes(gateway)).toEqual(['MESSAGE_RECEIVED', 'MESSAGE_UPDATED']);
  });

  it.each([
    ['FAILED', 'UPSTREAM_UNREACHABLE'],
    ['EXPIRED', 'NOT_FOUND'],
  ] as const)('are %s after five failures that might have passed: %s', async (status, code) => {
    const clock = movableClock();
    let asked = 0;
    await using gateway = await startMediaGateway(
      {
        fetchMedia: () => {
          asked += 1;
          return failing(code, true)();
        },
      },
      { overrides: { clock } },
    );
    await gateway.tell([picture('1', 'FETCHABLE')]);
    const { store } = gateway.gateway.app;
    for (let i = 1; i <= 4; i += 1) {
      const next = async () => (await store.queries.dueMedia(1, clock.now(), 9)).nextAt;
      await expect.poll(async () => asked === i && (await next()) !== null, { interval: 20 }).toBe(true);
      clock.moveOn(1_800_000);
    }
    await until(gateway, status);
    expect(asked).toBe(5);
  });
});

describe('media', () => {
  it("are found by their id, and another account's are nobody's", async () => {
    await using gateway = await startMediaGateway({});
    await gateway.tell([picture('1', { bytes: png, mime: null })]);
    const other = await gateway.addAccount();
    const [media] = await shown(gateway);
    const ask = 'query ($id: ID!) { node(id: $id) { __typename id ... on Media { status url } } }';
    expect((await gateway.query(ask, { id: media!.id })).data.node).toEqual({
      __typename: 'Media',
      id: media!.id,
      status: 'READY',
      url: media!.url,
    });
    const { secret } = await makeToken(gateway as never, 'SEND', { accountIds: [other.id] });
    for (const id of [media!.id, 'media_99']) {
      const { errors } = await gateway.query(ask, { id }, secret);
      expect(errors![0]!.extensions['code']).toBe('NOT_FOUND');
    }
  });

  it('of a deleted account are gone, and so are their files', async () => {
    await using gateway = await startMediaGateway({ fetchAvatar: async () => body(png) });
    const other = await gateway.addAccount();
    await gateway.tell([picture('1', { bytes: png, mime: null })]);
    await gateway.tell([picture('2', { bytes: tinyJpeg, mime: null })], other.callbackUrl);
    const { data } = await gateway.query('{ chats { nodes { account { id } contact { avatarUrl } } } }');
    for (const { contact } of data.chats.nodes) expect((await fetch(contact.avatarUrl)).status).toBe(200);
    const media = await shown(gateway);
    expect(gateway.files()).toHaveLength(4);
    await gateway.query('mutation ($id: ID!) { deleteAccount(id: $id) { cursor } }', { id: gateway.accountId });
    expect((await fetch(media[0]!.url)).status).toBe(404);
    expect((await fetch(media[1]!.url)).status).toBe(200);
    await expect.poll(() => gateway.files().length, { interval: 20 }).toBe(2);
  });
});

describe('a picture of somebody', () => {
  const avatarUrl = async (gateway: MediaGateway) =>
    (await gateway.query('{ messages { nodes { sender { avatarUrl contact { avatarUrl } } } } }')).data.messages
      .nodes[0].sender.contact.avatarUrl as string;

  it('is fetched once for all who look, kept, and fetched again after a day', async () => {
    const clock = movableClock();
    let asked = 0;
    await using gateway = await startMediaGateway(
      {
        fetchAvatar: async (of) => {
          expect(of).toEqual({ wxid: '@alice', roomWxid: null, avatarUrl: null });
          asked += 1;
          return body(png);
        },
      },
      { overrides: { clock } },
    );
    await gateway.tell([picture('1', undefined)]);
    const url = await avatarUrl(gateway);
    expect(url).toMatch(/\/media\/con_1\?expires=\d+&signature=[\w-]+$/);
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(url)));
    for (const answer of answers) expect(Buffer.from(await answer.arrayBuffer()).equals(png)).toBe(true);
    await gateway.restart();
    expect((await fetch(url)).headers.get('content-type')).toBe('image/png');
    expect(asked).toBe(1);
    clock.moveOn(24 * 3600_000);
    expect((await fetch(url)).status).toBe(404);
    const tomorrow = await avatarUrl(gateway);
    expect((await fetch(tomorrow)).status).toBe(200);
    expect(asked).toBe(2);
    // While the upstream is away the one that is kept is shown.
    gateway.upstream = { fetchAvatar: failing('UPSTREAM_UNREACHABLE', true) };
    clock.moveOn(24 * 3600_000);
    expect((await fetch(await avatarUrl(gateway))).status).toBe(200);
  });

  it.each([
    ['who has none', 204, failing('NOT_FOUND', false)],
    ['which is no picture', 204, async () => body(Buffer.from('<html>not now</html>'))],
    ['whose upstream is away', 502, failing('UPSTREAM_UNREACHABLE', true)],
    ['whose upstream is late', 504, failing('UPSTREAM_TIMEOUT', true)],
  ])('%s is answered %i, and not asked for again at once', async (_case, status, fetchAvatar) => {
    let asked = 0;
    await using gateway = await startMediaGateway({
      fetchAvatar: () => {
        asked += 1;
        return fetchAvatar();
      },
    });
    await gateway.tell([picture('1', undefined)]);
    const url = await avatarUrl(gateway);
    for (let i = 0; i < 3; i += 1) expect((await fetch(url)).status).toBe(status);
    expect(asked).toBe(1);
    expect(gateway.files()).toEqual([]);
  });

  it('that an upstream names by an address is fetched from there, and from no other private host', async () => {
    const web = createServer((_, response) => response.end(png));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    try {
      await using gateway = await startMediaGateway(
        { fetchAvatar: never },
        { env: { WXGRAPH_ALLOW_HOSTS: 'localhost' } },
      );
      const { download } = await import('../../src/resolvers/media/download.ts');
      const { app } = gateway.gateway;
      const get = (url: string, baseUrl = 'http://127.0.0.1:9') => download(app, baseUrl, url, app.stopping);
      const read = async (answer: MediaBody) => buffer(answer.chunks as AsyncIterable<Uint8Array>);
      expect((await read(await get(`http://127.0.0.1:${port}/a.png`, `http://127.0.0.1:${port}/x`))).equals(png)).toBe(
        true,
      );
      expect((await read(await get(`http://localhost:${port}/a.png`))).equals(png)).toBe(true);
      await expect(get(`http://127.0.0.1:${port}/a.png`)).rejects.toMatchObject({
        name: 'DriverError',
        code: 'URL_NOT_ALLOWED',
        certain: true,
      });
    } finally {
      web.close();
    }
  });
});
