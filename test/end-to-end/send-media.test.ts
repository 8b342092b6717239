import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coverBytes } from '../../src/resolvers/media/cover.ts';
import { pictureSize } from '../../src/media-store/picture-size.ts';
import { type MediaType, capabilityOf, mediaTypes, samples } from '../drivers/contract/media.ts';
import { type Driven, type EveryDriver, startEveryDriver } from './every-driver.ts';
import { heard, silkTone } from '../silk.ts';
import { type Job, type Line, line, lineThatIs, pause, send, trySend, upload } from './sending.ts';
import { type Stack, query } from './stack.ts';

/** A server of somebody else's, and how often it was asked for each path. */
const asked = new Map<string, number>();
const web = createServer(({ url = '' }, response) => {
  const [path = ''] = url.split('?');
  asked.set(path, (asked.get(path) ?? 0) + 1);
  const sample = mediaTypes.map((type) => samples[type]).find(({ name }) => path === `/${encodeURIComponent(name)}`);
  if (sample) response.writeHead(200, { 'content-type': 'text/html' }).end(sample.bytes);
  else if (path === '/login.png') response.writeHead(200, { 'content-type': 'image/png' }).end('<html>Log in!</html>');
  else if (path === '/empty.png') response.writeHead(200).end();
  else if (path === '/away') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
  else if (path === '/large') response.writeHead(200, { 'content-length': 200 * 1024 * 1024 }).end();
  else if (path === '/broken') response.writeHead(200, { 'content-length': 1000 }).write('x', () => response.destroy());
  else response.writeHead(404).end();
});
let webUrl: string;
let every: EveryDriver;
let stack: Stack;
let media: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => void web.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(web.address() as AddressInfo).port}`;
  webUrl = `http://${host}`;
  every = await startEveryDriver(1, { WXGRAPH_ALLOW_HOSTS: host });
  ({ stack } = every);
  media = join(stack.folder, 'media');
});
afterAll(async () => {
  await every[Symbol.asyncDispose]();
  web.closeAllConnections();
  web.close();
});

const drivers = ['Openwx', 'E云', 'the hook', 'the newest hook'] as const;
const drivenBy = (driver: Driven['driver']): Driven => every.driven.find((one) => one.driver === driver)!;
const content = (type: MediaType, from: object): object => ({ [type.toLowerCase()]: from });
const bytesOf = (type: MediaType) => new Uint8Array(samples[type].bytes);
/** What its account's WeChat has sent since. */
const deliveredBy = ({ simulator, number }: Driven) => simulator.delivered.filter((one) => one.account === number);
const settled = (job: Job): Promise<Line> => lineThatIs(stack, job.logs.nodes[0]!.id, 'SENT');
const shown = async (id: string) =>
  (await stack.query('query ($id: ID!) { sendLog(id: $id) { type content } }', { id })).data.sendLog as object;
const refusal = async (sending: Parameters<typeof trySend>[1]) => {
  const { errors } = await trySend(stack, sending);
  return errors?.[0]!.extensions;
};

describe.each(drivers)('over %s', (driver) => {
  it.each(mediaTypes)(
    '%s that was uploaded goes out once, byte for byte, and comes back as the same send',
    async (type) => {
      const at = drivenBy(driver);
      const { name, kind } = samples[type];
      const { id } = await upload(stack, bytesOf(type), name);
      const before = deliveredBy(at).length;
      const sending = { targets: [at.id], to: [at.to], content: content(type, { mediaId: id }), waitMs: 10_000 };
      const { data } = await stack.query('query ($id: ID!) { account(id: $id) { capabilities } }', { id: at.id });
      if (!(data.account.capabilities as string[]).includes(capabilityOf(type))) {
        expect(await refusal(sending)).toMatchObject({ code: 'UNSUPPORTED' });
        expect(deliveredBy(at)).toHaveLength(before);
        return;
      }
      const done = await settled(await send(stack, sending));
      const echoed = await stack.until(async () => (await line(stack, done.id)).message);
      expect(echoed).toMatchObject({ direction: 'OUTGOING', sendLog: { id: done.id } });
      expect(await shown(done.id)).toEqual({ type, content: name });
      const own = deliveredBy(at).slice(before);
      expect(own).toMatchObject([{ content: { type: 'media', media: kind } }]);
      expect(own.map((one) => one.content.type === 'media' && Buffer.from(one.content.bytes))).toEqual([
        Buffer.from(bytesOf(type)),
      ]);
      if (type === 'FILE') expect(own[0]).toMatchObject({ content: { name } });
    },
  );
});

