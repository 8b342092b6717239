import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../src/simulator/clock.ts';
import { accountActions } from '../../src/simulator/control/accounts.ts';
import { recordActions } from '../../src/simulator/control/records.ts';
import { worldActions } from '../../src/simulator/control/world.ts';
import type { DrivenAccount } from '../../src/simulator/driven-account.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Message } from '../../src/simulator/wechat.ts';
import { startReceiver } from './receiver.ts';

async function control(url: string, method: string, body?: unknown): Promise<[number, Record<string, unknown>]> {
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return [answer.status, (await answer.json()) as Record<string, unknown>];
}

test('looks at a simulator and makes things happen', async () => {
  await using simulator = await startSimulator({ controlPort: 0 });
  const url = simulator.controlUrl ?? '';
  const account = simulator.account();
  const friend = [...account.account.contacts.values()][0];
  const name = simulator.world.people.get(friend?.wxid ?? '')?.name;
  const [, state] = await control(`${url}/state`, 'GET');
  expect(state['accounts']).toMatchObject([{ number: 1, front: 'openwx', state: 'running', baseUrl: account.baseUrl }]);

  const [status, { id }] = await control(`${url}/accounts/1/receive`, 'POST', { from: name, text: '你好' });
  expect(status).toBe(200);
  const events = await (await fetch(`${account.baseUrl}/openwx/check_event`)).text();
  expect(events).toContain(`"id":"${String(id)}"`);

  const [, fault] = await control(`${url}/faults`, 'POST', { type: 'error', route: 'get_user_info', times: 3 });
  expect((await fetch(`${account.baseUrl}/openwx/get_user_info`)).status).toBe(500);
  await control(`${url}/faults/${String(fault['id'])}`, 'DELETE');
  expect((await fetch(`${account.baseUrl}/openwx/get_user_info`)).status).toBe(200);

  await control(`${url}/accounts/1/die`, 'POST');
  expect(account.session).toBe(null);
  await control(`${url}/accounts/1/start`, 'POST', {});
  await simulator.until(() => account.state === 'running');
});

test.each([
  ['POST', '/faults', { type: 'nonsense' }, 400],
  ['POST', '/faults', { type: 'delay' }, 400],
  ['POST', '/accounts/1/receive', { from: 'nobody of that name', text: 'x' }, 404],
  ['POST', '/accounts/9/scan', undefined, 404],
  ['POST', '/accounts/1/scan', undefined, 404],
  ['POST', '/accounts/1/receive', { from: 'filehelper' }, 400],
  ['POST', '/accounts/1/receive', { from: 'filehelper', image: true, file: 'both' }, 400],
  ['POST', '/accounts/1/switch-chat', { to: 'filehelper' }, 400],
  ['POST', '/accounts/1/verify-code', { code: '1' }, 400],
  ['POST', '/accounts/1/expire-media', undefined, 400],
  ['GET', '/nonsense', undefined, 404],
])('%s %s %j answers %i and says why', async (method, path, body, expected) => {
  await using simulator = await startSimulator({ controlPort: 0 });
  const [status, { error }] = await control(`${simulator.controlUrl}${path}`, method, body);
  expect(status).toBe(expected);
  expect(error).toEqual(expect.any(String));
});

const everyFront = { accounts: 1, ecloudAccounts: 1, hooks: 1, controlPort: 0, start: false } as const;
const onCommand = { scanAfterMs: null, confirmAfterMs: null };
const fronts = ['openwx', 'ecloud', 'pchook'] as const;

