/** The documentation of the REST routes against a whole gateway: what it shows is what happens. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { OpenApi, Operation, Schema } from '../../src/rest/openapi/shape.ts';
import { avatarPng } from '../../src/simulator/png.ts';
import { type Panel, type Reply, adminToken, startPanel } from './gateway.ts';

const routes: string[] = [];
const noteRoutes = (message: unknown): void => {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push(`${one} ${url}`);
  });
};

let panel: Panel;
let documents: Record<'zh' | 'en', OpenApi<string>>;
beforeAll(async () => {
  subscribe('fastify.initialization', noteRoutes);
  panel = await startPanel();
  unsubscribe('fastify.initialization', noteRoutes);
  const read = async (lang: string) =>
    (await panel.ask('GET', `/docs/openapi.json?lang=${lang}`, { token: null })).json as unknown as OpenApi<string>;
  documents = { zh: await read('zh'), en: await read('en') };
});
afterAll(() => panel.stop());

type Documented = { method: string; path: string; operation: Operation<string> };

function operations({ paths }: OpenApi<string>): Documented[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** What does not fit a documented schema; a field that it does not name does not fit either. */
function misfits(schema: Schema<string>, value: unknown): unknown[] {
  const whole = strict({ ...schema, $defs: documents.en.components.schemas }) as Parameters<typeof z.fromJSONSchema>[0];
  return z.fromJSONSchema(whole).safeParse(value).error?.issues ?? [];
}

function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value === 'string') return value.replace('#/components/schemas/', '#/$defs/');
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, strict(one)]));
  const isClosed = inner['type'] === 'object' && 'properties' in inner && !('additionalProperties' in inner);
  return isClosed ? { ...inner, additionalProperties: false } : inner;
}

const examplesOf = ({ example, examples }: { example?: unknown; examples?: object }): unknown[] =>
  examples ? Object.values(examples).map(({ value }) => value as unknown) : [example];

/** The documented answer for a reply, and what of the reply does not fit it. */
function judge({ operation }: Documented, reply: Reply): unknown[] {
  const answer = operation.responses[String(reply.status)] ?? operation.responses['default'];
  if (!answer) return [`answered ${reply.status}: ${reply.text}`];
  const [content] = Object.values(answer.content ?? {});
  return content ? misfits(content.schema, reply.json) : reply.text === '' ? [] : [reply.text];
}