it('one send of every account carries one upload', async () => {
  const { id } = await upload(stack, bytesOf('FILE'), 'to all.bin');
  const job = await send(stack, {
    targets: every.driven.map((at) => at.id),
    to: ['filehelper'],
    content: { file: { mediaId: id } },
    waitMs: 10_000,
  });
  expect(job.logs.nodes.map(({ status }) => status)).toEqual(['SENT', 'SENT', 'SENT', 'SENT']);
});

describe('an address', () => {
  const at = () => drivenBy('the hook');
  const from = (url: string, more: object = {}) => ({
    targets: [at().id],
    to: [at().to],
    content: content('IMAGE', { url }),
    ...more,
  });

  it('is fetched once, before the send is accepted, whoever tries again, and under its name', async () => {
    const { name } = samples.FILE;
    const url = `${webUrl}/${encodeURIComponent(name)}?a=1`;
    const sending = { ...from(url), content: { file: { url } }, idempotencyKey: 'by address', waitMs: 0 };
    const jobs = await Promise.all(Array.from({ length: 20 }, () => send(stack, sending)));
    expect(new Set(jobs.map((job) => job.id)).size).toBe(1);
    const done = await settled(jobs[0]!);
    expect(await shown(done.id)).toEqual({ type: 'FILE', content: name });
    await stack.restart();
    expect((await send(stack, sending)).id).toBe(jobs[0]!.id);
    expect(asked.get(`/${encodeURIComponent(name)}`)).toBe(1);
    expect(await refusal({ ...sending, content: { file: { url: `${url}&b=2` } } })).toMatchObject({ code: 'CONFLICT' });
  });

  it.each([
    ['http://127.0.0.1:9/a.png', 'URL_NOT_ALLOWED'],
    ['http://localhost/a.png', 'URL_NOT_ALLOWED'],
    ['http://127.1/', 'URL_NOT_ALLOWED'],
    ['http://0x7f.0.0.1/', 'URL_NOT_ALLOWED'],
    ['http://017700000001/', 'URL_NOT_ALLOWED'],
    ['http://2130706433/', 'URL_NOT_ALLOWED'],
    ['http://0/', 'URL_NOT_ALLOWED'],
    ['http://１２７.０.０.１/', 'URL_NOT_ALLOWED'],
    ['http://[::]/', 'URL_NOT_ALLOWED'],
    ['http://[::1]/', 'URL_NOT_ALLOWED'],
    ['http://[::ffff:7f00:1]/', 'URL_NOT_ALLOWED'],
    ['http://[::ffff:10.1.2.3]/', 'URL_NOT_ALLOWED'],
    ['http://[64:ff9b::a00:1]/', 'URL_NOT_ALLOWED'],
    ['http://[fd00::1]/', 'URL_NOT_ALLOWED'],
    ['http://[fe80::1]/', 'URL_NOT_ALLOWED'],
    ['http://10.0.0.1/', 'URL_NOT_ALLOWED'],
    ['http://172.16.0.1/', 'URL_NOT_ALLOWED'],
    ['http://192.168.0.1/', 'URL_NOT_ALLOWED'],
    ['http://100.64.0.1/', 'URL_NOT_ALLOWED'],
    ['http://169.254.169.254/latest/meta-data', 'URL_NOT_ALLOWED'],
    ['http://100.100.100.200/latest/meta-data', 'URL_NOT_ALLOWED'],
    ['http://224.0.0.1/', 'URL_NOT_ALLOWED'],
    ['http://255.255.255.255/', 'URL_NOT_ALLOWED'],
    ['http://user:password@example.org/', 'URL_NOT_ALLOWED'],
    ['http://example.org@127.0.0.1/', 'URL_NOT_ALLOWED'],
    ['file:///etc/passwd', 'URL_NOT_ALLOWED'],
    ['data:image/png;base64,AAAA', 'URL_NOT_ALLOWED'],
    ['gopher://127.0.0.1/', 'URL_NOT_ALLOWED'],
    ['//127.0.0.1/', 'URL_NOT_ALLOWED'],
    ['nonsense', 'URL_NOT_ALLOWED'],
    ['', 'BAD_INPUT'],
    ['http://a/\n', 'BAD_INPUT'],
    ['/away', 'URL_NOT_ALLOWED'],
    ['/large', 'TOO_LARGE'],
    ['/broken', 'UPSTREAM_UNREACHABLE'],
    ['/nothing', 'NOT_FOUND'],
    ['/empty.png', 'BAD_INPUT'],
    ['/login.png', 'BAD_INPUT'],
  ])('%s is refused as %s, and nothing is queued', async (address, code) => {
    const before = deliveredBy(at()).length;
    const given = address.startsWith('/') && !address.startsWith('//') ? webUrl + address : address;
    const { data } = await stack.query('{ logs(first: 1) { nodes { id } } }');
    expect(await refusal(from(given))).toMatchObject({ code, field: 'content.image.url' });
    expect((await stack.query('{ logs(first: 1) { nodes { id } } }')).data).toEqual(data);
    expect(deliveredBy(at())).toHaveLength(before);
  });
});