/** A simulator with one account at each front, of which one posts to a receiver of its own once it is in. */
async function startFront(front: (typeof fronts)[number]) {
  const receiver = await startReceiver();
  const simulator = await startSimulator({ ...everyFront, openwx: onCommand, ecloud: onCommand, pchook: onCommand });
  const driven = simulator.driven.find((account) => account.front === front)!;
  const url = `${simulator.controlUrl}/accounts/${driven.number}`;
  const told = async (path: string, body: unknown = {}): Promise<Record<string, unknown>> => {
    const [status, answer] = await control(`${url}${path}`, 'POST', body);
    expect([path, status, answer]).toEqual([path, 200, answer]);
    return answer;
  };
  return {
    simulator,
    driven,
    url,
    told,
    posted: (text: string) => simulator.until(() => receiver.received.find((post) => post.text.includes(text))),
    /** From its start to the end of its login. */
    logIn: async (): Promise<void> => {
      await told('/start');
      await told('/post-api', { url: receiver.url });
      if (front === 'ecloud') return;
      await simulator.until(() => ['scaning', '0'].includes(stateOf(driven)) && driven.qrCode);
      await told('/scan');
      await simulator.until(() => ['confirming', '1'].includes(stateOf(driven)));
      await told('/confirm');
      await simulator.until(() => ['running', '3'].includes(stateOf(driven)));
    },
    [Symbol.asyncDispose]: async () => {
      await simulator.stop();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

function stateOf({ facts }: DrivenAccount): string {
  const { state, status } = facts as { state?: string; status?: string };
  return state ?? status ?? '';
}

describe.each(fronts)('an account at %s', (front) => {
  test('comes in by command, and is shown with its address, its state and its contacts', async () => {
    await using at = await startFront(front);
    await at.logIn();
    const [, shown] = await control(at.url, 'GET');
    const { baseUrl } = at.driven.facts as { baseUrl: string };
    expect(shown).toMatchObject({ number: at.driven.number, front, baseUrl, scannable: false });
    const [, state] = await control(`${at.simulator.controlUrl}/state`, 'GET');
    expect(state['accounts']).toContainEqual(shown);
    const [, { contacts, rooms }] = await control(`${at.url}/contacts`, 'GET');
    expect((contacts as unknown[]).length).toBe(at.driven.account.contacts.size);
    expect((rooms as unknown[]).length).toBe(at.driven.account.rooms.size);
    expect((await fetch(`${at.url}/qrcode`)).status).toBe(404);
  });

  test('posts everything that the control API makes happen', async () => {
    await using at = await startFront(front);
    await at.logIn();
    const { simulator, told, posted } = at;
    const [from, other] = [...at.driven.account.contacts.values()].filter(({ kind }) => kind === 'friend');
    const room = [...at.driven.account.rooms][0]!;
    const base = { from: from!.wxid };
    await told('/receive', { ...base, text: '文字消息' });
    await posted('文字消息');
    await told('/receive', { ...base, room, text: '提到了你', mention: true });
    await posted('提到了你');
    const { bytes, ids } = { bytes: Buffer.from('the very bytes'), ids: new Set<string>() };
    const messages: Message[] = [];
    simulator.world.on((event) => {
      if (event.type === 'message' && event.account === at.driven.wxid) messages.push(event.message);
    });
    for (const kind of ['image', 'voice', 'video', 'emoji', 'file']) {
      const { id } = await told('/receive', { ...base, [kind]: `它.${kind}`, data: bytes.toString('base64') });
      ids.add(String(id));
      expect(messages.at(-1)!.content).toMatchObject({ type: 'media', name: `它.${kind}`, bytes });
    }
    for (const kind of ['image', 'voice', 'video', 'emoji', 'file']) await told('/receive', { ...base, [kind]: true });
    expect(ids.size).toBe(5);
    await told('/receive', { ...base, link: { title: '一个链接', url: 'http://example.com/' } });
    await posted('一个链接');
    await told('/receive', { ...base, card: other!.wxid });
    await told('/receive', { ...base, payment: '微信转账' });
    await posted('微信转账');
    await told('/send-from-phone', { to: from!.wxid, text: '手机上发的' });
    await posted('手机上发的');
    await told('/send-from-phone', { to: room, file: '手机文件.txt', text: 'x' });
    await told('/notice', { where: room, text: '灰色的一行' });
    await posted('灰色的一行');
    const { ticket } = await told('/friend-request', { name: '路人', greeting: '加一下' });
    expect(await told('/accept-friend', { ticket })).toEqual({ accepted: true });
    await posted('你已添加了路人');
    const { id } = await told('/receive', { ...base, text: '说错了' });
    const [, revoked] = await control(`${simulator.controlUrl}/revoke`, 'POST', { by: from!.wxid, id });
    expect(revoked).toEqual({ revoked: true });
    await posted(String(id));
    await told('/remark', { of: other!.wxid, remark: '新备注' });
    await told('/pin', { whom: other!.wxid, pinned: true });
    expect(at.driven.account.contacts.get(other!.wxid)).toMatchObject({ remark: '新备注', pinned: true });
    if (front !== 'openwx') await told('/expire-media');
    if (front === 'ecloud') await told('/verify-code', { code: '2580' });
    if (front === 'pchook') {
      await told('/switch-chat', { to: other!.wxid });
      await posted('切换聊天对象');
    }
    await told('/unfriend', { whom: other!.wxid });
    await told('/befriend', { whom: other!.wxid });
    expect(simulator.posts.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    for (const list of ['posts', 'requests', 'delivered'] as const) {
      const [status, listed] = await control(`${simulator.controlUrl}/${list}`, 'GET');
      expect([status, (listed as unknown as unknown[]).length]).toEqual([200, simulator[list].length]);
    }
  });

  test('is logged out and stopped by command', async () => {
    await using at = await startFront(front);
    await at.logIn();
    const before = stateOf(at.driven);
    await at.told('/logout', { next: 'scan' });
    await at.simulator.until(() => stateOf(at.driven) !== before);
    await at.told('/stop');
    const [status, { error }] = await control(`${at.url}/die`, 'POST');
    expect([status, typeof error]).toEqual(front === 'ecloud' ? [400, 'string'] : [200, 'undefined']);
    await at.told('/start', { cookie: true });
    if (front === 'ecloud') return;
    at.simulator.fault({ type: 'die', account: at.driven.number });
    const { baseUrl } = at.driven.facts as { baseUrl: string };
    await expect(fetch(baseUrl)).rejects.toThrow('fetch failed');
  });
});

test('people and chat rooms are made and changed', async () => {
  await using simulator = await startSimulator({ controlPort: 0 });
  const url = simulator.controlUrl;
  const { wxid } = simulator.account();
  const [, { wxid: somebody }] = await control(`${url}/people`, 'POST', { name: '新来的' });
  const made = { name: '新群', members: [wxid, '新来的'] };
  const [, { wxid: room }] = await control(`${url}/rooms`, 'POST', made);
  await control(`${url}/people/${String(somebody)}/rename`, 'POST', { name: '改了名' });
  await control(`${url}/rooms/新群/rename-member`, 'POST', { who: '改了名', display: '群昵称' });
  await control(`${url}/rooms/新群/rename`, 'POST', { name: '旧群' });
  expect(simulator.world.rooms.get(String(room))).toMatchObject({
    name: '旧群',
    ownerWxid: wxid,
    members: [{ wxid }, { wxid: somebody, display: '群昵称' }],
  });
  await control(`${url}/rooms/旧群/leave`, 'POST', { who: '改了名' });
  await control(`${url}/rooms/旧群/join`, 'POST', { who: '改了名' });
  expect(simulator.world.rooms.get(String(room))!.members).toHaveLength(2);
});

test('what was delivered is told with what tells its bytes from others', async () => {
  await using simulator = await startSimulator({ controlPort: 0 });
  const { wxid } = simulator.account();
  const content = { type: 'media', media: 'file', name: 'a.txt', bytes: Buffer.from('abc') } as const;
  simulator.world.send(wxid, 'filehelper', content, 'openwx');
  const [, delivered] = await control(`${simulator.controlUrl}/delivered`, 'GET');
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(delivered).toMatchObject([{ type: 'media', media: { kind: 'file', name: 'a.txt', size: 3, sha256 } }]);
});

test.each(['openwx', 'pchook'] as const)('%s: a scan that was to come dies with the process', async (front) => {
  const clock = manualClock(Date.now());
  const waits = { scanAfterMs: 1000, confirmAfterMs: null };
  await using simulator = await startSimulator({ ...everyFront, clock, openwx: waits, pchook: waits });
  const driven = simulator.driven.find((account) => account.front === front)!;
  const started = async (): Promise<void> => {
    await driven.start(false);
    await simulator.until(() => ['scaning', '0'].includes(stateOf(driven)));
    // One round trip, after which the login waits for the phone.
    await control(`${simulator.controlUrl}/state`, 'GET');
  };
  await started();
  clock.advance(500);
  await driven.die();
  driven.scan();
  expect(['confirming', '1']).not.toContain(stateOf(driven));
  await started();
  clock.advance(500);
  expect(['scaning', '0']).toContain(stateOf(driven));
  clock.advance(500);
  await simulator.until(() => ['confirming', '1'].includes(stateOf(driven)));
});

test('a login that died while it waited for the scan takes none from the one that follows', async () => {
  await using receiver = await startReceiver();
  await using simulator = await startSimulator({ openwx: onCommand, controlPort: 0, start: false });
  const account = simulator.account();
  account.postApi = receiver.url;
  void account.start();
  await simulator.until(() => account.state === 'scaning');
  await control(`${simulator.controlUrl}/state`, 'GET');
  account.die();
  const asked = Promise.withResolvers<void>();
  const free = Promise.withResolvers<Record<string, never>>();
  receiver.answer = ({ body }) => {
    if (body['event'] !== 'state_change') return {};
    asked.resolve();
    return free.promise;
  };
  void account.start();
  await asked.promise;
  // The code is shown, the login does not wait for it yet.
  account.scan();
  free.resolve({});
  await simulator.until(() => account.state === 'confirming');
});

test('everything that the control API does is documented', () => {
  const documented = readFileSync('docs/simulator.md', 'utf8');
  const names = Object.keys({ ...accountActions, ...recordActions, ...worldActions }).map((name) =>
    name.split(' ').at(-1)!,
  );
  expect(names.filter((name) => name !== '*' && !documented.includes(`/${name}\``))).toEqual([]);
});

test('the command prints one line with every front, and ends on SIGTERM', async () => {
  const main = new URL('../../src/simulator/main.ts', import.meta.url).pathname;
  const size = ['--accounts', '2', '--controller', '0', '--ecloud', '1', '--hooks', '1', '--dialect', 'NEWEST'];
  const more = ['--talk', '1000', '--post-api', 'http://127.0.0.1:9/{n}'];
  const command = spawn(process.execPath, [main, '--port', '0', '--scan=-1', ...size, ...more]);
  const [line] = (await once(command.stdout, 'data')) as [Buffer];
  const address = 'http://127\\.0\\.0\\.1:\\d+';
  const told = `openwx ${address} ${address} controller ${address} ecloud ${address} authorization \\S+ pchook ${address}`;
  expect(line.toString()).toMatch(new RegExp(`^simulator ready: ${told} control ${address}/control\n$`));
  const [, { accounts }] = await control(`${/control (\S+)/.exec(line.toString().slice(20))![1]}/state`, 'GET');
  expect(accounts).toMatchObject([
    { front: 'openwx', postApi: 'http://127.0.0.1:9/1' },
    { front: 'openwx', postApi: 'http://127.0.0.1:9/2' },
    { front: 'ecloud', callbackUrl: 'http://127.0.0.1:9/3' },
    { front: 'pchook', callbackUrl: 'http://127.0.0.1:9/4', status: '0' },
  ]);
  command.kill('SIGTERM');
  const [code] = (await once(command, 'exit')) as [number | null];
  expect(code).toBe(0);
});
