/** The panel's documented API on a whole gateway. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLoginLink, openSession } from '../../src/resolvers/access/authenticate.ts';
import { cancelJob } from '../../src/resolvers/send/cancel-sends.ts';
import { stopAccount } from '../../src/resolvers/accounts/start-account.ts';
import { updateAccount } from '../../src/resolvers/accounts/update-account.ts';
import { avatarPng } from '../../src/simulator/png.ts';
import { type Json, type Panel, adminToken, admin, alice, startPanel } from './gateway.ts';

let panel: Panel;
beforeAll(async () => {
  panel = await startPanel();
});
afterAll(() => panel.stop());

/** An upstream that lets go of every connection. */
async function closedUpstream(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const send = (body: unknown, headers: Record<string, string> = {}) => panel.ask('POST', '/send', { body, headers });
const logsOf = async (id: string): Promise<Json[]> => {
  const { json } = await panel.ask('GET', `/api/logs?account_id=${id}`);
  return json['logs'] as Json[];
};
const delivered = (text: string) => panel.simulator.delivered.filter((one) => one.text === text);

const idsOf = (list: unknown) => (list as Json[]).map((one) => one['id']);

/** The kinds of the values, nested: what a client's types see. */
function typesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(typesOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typesOf(one)]));
}

/** A reply of 400 whose words name this field. */
const refusing = (field: string): unknown =>
  expect.objectContaining({
    status: 400,
    json: expect.objectContaining({
      success: false,
      code: 'BAD_INPUT',
      field,
      error: expect.stringContaining(field),
    }),
  });

describe('who may call', () => {
  const routes = [
    ['POST', '/send'],
    ['GET', '/api/accounts'],
    ['POST', '/api/accounts'],
    ['DELETE', '/api/accounts/00001'],
    ['GET', '/api/groups'],
    ['POST', '/api/groups'],
    ['DELETE', '/api/groups/g001'],
    ['GET', '/api/logs'],
    ['GET', '/api/stats'],
  ] as const;

  test.each(routes)('%s %s without a token is 401, whatever the body', async (method, path) => {
    for (const token of [null, 'wrong']) {
      const reply = await panel.ask(method, path, { token, ...(method === 'POST' && { body: 'no json' }) });
      expect(reply.json).toMatchObject({ success: false, code: 'UNAUTHENTICATED', error: expect.any(String) });
      expect(reply.status).toBe(401);
    }
  });

  test('the bare token and X-API-Key are as good as Bearer', async () => {
    for (const headers of [{ authorization: adminToken }, { 'x-api-key': adminToken }]) {
      expect((await panel.ask('GET', '/api/groups', { token: null, headers })).status).toBe(200);
    }
  });

  test("a browser's session counts from the gateway's own pages, and from no others", async () => {
    const { session } = await openSession(panel.gateway.app, await createLoginLink(panel.gateway.app));
    const cookie = `wxgraph_session=${session}`;
    const own = await panel.ask('GET', '/api/groups', { token: null, headers: { cookie, origin: panel.gateway.url } });
    expect(own.status).toBe(200);
    const other = { cookie, origin: 'https://evil.example', 'content-type': 'text/plain' };
    const evil = await panel.ask('POST', '/api/groups', { token: null, headers: other, body: '{"name": "evil"}' });
    expect(evil.json).toMatchObject({ success: false, code: 'FORBIDDEN' });
    const unknown = await panel.ask('POST', '/api/groups', {
      token: null,
      headers: { cookie },
      body: { name: 'evil' },
    });
    expect(unknown.status).toBe(403);
    expect((await panel.ask('GET', '/api/groups')).text).not.toContain('evil');
  });

  test('a scope that is too small is 403, and nothing happens', async () => {
    const id = await panel.account();
    const read = await panel.token('READ');
    const text = 'sent by a reader';
    const calls: [string, string, unknown, string][] = [
      ['POST', '/send', { targets: [id], message: text }, read],
      ['POST', '/api/accounts', { name: 'x' }, await panel.token('SEND')],
      ['DELETE', `/api/accounts/${id}`, undefined, await panel.token('SEND')],
      ['POST', '/api/groups', { name: 'forbidden' }, await panel.token('SEND')],
    ];
    for (const [method, path, body, token] of calls) {
      const reply = await panel.ask(method, path, { token, body });
      expect(reply.json).toMatchObject({ success: false, code: 'FORBIDDEN' });
      expect(reply.status).toBe(403);
    }
    expect(delivered(text)).toEqual([]);
    expect((await panel.ask('GET', '/api/logs', { token: read })).status).toBe(200);
  });

  test('a token of one account neither sees nor reaches another', async () => {
    const [own, other] = [await panel.account(), await panel.account()];
    await panel.ask('POST', '/api/groups', { body: { name: 'both', account_ids: [own, other] } });
    await send({ targets: [own, other], message: 'from both' });
    const token = await panel.token('SEND', [own]);
    expect(idsOf((await panel.ask('GET', '/api/accounts', { token })).json['accounts'])).toEqual([own]);
    const { groups } = (await panel.ask('GET', '/api/groups', { token })).json as { groups: Json[] };
    expect(groups).toEqual([expect.objectContaining({ name: 'both', account_ids: [own] })]);
    const logs = (await panel.ask('GET', '/api/logs', { token })).json['logs'] as Json[];
    expect(new Set(logs.map((line) => line['account_id']))).toEqual(new Set([own]));
    for (const path of [`/api/logs?account_id=${other}`, `/api/stats?account_id=${other}`]) {
      expect((await panel.ask('GET', path, { token })).status).toBe(404);
    }
    const reply = await panel.ask('POST', '/send', { token, body: { targets: [own, other], message: 'to both' } });
    expect(reply.status).toBe(404);
    const byGroup = await panel.ask('POST', '/send', { token, body: { targets: [groups[0]!['id']], message: 'half' } });
    expect(Object.keys(byGroup.json['results'] as Json)).toEqual([own]);
  });
});