describe('a path', () => {
  const at = () => drivenBy('the newest hook');
  const from = (path: string) => ({
    targets: [at().id],
    to: [at().to],
    content: content('IMAGE', { path }),
    waitMs: 10_000,
  });

  it('inside the folders is read when the send is accepted: what becomes of the file then is no matter', async () => {
    mkdirSync(join(media, 'in'));
    writeFileSync(join(media, 'in', 'a.png'), bytesOf('IMAGE'));
    await pause(stack, at().id, true);
    const job = await send(stack, { ...from('in/a.png'), waitMs: 0 });
    writeFileSync(join(media, 'in', 'a.png'), 'something else');
    await pause(stack, at().id, false);
    expect(await shown((await settled(job)).id)).toEqual({ type: 'IMAGE', content: 'a.png' });
    expect(deliveredBy(at()).at(-1)).toMatchObject({ content: { media: 'image' } });
    writeFileSync(join(media, 'b.png'), bytesOf('IMAGE'));
    await settled(await send(stack, from(join(media, 'b.png'))));
  });

  it('that leads anywhere else is refused in the same words, whether there is anything or not', async () => {
    symlinkSync('/etc/passwd', join(media, 'passwd.png'));
    const answers = await Promise.all(
      ['/etc/passwd', '/etc/there is no such file', '../wxgraph.db', 'passwd.png', 'nothing.png', 'in'].map(
        async (path) => {
          const { errors } = await trySend(stack, from(path));
          return [errors![0]!.extensions['code'], errors![0]!.message];
        },
      ),
    );
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(answers[0]).toEqual(['PATH_NOT_ALLOWED', expect.not.stringContaining('etc')]);
  });
});

describe('a path of the upstream’s own', () => {
  it('is passed on as it is, and unsupported where there is no such disk', async () => {
    const upstreamPath = '/nowhere/报告.gif';
    for (const [driver, code] of [
      ['the hook', 'UPSTREAM_REJECTED'],
      ['E云', 'UNSUPPORTED'],
    ] as const) {
      const at = drivenBy(driver);
      const job = await send(stack, {
        targets: [at.id],
        to: [at.to],
        content: { file: { upstreamPath } },
        waitMs: 10_000,
      });
      const [one] = job.logs.nodes;
      expect([driver, one!.status, one!.errorCode]).toEqual([driver, 'FAILED', code]);
      expect(await shown(one!.id)).toEqual({ type: 'FILE', content: '报告.gif' });
    }
  });
});