describe('the documentation', () => {
  test('names every route of the server, or there is a reason why not', () => {
    const reasons: Record<string, string> = {
      '/': 'a page',
      '/panel': 'a page',
      '/panel/*': 'pages and their files',
      '/docs': 'a page: this documentation',
      '/docs/openapi.json': 'this documentation',
      '/sign-in/:link': 'a page: a link that the gateway prints',
      '/media/:id': 'its addresses are given out whole and signed, in Media.url and avatarUrl',
      '/callback/:secret': 'what each upstream posts, in its own shape',
      '/api/user/recive_msg': 'what the hook posts, in its own shape',
      '/api/msg/recive': 'what the hook posts, in its own shape',
      'GET /graphql': 'a page: the editor',
    };
    // The calls of the old systems have documents of their own; E云's names four of its calls together.
    const ecloud = readFileSync('docs/compatibility-ecloud.md', 'utf8');
    const isOfAnOldSystem = (url: string) =>
      /^\/(openwx|pchook)\//.test(url) ||
      (/^\/[\w/]+$/.test(url) && (ecloud.includes(url.slice(1)) || url.includes('ContactLabel')));
    const documented = operations(documents.en).map(
      ({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
    );
    const missing = routes.filter((route) => {
      const [method, url] = route.split(' ') as [string, string];
      if (method === 'HEAD' || method === 'OPTIONS') return false;
      return !documented.includes(route) && !(url in reasons) && !(route in reasons) && !isOfAnOldSystem(url);
    });
    expect(missing).toEqual([]);
    expect(documented.filter((route) => !routes.includes(route))).toEqual([]);
  });

  test('says everything in both languages, and the same otherwise', () => {
    const texts = (value: unknown, path = ''): Map<string, string> => {
      if (typeof value !== 'object' || value === null) return new Map([[path, JSON.stringify(value)]]);
      return new Map(Object.entries(value).flatMap(([key, one]) => [...texts(one, `${path}/${key}`)]));
    };
    const [zh, en] = [texts(documents.zh), texts(documents.en)];
    expect([...zh.keys()]).toEqual([...en.keys()]);
    const chinese = /[\u4e00-\u9fff]/;
    for (const [path, text] of en) {
      const isText = /\/(description|summary)$/.test(path);
      expect(chinese.test(text) && isText, `${path}: ${text}`).toBe(false);
      // GraphQL is called so everywhere.
      if (isText && text !== '"GraphQL"') expect(chinese.test(zh.get(path)!), `${path}: ${zh.get(path)}`).toBe(true);
      if (!isText) expect(zh.get(path)).toBe(text);
    }
  });

  test('follows the browser where no language is asked for, and refuses one that there is not', async () => {
    const language = async (headers: Record<string, string>, path = '/docs/openapi.json') => {
      const reply = await panel.ask('GET', path, { token: null, headers });
      return reply.headers['content-language'] ?? reply.status;
    };
    expect(await language({ 'accept-language': 'fr,en;q=0.8,zh;q=0.5' })).toBe('en');
    expect(await language({ 'accept-language': 'zh-CN,en' })).toBe('zh');
    expect(await language({})).toBe('zh');
    expect(await language({}, '/docs/openapi.json?lang=fr')).toBe(400);
  });

  test('gives examples of answers that fit what it says of them', () => {
    for (const { path, operation } of operations(documents.en)) {
      for (const [status, { content = {} }] of Object.entries(operation.responses)) {
        for (const one of Object.values(content)) {
          for (const example of examplesOf(one))
            expect([path, status, misfits(one.schema, example)]).toEqual([path, status, []]);
        }
      }
    }
  });

  test('an answer that it does not describe is noticed', () => {
    const schema = documents.en.components.schemas['Group']!;
    const group = { id: 'g001', name: 'x', account_ids: [] };
    expect(misfits(schema, group)).toEqual([]);
    expect(misfits(schema, { ...group, more: 1 })).toHaveLength(1);
    expect(misfits(schema, { ...group, name: null })).toHaveLength(1);
  });
});

/** One request for each example of the operation, as its parameters' examples and a body make it. */
async function requestsOf({
  path,
  operation,
}: Documented): Promise<{ path: string; headers: object; body?: Buffer }[]> {
  const { parameters = [], requestBody } = operation;
  const given = parameters.filter(({ example }) => example !== undefined);
  const query = new URLSearchParams(
    given.filter((one) => one.in === 'query').map(({ name, example }) => [name, String(example)]),
  );
  const place = given
    .filter((one) => one.in === 'path')
    .reduce((url, { name, example }) => url.replace(`{${name}}`, String(example)), path);
  const address = query.size > 0 ? `${place}?${query}` : place;
  if (!requestBody) return [{ path: address, headers: {} }];
  const bodies = Object.entries(requestBody.content).flatMap(([type, content]) =>
    examplesOf(content).map((example) => bodyOf(type, example)),
  );
  return (await Promise.all(bodies)).map((one) => ({ path: address, ...one }));
}

const picture = avatarPng('holiday');

async function bodyOf(type: string, example: unknown): Promise<{ headers: object; body: Buffer }> {
  if (type === 'multipart/form-data') {
    const form = new FormData();
    for (const name of Object.keys(example as object))
      form.set(name, new File([Uint8Array.from(picture)], 'holiday.png'));
    const sent = new Response(form);
    return { headers: { 'content-type': sent.headers.get('content-type') }, body: Buffer.from(await sent.bytes()) };
  }
  if (typeof example === 'string' && example.startsWith('@'))
    return { headers: { 'content-type': type }, body: picture };
  const text = typeof example === 'string' ? example : JSON.stringify(example);
  return { headers: { 'content-type': type }, body: Buffer.from(text) };
}

/** The first event of the stream. */
async function firstEvent(path: string): Promise<unknown> {
  const leave = new AbortController();
  const headers = { authorization: `Bearer ${adminToken}` };
  const response = await fetch(panel.gateway.url + path, { headers, signal: leave.signal });
  let text = '';
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    const data = /^data: (.*)\n\n/m.exec(text)?.[1];
    if (data !== undefined) {
      leave.abort();
      return JSON.parse(data);
    }
  }
  throw new Error(`no event: ${text}`);
}

test('every example does what the documentation says, and without a token fails in the documented shape', async () => {
  const { gateway, ask } = panel;
  // What the examples speak of: two accounts, a group of them, and a picture.
  expect([await panel.account(), await panel.account()]).toEqual(['00001', '00002']);
  await ask('POST', '/api/groups', { body: { name: 'of the examples', account_ids: ['00001', '00002'] } });
  await writeFile(join(gateway.app.config.mediaRoots[0]!, 'holiday.png'), picture);

  const all = operations(documents.en);
  const deletions = all.filter(({ method }) => method === 'DELETE');
  for (const documented of [...all.filter((one) => !deletions.includes(one)), ...deletions]) {
    const { method, path, operation } = documented;
    for (const { path: address, headers, body } of await requestsOf(documented)) {
      if (path === '/events') {
        const { schema } = operation.responses['200']!.content!['text/event-stream']!;
        expect(misfits(schema, await firstEvent(address))).toEqual([]);
        continue;
      }
      const reply = await ask(method, address, { headers: { ...headers }, body });
      const where = `${method} ${address} ${body?.toString().slice(0, 100)} ${reply.text}`;
      expect([where, reply.status < 300, judge(documented, reply)]).toEqual([where, true, []]);
      // What is shown of sending has to be what it sent.
      if (path === '/send') expect([where, reply.json['success']]).toEqual([where, true]);
    }
    if (operation.security) continue;
    const refused = await ask(method, path.replace('{id}', 'x'), { token: null });
    expect([path, refused.status, judge(documented, refused)]).toEqual([path, 401, []]);
  }
});

describe('the documents of the old systems', () => {
  const systems = ['openwx', 'ecloud', 'pchook'] as const;
  const read = async (system: string, lang: string) =>
    (await panel.ask('GET', `/docs/openapi.json?system=${system}&lang=${lang}`, { token: null }))
      .json as unknown as OpenApi<string>;

  test('name every route that does something, and no other', async () => {
    const named = (system: OpenApi<string>) =>
      operations(system).map(({ method, path }) => `${method} ${path.replace('{id}', ':id')}`);
    const [openwx, ...others] = await Promise.all(systems.map(async (system) => named(await read(system, 'en'))));
    const documented = others.flat();
    expect(documented.filter((route) => !routes.includes(route))).toEqual([]);
    const gateway = named(documents.en);
    const id = await panel.account();
    for (const route of routes) {
      const [method, url] = route.split(' ') as [string, string];
      const isOld =
        url.startsWith('/pchook/') || (/^\/[\w/]+$/.test(url) && method === 'POST' && !gateway.includes(route));
      if (!isOld || method !== 'POST' || documented.includes(route) || url.endsWith('/:call')) continue;
      if (/^\/(callback|api)\//.test(url)) continue;
      const { text } = await panel.ask('POST', url.replace(':id', id), { body: {} });
      expect([route, /网关不支持此接口|No driver|nothing is written|Accounts are made/.test(text)]).toEqual([
        route,
        true,
      ]);
    }
    const table = readFileSync('docs/compatibility-openwx.md', 'utf8').split('## Routes')[1]!.split('Not served')[0]!;
    const known = table.split('\n').flatMap((line) =>
      [
        ...line
          .split('|', 2)
          .join('')
          .matchAll(/`(\w+)`/g),
      ].map(([, name]) => name!),
    );
    const names = openwx!.map((route) => route.split('/').at(-1)!);
    expect(names.filter((name) => !known.includes(name) && name !== 'send_message')).toEqual([]);
    expect(known.filter((name) => !names.includes(name))).toEqual([]);
  });

  test('say everything in both languages, and name each field that is needed', async () => {
    const id = await panel.account();
    for (const system of systems) {
      const [zh, en] = [await read(system, 'zh'), await read(system, 'en')];
      const chinese = /[\u4e00-\u9fff]/;
      for (const [at, { operation, method, path }] of operations(en).entries()) {
        expect([path, chinese.test(operation.summary), chinese.test(operations(zh)[at]!.operation.summary)]).toEqual([
          path,
          false,
          true,
        ]);
        if (operation['x-effect'] !== 'reads') continue;
        for (const request of await requestsOf({ method, path, operation })) {
          const address = request.path.replaceAll('00001', id);
          const body = request.body?.toString().replaceAll('00001', id);
          const reply = await panel.ask(method, address, { headers: { ...request.headers }, body });
          expect([path, reply.status === 401, /is missing|is needed|client not/.exec(reply.text)]).toEqual([
            path,
            false,
            null,
          ]);
        }
      }
    }
  });
});