describe('accounts', () => {
  test('are made by name alone, started and shown with the documented fields', async () => {
    const made = await panel.ask('POST', '/api/accounts', { body: { name: ' 账号3 ', remark: '我的微信' } });
    expect(made.json).toEqual({ success: true, account: { id: expect.stringMatching(/^\d{5,}$/), name: '账号3' } });
    expect(made.status).toBe(200);
    const { id } = made.json['account'] as { id: string };
    const shown = await panel.until(async () => {
      const { accounts } = (await panel.ask('GET', '/api/accounts')).json as { accounts: Json[] };
      const own = accounts.find((one) => one['id'] === id)!;
      return own['status'] === 'logged_in' && own;
    });
    expect(shown).toEqual({
      id,
      name: '账号3',
      remark: '我的微信',
      status: 'logged_in',
      ready: true,
      stats: { today_sent: 0, total_sent: 0 },
    });
  });

  test('a remark that is not there is empty text, not null', async () => {
    const id = await panel.account();
    const { accounts } = (await panel.ask('GET', '/api/accounts')).json as { accounts: Json[] };
    expect(accounts.find((one) => one['id'] === id)).toMatchObject({ remark: '' });
  });

  test('one whose upstream is away is logged_out and not ready; a stopped one is stopped', async () => {
    const id = await panel.account({ baseUrl: await closedUpstream(), state: 'OFFLINE' });
    const own = async () => {
      const { accounts } = (await panel.ask('GET', '/api/accounts')).json as { accounts: Json[] };
      return accounts.find((one) => one['id'] === id);
    };
    expect(await own()).toMatchObject({ status: 'logged_out', ready: false });
    await stopAccount(panel.gateway.app, admin, id);
    expect(await own()).toMatchObject({ status: 'stopped', ready: false });
  });

  test.each([
    [{}, 'name'],
    [{ name: null }, 'name'],
    [{ name: 5 }, 'name'],
    [{ name: '  ' }, 'name'],
    [{ name: 'x'.repeat(51) }, 'name'],
    [{ name: 'x', remark: ['x'] }, 'remark'],
    [{ name: 'x', default_receiver: 7 }, 'default_receiver'],
    [{ name: 'x', default_receiver: 'x'.repeat(201) }, 'default_receiver'],
    [{ name: 'x', connection: 'http://127.0.0.1' }, 'connection'],
    [{ name: 'x', connection: {} }, 'connection'],
    [{ name: 'x', connection: { telegram: {} } }, 'connection'],
    [{ name: 'x', connection: { openwx: {} } }, 'connection.openwx.baseUrl'],
    [{ name: 'x', connection: { openwx: { baseUrl: 'ftp://x' } } }, 'connection.openwx.baseUrl'],
  ])('%j is refused by the name of its field', async (body, field) => {
    expect(await panel.ask('POST', '/api/accounts', { body })).toEqual(refusing(field));
  });

  test('a name of 50 characters is not too long, also where each takes two units', async () => {
    const name = '😀'.repeat(50);
    const connection = { openwx: { baseUrl: panel.simulator.account().baseUrl } };
    const { json } = await panel.ask('POST', '/api/accounts', { body: { name, connection } });
    expect(json).toMatchObject({ success: true, account: { name } });
  });

  test('a deleted one is gone, and gone twice is 404', async () => {
    const id = await panel.account();
    const path = `/api/accounts/${id}`;
    const deleted = await panel.ask('DELETE', path, { headers: { 'content-type': 'application/json' } });
    expect(deleted.json).toEqual({ success: true });
    expect(deleted.status).toBe(200);
    expect((await panel.ask('GET', '/api/accounts')).text).not.toContain(id);
    for (const gone of [path, '/api/accounts/99999', '/api/accounts/1', '/api/accounts/g001']) {
      const reply = await panel.ask('DELETE', gone);
      expect(reply.json).toMatchObject({ success: false, code: 'NOT_FOUND' });
      expect(reply.status).toBe(404);
    }
  });

  test('two deletes at once are one, and no internal error', async () => {
    const path = `/api/accounts/${await panel.account()}`;
    const replies = await Promise.all([panel.ask('DELETE', path), panel.ask('DELETE', path)]);
    expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200, 404]));
  });
});