describe('what is refused whole', () => {
  it.each([
    ['media that are not there', { image: { mediaId: 'media_999999' } }, 'NOT_FOUND'],
    ['an id of something else', { image: { mediaId: 'msg_1' } }, 'NOT_FOUND'],
    ['two places at once', { image: { mediaId: 'media_1', url: 'http://a' } }, 'BAD_INPUT'],
    ['no place', { image: {} }, 'BAD_INPUT'],
    ['two contents', { text: 'x', image: { mediaId: 'media_1' } }, 'BAD_INPUT'],
    ['a long path', { image: { path: 'x'.repeat(9000) } }, 'BAD_INPUT'],
  ])('is %s', async (_what, given, code) => {
    const at = drivenBy('the hook');
    expect(await refusal({ targets: [at.id], content: given })).toMatchObject({ code });
  });

  it('is a mention beside media', async () => {
    const at = drivenBy('the hook');
    const { id } = await upload(stack, bytesOf('IMAGE'), 'a.png');
    const input = { targets: [at.id], content: { image: { mediaId: id } }, mentions: ['x'] };
    const { errors } = await stack.query('mutation ($input: SendInput!) { send(input: $input) { cursor } }', { input });
    expect(errors![0]!.extensions).toMatchObject({ code: 'BAD_INPUT', field: 'mentions' });
  });

  it('is what by its bytes is something else than it shall be sent as', async () => {
    const at = drivenBy('the newest hook');
    const { id } = await upload(stack, bytesOf('IMAGE'), 'a.mp4');
    for (const type of ['VIDEO', 'VOICE'] as const)
      expect(await refusal({ targets: [at.id], content: content(type, { mediaId: id }) })).toMatchObject({
        code: 'BAD_INPUT',
      });
  });
});

it('media of an account that is sent once more by Openwx goes by its id, and with its bytes where WeChat has it no more', async () => {
  const at = drivenBy('Openwx');
  const { id } = await upload(stack, bytesOf('FILE'), 'again.bin');
  const once = async () => {
    at.simulator.forget();
    await settled(
      await send(stack, { targets: [at.id], to: [at.to], content: { file: { mediaId: id } }, waitMs: 10_000 }),
    );
    expect(deliveredBy(at)).toHaveLength(1);
    return at.simulator.requests
      .filter(({ path }) => path.includes('send_'))
      .map(({ params }) => ['media_id', 'media_data'].filter((name) => name in params));
  };
  expect(await once()).toEqual([['media_data']]);
  expect(await once()).toEqual([['media_id']]);
  at.simulator.fault({ type: 'refuse', account: at.number, times: 1 });
  expect(await once()).toEqual([['media_id'], ['media_data']]);
  every.clock.moveOn(25 * 3600_000);
  expect(await once()).toEqual([['media_data']]);
});

it('a picture that somebody sent can be passed on by another account', async () => {
  const [from, to] = [drivenBy('Openwx'), drivenBy('the newest hook')];
  const { world } = from.simulator;
  const { wxid } = from.simulator.account(from.number);
  const friend = [...world.accounts.get(wxid)!.contacts.values()].find(({ kind }) => kind === 'friend')!;
  const head = await stack.head();
  world.receive(wxid, friend.wxid, { type: 'media', media: 'image', name: 'a.png', bytes: bytesOf('IMAGE') });
  type Node = { id: string; status: string };
  const got = await stack.until(async () => {
    const fields =
      'events(after: $after) { nodes { ... on MessageReceived { message { direction content { ... on MediaContent { media { id status } } } } } } }';
    const { data } = await stack.query(`query ($after: String) { ${fields} }`, { after: head });
    const nodes = data.events.nodes as { message?: { direction: string; content: { media?: Node } } }[];
    const incoming = nodes.flatMap(({ message }) => (message?.direction === 'INCOMING' ? [message] : []));
    return incoming.map((message) => message.content.media).find((one) => one?.status === 'READY');
  });
  const sending = { targets: [to.id], to: [to.to], content: { image: { mediaId: got.id } }, waitMs: 10_000 };
  await settled(await send(stack, sending));
  expect(deliveredBy(to).at(-1)).toMatchObject({ content: { media: 'image', bytes: expect.anything() } });
});