test('without a default connection an account by name alone is refused in words', async () => {
  const bare = await startPanel({ WXGRAPH_DEFAULT_CONNECTION: '' });
  try {
    const reply = await bare.ask('POST', '/api/accounts', { body: { name: 'x' } });
    expect(reply).toEqual(refusing('connection'));
    expect(reply.json['error']).toContain('WXGRAPH_DEFAULT_CONNECTION');
    expect((await bare.ask('GET', '/api/accounts')).json).toEqual({ accounts: [] });
    const health = await bare.ask('GET', '/health', { token: null });
    expect(health.json).toEqual({ status: 'ok', accounts: 0, ready_accounts: 0 });
  } finally {
    await bare.stop();
  }
});

describe('groups', () => {
  test('are made, shown and deleted with the documented fields', async () => {
    const [one, two] = [await panel.account(), await panel.account()];
    const made = await panel.ask('POST', '/api/groups', { body: { name: '测试组', account_ids: [two, one, two] } });
    const group = { id: expect.stringMatching(/^g\d{3,}$/), name: '测试组', account_ids: [two, one] };
    expect(made.json).toEqual({ success: true, group });
    expect(made.status).toBe(200);
    const { id } = made.json['group'] as { id: string };
    const { groups } = (await panel.ask('GET', '/api/groups')).json as { groups: Json[] };
    expect(groups.find((shown) => shown['id'] === id)).toEqual({ id, name: '测试组', account_ids: [two, one] });
    const deleted = await panel.ask('DELETE', `/api/groups/${id}`);
    expect(deleted.json).toEqual({ success: true });
    expect((await panel.ask('DELETE', `/api/groups/${id}`)).json).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('one without accounts is allowed, named or not', async () => {
    for (const body of [{ name: 'empty', account_ids: [] }, { name: 'empty' }]) {
      const { json } = await panel.ask('POST', '/api/groups', { body });
      expect(json).toMatchObject({ success: true, group: { name: 'empty', account_ids: [] } });
    }
  });

  test('an unknown account is 404, and no group is made', async () => {
    const id = await panel.account();
    for (const unknown of ['99999', '1', 'g001', '']) {
      const body = { name: 'with an unknown account', account_ids: [id, unknown] };
      const reply = await panel.ask('POST', '/api/groups', { body });
      expect(reply.json).toMatchObject({ success: false, code: 'NOT_FOUND' });
      expect(reply.status).toBe(404);
    }
    expect((await panel.ask('GET', '/api/groups')).text).not.toContain('with an unknown account');
  });

  test.each([
    [{ account_ids: [] }, 'name'],
    [{ name: '' }, 'name'],
    [{ name: '组'.repeat(51) }, 'name'],
    [{ name: 'x', account_ids: '00001' }, 'account_ids'],
    [{ name: 'x', account_ids: [1] }, 'account_ids'],
    [{ name: 'x', account_ids: [null] }, 'account_ids'],
  ])('%j is refused by the name of its field', async (body, field) => {
    expect(await panel.ask('POST', '/api/groups', { body })).toEqual(refusing(field));
  });
});

describe('a body', () => {
  test.each(['', 'no json', '[]', 'null', '"text"', '5', '{"targets": [', Buffer.from([0x7b, 0xff, 0x7d])])(
    '%j is no object: 400 and not an internal error',
    async (body) => {
      for (const path of ['/send', '/api/accounts', '/api/groups']) {
        const reply = await panel.ask('POST', path, { body, headers: { 'content-type': 'application/json' } });
        expect(reply).toEqual(refusing('body'));
      }
    },
  );

  test('that nests without end is 400', async () => {
    const body = `{"targets": ${'['.repeat(5000)}${']'.repeat(5000)}}`;
    expect(await send(body)).toEqual(refusing('body'));
  });

  test('of more than 1 MiB is 413', async () => {
    const reply = await send({ targets: ['00001'], message: 'x'.repeat(1024 * 1024) });
    expect(reply.json).toMatchObject({ success: false, code: 'TOO_LARGE', error: expect.any(String) });
    expect(reply.status).toBe(413);
  });

  test('of curl -d without a content type is read as the JSON that it is', async () => {
    const id = await panel.account();
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', undefined]) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const body = JSON.stringify({ targets: [id], message: `as ${type}` });
      expect((await send(body, headers)).json).toMatchObject({ success: true });
    }
  });

  test('as a form, with targets by commas or repeated', async () => {
    const [one, two] = [await panel.account(), await panel.account()];
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    for (const targets of [`targets=${one},${two}`, `targets=${one}&targets=${two}`]) {
      const form = `${targets}&wait_ms=30000&message=${encodeURIComponent('你好, 1+1=2')}`;
      const reply = await panel.ask('POST', '/send', { body: form, headers });
      expect(reply.json).toMatchObject({ success: true, total: 2 });
    }
    expect(delivered('你好, 1+1=2')).toHaveLength(4);
    const made = await panel.ask('POST', '/api/groups', { body: `name=form&account_ids=${one},${two}`, headers });
    expect(made.json).toMatchObject({ group: { name: 'form', account_ids: [one, two] } });
  });

  test.each([
    ['targets=&message=x', 'targets'],
    ['targets=00001&message=x&message=y', 'message'],
    ['targets=00001&message=%C4%E3%BA%C3', 'message'],
    ['targets=00001&message=x&wait_ms=soon', 'wait_ms'],
  ])('the form %j is refused by the name of its field', async (body, field) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await panel.ask('POST', '/send', { body, headers })).toEqual(refusing(field));
  });
});

describe('a send', () => {
  test('answers the documented fields, and reaches WeChat once', async () => {
    const id = await panel.account();
    const { json, status } = await send({ targets: [id], type: 'text', message: '要发送的消息内容' });
    expect(status).toBe(200);
    expect(json).toEqual({
      success: true,
      total: 1,
      success_count: 1,
      failed_count: 0,
      unknown_count: 0,
      pending_count: 0,
      dropped_count: 0,
      send_id: expect.stringMatching(/^job_\d+$/),
      results: {
        [id]: { success: true, receiver: alice, response_time_ms: expect.any(Number), status: 'sent', error: null },
      },
    });
    expect(delivered('要发送的消息内容')).toEqual([expect.objectContaining({ to: alice })]);
  });

  test('to an account that is named twice, alone and in a group, goes out once', async () => {
    const [one, two] = [await panel.account(), await panel.account()];
    const made = await panel.ask('POST', '/api/groups', { body: { name: 'g', account_ids: [one, two] } });
    const { id } = made.json['group'] as { id: string };
    const { json } = await send({ targets: [one, one, id, id], message: 'once each' });
    expect(json).toMatchObject({ success: true, total: 2, success_count: 2 });
    expect(Object.keys(json['results'] as Json).toSorted()).toEqual([one, two].toSorted());
    expect(delivered('once each')).toHaveLength(2);
  });

  test('to a receiver of its own, or several', async () => {
    const id = await panel.account({ defaultReceiver: null });
    expect((await send({ targets: [id], to: alice, message: 'to one' })).json).toMatchObject({
      total: 1,
      success: true,
    });
    const { json } = await send({ targets: [id], to: [alice, 'filehelper'], message: 'to two' });
    expect(json).toMatchObject({ total: 2, success: true, results: { [id]: { receiver: 'filehelper' } } });
    expect(delivered('to two').map(({ to }) => to)).toEqual([alice, 'filehelper']);
  });

  test('without a default receiver fails for that account, and the others go', async () => {
    const [none, one] = [await panel.account({ defaultReceiver: null }), await panel.account()];
    const { json, status } = await send({ targets: [none, one], message: 'the others go' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ success: false, total: 2, success_count: 1, failed_count: 1 });
    expect(json['results']).toMatchObject({
      [none]: { success: false, status: 'failed', error: expect.stringMatching(/^NO_RECEIVER: /) },
      [one]: { success: true },
    });
  });

  test('that WeChat refuses is failed, in its words', async () => {
    const id = await panel.account();
    const fault = panel.simulator.fault({ type: 'refuse', text: '操作太频繁' });
    const { json } = await send({ targets: [id], message: 'refused' });
    fault.clear();
    expect(json).toMatchObject({ success: false, total: 1, failed_count: 1, unknown_count: 0 });
    expect(json['results']).toMatchObject({
      [id]: { success: false, status: 'failed', error: expect.stringMatching(/^UPSTREAM_REJECTED: .*操作太频繁/) },
    });
  });

  test('one failed line of an account is not hidden by a later good one', async () => {
    const id = await panel.account();
    const fault = panel.simulator.fault({ type: 'refuse', to: alice });
    const { json } = await send({ targets: [id], to: [alice, 'filehelper'], message: 'half refused' });
    fault.clear();
    expect(json).toMatchObject({ success: false, total: 2, success_count: 1, failed_count: 1 });
    expect(json['results']).toMatchObject({ [id]: { success: false, receiver: alice, status: 'failed' } });
  });

  test('whose upstream hangs up without an answer is unknown, neither a success nor a failure', async () => {
    const id = await panel.account();
    const fault = panel.simulator.fault({ type: 'reset-before-send' });
    const { json, status } = await send({ targets: [id], message: 'who knows' });
    fault.clear();
    expect(status).toBe(200);
    expect(json).toMatchObject({ success: false, success_count: 0, failed_count: 0, unknown_count: 1 });
    expect(json['results']).toMatchObject({
      [id]: { success: false, status: 'unknown', error: 'SEND_OUTCOME_UNKNOWN' },
    });
    const [line] = await logsOf(id);
    expect(line).toMatchObject({ success: false, status: 'unknown', error: 'SEND_OUTCOME_UNKNOWN' });
    const { json: stats } = await panel.ask('GET', `/api/stats?account_id=${id}`);
    expect(stats['statistics']).toMatchObject({ total: 1, success_count: 0, failed_count: 0, unknown_count: 1 });
  });

  test('with wait_ms 0 is answered at once, pending and not a success', async () => {
    const id = await panel.account({ baseUrl: await closedUpstream(), state: 'OFFLINE' });
    const { json, status } = await send({ targets: [id], message: 'later', wait_ms: 0 });
    expect(status).toBe(200);
    expect(json).toMatchObject({ success: false, total: 1, success_count: 0, failed_count: 0, pending_count: 1 });
    expect(json['results']).toEqual({
      [id]: { success: false, receiver: alice, response_time_ms: null, status: 'queued', error: null },
    });
    expect(await logsOf(id)).toMatchObject([{ success: false, status: 'queued', error: null }]);
  });

  test('from a stopped account is refused whole, and nothing is queued', async () => {
    const [stopped, other] = [await panel.account(), await panel.account()];
    await stopAccount(panel.gateway.app, admin, stopped);
    const reply = await send({ targets: [other, stopped], message: 'refused whole' });
    expect(reply.json).toMatchObject({ success: false, code: 'NOT_READY', field: 'targets' });
    expect(reply.status).toBe(409);
    expect(await logsOf(other)).toEqual([]);
  });

  test('to a name that two contacts have is refused with both', async () => {
    const id = await panel.account();
    const reply = await panel.until(async () => {
      const one = await send({ targets: [id], to: 'Twin', message: 'to whom', wait_ms: 0 });
      return one.status === 409 && one;
    });
    expect(reply.json).toMatchObject({ success: false, code: 'AMBIGUOUS_RECEIVER', field: 'to' });
    expect((reply.json['candidates'] as Json[]).map((one) => one['wxid'])).toEqual(['@f_twin_0001', '@f_twin_0002']);
  });

  test('to an unknown target is 404, and nothing is sent', async () => {
    const id = await panel.account();
    for (const unknown of ['99999', 'g999', '1', 'nonsense', '']) {
      const reply = await send({ targets: [id, unknown], message: 'to nobody' });
      expect(reply.json).toMatchObject({ success: false, code: 'NOT_FOUND' });
      expect(reply.status).toBe(404);
    }
    expect(delivered('to nobody')).toEqual([]);
  });

  test.each(['image', 'file', 'video'])('of type %s sends what lies at its path, under its name', async (type) => {
    const id = await panel.account();
    const folder = panel.gateway.app.config.mediaRoots[0]!;
    const bytes = { image: avatarPng('x'), file: Buffer.from('a\0b'), video: Buffer.from('\0\0\0\u0018ftypmp42') }[
      type
    ]!;
    writeFileSync(join(folder, `${type}.bin`), bytes);
    const name = `报告 ${type}.bin`;
    for (const [at, file_path] of [`${type}.bin`, join(folder, `${type}.bin`)].entries()) {
      const { status, json } = await send({ targets: [id], type, file_path, file_name: `${at} ${name}` });
      expect([status, json]).toEqual([200, expect.objectContaining({ success: true, total: 1, success_count: 1 })]);
    }
    expect(await logsOf(id)).toMatchObject([
      { message_type: type, content: `1 ${name}`, success: true },
      { message_type: type, content: `0 ${name}`, success: true },
    ]);
    const [last] = panel.simulator.delivered.slice(-1);
    expect(last!.content).toMatchObject({ type: 'media', media: type });
    expect(last!.content.type === 'media' && Buffer.from(last!.content.bytes)).toEqual(Buffer.from(bytes));
  });

  test('of a path outside of the media folders is refused, whether there is a file or not', async () => {
    const id = await panel.account();
    for (const file_path of ['/etc/passwd', '/etc/nothing', '../wxgraph.db', 'nothing.png']) {
      const reply = await send({ targets: [id], type: 'image', file_path });
      expect([reply.status, reply.json]).toEqual([
        400,
        expect.objectContaining({ success: false, code: 'PATH_NOT_ALLOWED', field: 'file_path' }),
      ]);
      expect(reply.json['error']).not.toContain('etc');
    }
    expect(await logsOf(id)).toEqual([]);
  });

  test.each([
    [{ message: 'x' }, 'targets'],
    [{ targets: [], message: 'x' }, 'targets'],
    [{ targets: '00001', message: 'x' }, 'targets'],
    [{ targets: [1], message: 'x' }, 'targets'],
    [{ targets: ['00001', null], message: 'x' }, 'targets'],
    [{ targets: ['00001'] }, 'message'],
    [{ targets: ['00001'], message: null }, 'message'],
    [{ targets: ['00001'], message: 5 }, 'message'],
    [{ targets: ['00001'], message: ' \n' }, 'message'],
    [{ targets: ['00001'], message: 'a\u0000b' }, 'message'],
    [{ targets: ['00001'], message: 'x'.repeat(16_385) }, 'message'],
    [{ targets: ['00001'], message: 'x', type: 'voice' }, 'type'],
    [{ targets: ['00001'], message: 'x', type: 1 }, 'type'],
    [{ targets: ['00001'], message: 'x', type: 'constructor' }, 'type'],
    [{ targets: ['00001'], message: 'x', type: 'image' }, 'file_path'],
    [{ targets: ['00001'], type: 'file', file_path: '' }, 'file_path'],
    [{ targets: ['00001'], type: 'file', file_path: 'a\u0000b' }, 'file_path'],
    [{ targets: ['00001'], type: 'video', file_path: 'x', file_name: 1 }, 'file_name'],
    [{ targets: ['00001'], message: 'x', to: 5 }, 'to'],
    [{ targets: ['00001'], message: 'x', to: [] }, 'to'],
    [{ targets: ['00001'], message: 'x', to: [5] }, 'to'],
    [{ targets: ['00001'], message: 'x', wait_ms: -1 }, 'wait_ms'],
    [{ targets: ['00001'], message: 'x', wait_ms: 30_001 }, 'wait_ms'],
    [{ targets: ['00001'], message: 'x', wait_ms: 1.5 }, 'wait_ms'],
    [{ targets: ['00001'], message: 'x', wait_ms: '0' }, 'wait_ms'],
  ])('%j is refused by the name of its field', async (body, field) => {
    expect(await send(body)).toEqual(refusing(field));
  });

  test('with a key that was used for the same send is that send, not a second one', async () => {
    const id = await panel.account();
    const body = { targets: [id], message: 'with a key' };
    const key = { 'idempotency-key': 'key-1' };
    const both = await Promise.all([send(body, key), send(body, key)]);
    const again = await send({ ...body, wait_ms: 0 }, key);
    expect(new Set([...both, again].map((reply) => reply.json['send_id'])).size).toBe(1);
    expect([...both, again].map((reply) => reply.json['success'])).toEqual([true, true, true]);
    expect(delivered('with a key')).toHaveLength(1);
    const other = await send({ ...body, message: 'another text' }, key);
    expect(other.json).toMatchObject({ success: false, code: 'CONFLICT', field: 'Idempotency-Key' });
    expect(other.status).toBe(422);
    expect(await send(body, { 'idempotency-key': 'k'.repeat(256) })).toEqual(refusing('Idempotency-Key'));
  });

  test('to more accounts than a page of lines holds counts all of them', async () => {
    const id = await panel.account({ baseUrl: await closedUpstream(), state: 'OFFLINE' });
    const to = Array.from({ length: 250 }, (_, number) => `wxid_${number}`);
    const { json } = await send({ targets: [id], to, message: 'many', wait_ms: 0 });
    expect(json).toMatchObject({ total: 250, pending_count: 250, results: { [id]: { receiver: 'wxid_249' } } });
  });
});