it('an upload is seen by the token that made it and by those that see every account, and by no other', async () => {
  const at = drivenBy('the hook');
  const token = async (accountIds: string[] | null) => {
    const { data } = await stack.query(
      'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }',
      { input: { name: 'x', scope: 'SEND', accountIds } },
    );
    return data.createApiToken.secret as string;
  };
  const [mine, other, all] = [await token([at.id]), await token([at.id]), await token(null)];
  const { id } = await upload(stack, bytesOf('IMAGE'), 'mine.png', mine);
  const see = async (by?: string) => {
    const { data } = await stack.query(
      'query ($id: ID!) { node(id: $id) { id ... on Media { url mime } } }',
      { id },
      by,
    );
    return data.node as { url: string } | null;
  };
  const seen = { id, url: expect.stringContaining('http') as string, mime: 'image/png' };
  expect([await see(mine), await see(all), await see()]).toEqual([seen, seen, seen]);
  expect(await see(other)).toBeNull();
  const file = await fetch((await see(mine))!.url);
  expect(Buffer.from(await file.arrayBuffer())).toEqual(Buffer.from(bytesOf('IMAGE')));
  const sendBy = (by: string) =>
    query(
      stack.gateway.url,
      'mutation ($input: SendInput!) { send(input: $input) { job { total } } }',
      { input: { targets: [at.id], to: [at.to], content: { image: { mediaId: id } } } },
      by,
    );
  expect((await sendBy(other)).errors![0]!.extensions).toMatchObject({ code: 'NOT_FOUND' });
  expect((await sendBy(mine)).data.send.job.total).toBe(1);
  const read = await stack.query('mutation { createApiToken(input: { name: "r", scope: READ }) { secret } }');
  const refused = await fetch(`${stack.gateway.url}/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${read.data.createApiToken.secret}` },
    body: 'x',
  });
  expect(refused.status).toBe(403);
});

it('a voice in SILK is to be had as WAV too, whole and in parts; a broken one and other media are not', async () => {
  const wavUrlOf = async (bytes: Uint8Array<ArrayBuffer>) => {
    const { id } = await upload(stack, bytes, 'voice');
    const { data } = await stack.query('query ($id: ID!) { node(id: $id) { ... on Media { wavUrl } } }', { id });
    return data.node.wavUrl as string | null;
  };
  const voice = await silkTone(1, 440);
  const url = (await wavUrlOf(voice))!;
  const whole = await fetch(url);
  expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'audio/wav']);
  const wav = Buffer.from(await whole.arrayBuffer());
  expect(heard(wav).hertz).toBeGreaterThan(400);
  const part = await fetch(url, { headers: { range: 'bytes=44-143' } });
  expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, wav.subarray(44, 144)]);
  expect((await fetch(url.replace('media_', 'media_1'))).status).toBe(404);

  expect((await fetch((await wavUrlOf(voice.slice(0, -1)))!)).status).toBe(404);
  expect(await wavUrlOf(bytesOf('IMAGE'))).toBeNull();
});

it('a question may be a picture, and a picture is sent again by `resend`', async () => {
  const at = drivenBy('the hook');
  const { id } = await upload(stack, bytesOf('IMAGE'), 'question.png');
  const { data } = await stack.query(
    'mutation ($input: ConsultInput!) { consult(input: $input) { timedOut log { id type content status } } }',
    { input: { accountId: at.id, to: at.to, content: { image: { mediaId: id } }, timeoutMs: 1000 } },
  );
  expect(data.consult).toMatchObject({ timedOut: true, log: { type: 'IMAGE', content: 'question.png' } });
  const before = deliveredBy(at).length;
  const again = await stack.query(
    'mutation ($input: ResendInput!) { resend(input: $input) { job { logs { nodes { status type content } } } } }',
    { input: { logId: data.consult.log.id, waitMs: 10_000 } },
  );
  expect(again.data.resend.job.logs.nodes).toEqual([{ status: 'SENT', type: 'IMAGE', content: 'question.png' }]);
  expect(deliveredBy(at)).toHaveLength(before + 1);
});

it('the cover of a video is a small picture that E云 can fetch', () => {
  expect(coverBytes.length).toBeLessThan(50_000);
  expect(pictureSize(coverBytes, 'image/jpeg')).toEqual({ width: 160, height: 90 });
});

it('the gateway says how large a file may be', async () => {
  expect((await stack.query('{ gateway { maxUploadBytes } }')).data.gateway.maxUploadBytes).toBe(104_857_600);
  expect(readFileSync('schema.graphql', 'utf8')).toContain('maxUploadBytes: Int!');
});