describe('logs', () => {
  test('have the documented fields, newest first, with the time in seconds and in the zone', async () => {
    const id = await panel.account();
    const before = Math.floor(Date.now() / 1000);
    await send({ targets: [id], message: '第一' });
    await send({ targets: [id], message: '第二' });
    const { json, status } = await panel.ask('GET', `/api/logs?account_id=${id}`);
    expect(status).toBe(200);
    expect(json['count']).toBe(2);
    const [line, older] = json['logs'] as Json[];
    expect(typesOf(line)).toEqual({
      id: 'number',
      account_id: 'string',
      receiver: 'string',
      message_type: 'string',
      content: 'string',
      success: 'boolean',
      status: 'string',
      error: 'null',
      created_at: 'number',
      created_at_str: 'string',
    });
    expect(line).toMatchObject({
      account_id: id,
      receiver: alice,
      message_type: 'text',
      content: '第二',
      success: true,
    });
    expect(older).toMatchObject({ content: '第一' });
    expect(older!['id']).toBeLessThan(line!['id'] as number);
    const at = line!['created_at'] as number;
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now() / 1000);
    const inShanghai = new Date(at * 1000 + 8 * 3600_000).toISOString().slice(0, 19).replace('T', ' ');
    expect(line!['created_at_str']).toBe(inShanghai);
  });

  test('are paged by limit and offset, and narrowed to successes', async () => {
    const id = await panel.account();
    for (const message of ['a', 'b', 'c']) await send({ targets: [id], message });
    const fault = panel.simulator.fault({ type: 'refuse' });
    await send({ targets: [id], message: 'd' });
    fault.clear();
    const contents = async (query: string) => {
      const { json } = await panel.ask('GET', `/api/logs?account_id=${id}&${query}`);
      const logs = json['logs'] as Json[];
      expect(json['count']).toBe(logs.length);
      return logs.map((line) => line['content']).join('');
    };
    expect(await contents('')).toBe('dcba');
    expect(await contents('limit=2')).toBe('dc');
    expect(await contents('limit=2&offset=3')).toBe('a');
    expect(await contents('offset=4')).toBe('');
    expect(await contents('offset=2147483647')).toBe('');
    for (const yes of ['true', '1', 'True']) expect(await contents(`success_only=${yes}`)).toBe('cba');
    expect(await contents('success_only=1&limit=1&offset=1')).toBe('b');
    for (const no of ['false', '0', '']) expect(await contents(`success_only=${no}`)).toBe('dcba');
  });

  test('of one send are 50 unless asked, and at most 500', async () => {
    const id = await panel.account({ baseUrl: await closedUpstream(), state: 'OFFLINE' });
    const to = Array.from({ length: 501 }, (_, number) => `wxid_${number}`);
    await send({ targets: [id], to, message: 'many', wait_ms: 0 });
    const count = async (query: string) => (await panel.ask('GET', `/api/logs?account_id=${id}${query}`)).json['count'];
    expect(await count('')).toBe(50);
    expect(await count('&limit=500')).toBe(500);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=99999999999', 'offset'],
    ['success_only=maybe', 'success_only'],
    ['success_only=__proto__', 'success_only'],
  ])('?%s is refused by its name', async (query, field) => {
    expect(await panel.ask('GET', `/api/logs?${query}`)).toEqual(refusing(field));
  });

  test('of an unknown account are 404, not an empty list', async () => {
    for (const id of ['99999', '1', 'g001']) {
      for (const path of ['/api/logs', '/api/stats']) {
        const reply = await panel.ask('GET', `${path}?account_id=${id}`);
        expect(reply.json).toMatchObject({ success: false, code: 'NOT_FOUND' });
        expect(reply.status).toBe(404);
      }
    }
  });
});

describe('stats', () => {
  test('have the documented fields, and a rate that keeps its decimal', async () => {
    const id = await panel.account();
    const path = `/api/stats?account_id=${id}`;
    expect((await panel.ask('GET', path)).text).toContain('"success_rate":0.0}');
    await send({ targets: [id], message: 'good' });
    const { json, text } = await panel.ask('GET', path);
    expect(json).toEqual({
      period: '最近 7 天',
      account_id: id,
      statistics: {
        total: 1,
        success_count: 1,
        failed_count: 0,
        unknown_count: 0,
        pending_count: 0,
        dropped_count: 0,
        success_rate: 100,
      },
    });
    expect(text).toContain('"success_rate":100.0}');
    const fault = panel.simulator.fault({ type: 'refuse' });
    await send({ targets: [id], message: 'refused once' });
    await send({ targets: [id], message: 'refused twice' });
    fault.clear();
    const after = (await panel.ask('GET', `${path}&days=30`)).json;
    expect(after).toMatchObject({
      period: '最近 30 天',
      statistics: { total: 3, failed_count: 2, success_rate: 33.3 },
    });
    const { accounts } = (await panel.ask('GET', '/api/accounts')).json as { accounts: Json[] };
    const own = accounts.find((one) => one['id'] === id);
    expect(own).toMatchObject({ stats: { today_sent: 1, total_sent: 1 } });
  });

  test('are the sum of their parts, whatever became of the sends, and so is what POST /send answers', async () => {
    const id = await panel.account();
    const add = ({ statistics }: Json) => {
      const { total, success_rate: _, ...parts } = statistics as Record<string, number>;
      return [total, Object.values(parts).reduce((sum, part) => sum + part, 0)];
    };
    const sum = (answer: Json) =>
      ['success', 'failed', 'unknown', 'pending', 'dropped'].reduce(
        (all, part) => all + Number(answer[`${part}_count`]),
        0,
      );
    panel.simulator.fault({ type: 'refuse', times: 1 });
    panel.simulator.fault({ type: 'reset-before-send', times: 1 });
    const first = (await send({ targets: [id], message: 'parts', to: [alice, '@f_twin_0001', '@f_twin_0002'] })).json;
    expect(first).toMatchObject({ total: 3, success_count: 1, failed_count: 1, unknown_count: 1 });
    await updateAccount(panel.gateway.app, admin, { id, pacing: { paused: true } });
    const held = (await send({ targets: [id], message: 'held', wait_ms: 0 })).json;
    await cancelJob(panel.gateway.app, admin, held['send_id'] as string);
    const last = (await send({ targets: [id], message: 'held', wait_ms: 0 })).json;
    expect([sum(first), sum(held), sum(last)]).toEqual([3, 1, 1]);
    const { json } = await panel.ask('GET', `/api/stats?account_id=${id}`);
    expect(json['statistics']).toMatchObject({ total: 5, unknown_count: 1, pending_count: 1, dropped_count: 1 });
    expect(add(json)).toEqual([5, 5]);
  });

  test('of all accounts name none', async () => {
    const { json } = await panel.ask('GET', '/api/stats?days=1');
    expect(json).toMatchObject({ period: '最近 1 天', account_id: null });
    expect(typesOf(json['statistics'])).toMatchObject({ total: 'number', success_rate: 'number' });
  });

  test.each(['days=0', 'days=31', 'days=-7', 'days=week', 'days=1&days=2'])('?%s is refused', async (query) => {
    expect(await panel.ask('GET', `/api/stats?${query}`)).toEqual(refusing('days'));
  });
});

test('health counts accounts and ready ones, for everyone', async () => {
  const { json, status } = await panel.ask('GET', '/health', { token: null });
  expect(status).toBe(200);
  expect(typesOf(json)).toEqual({ status: 'string', accounts: 'number', ready_accounts: 'number' });
  expect(json['status']).toBe('ok');
});

test('a method that a route does not have is 405 with those that it has', async () => {
  const reply = await panel.ask('GET', '/send');
  expect(reply.status).toBe(405);
  expect(reply.headers['allow']).toBe('POST');
  expect((await panel.ask('GET', '/api/nothing')).status).toBe(404);
});
