import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { startReceiver } from './receiver.ts';
import { recordedRequests } from './recorded.ts';

async function ask(simulator: Simulator, path: string, init?: RequestInit): Promise<string> {
  return (await fetch(`${simulator.controllerUrl}${path}`, init)).text();
}

test('unknown clients, unknown routes and the root answer as the real Controller does', async () => {
  await using simulator = await startSimulator({ controllerPort: 0, start: false });
  const names = [
    'stop_client without client',
    'check_client unknown',
    'get_qrcode unknown',
    'get_qrcode without client',
  ];
  names.push('proxied route without client', 'proxied route unknown client', 'stop_client c4');
  for (const name of names) {
    const recorded = recordedRequests.find((request) => request.name === `controller ${name}`);
    const { path, query } = recorded?.request ?? { path: '', query: '' };
    expect(await ask(simulator, `${path}?${query}`)).toBe(recorded?.response.body);
  }
  const elsewhere = await fetch(`${simulator.controllerUrl}/nope`);
  expect([elsewhere.status, await elsewhere.text()]).toEqual([403, '{"code":-1,"status":"api not found"}']);
  expect((await fetch(simulator.controllerUrl ?? '')).status).toBe(404);
  expect(await ask(simulator, '/openwx/check_client')).toBe('{"client":[],"code":0}');
});

test('starts clients by name, proxies to them, and stops them', async () => {
  await using receiver = await startReceiver();
  await using simulator = await startSimulator({
    controllerPort: 0,
    start: false,
    postApi: receiver.url,
    openwx: { scanAfterMs: null },
  });
  const account = simulator.account();
  const client = `client=${encodeURIComponent('帐号2')}`;
  const started = JSON.parse(await ask(simulator, `/openwx/start_client?${client}&log_level=debug`)) as object;
  expect(started).toEqual({
    account: '帐号2',
    client: '帐号2',
    code: 0,
    log_level: 'debug',
    pid: account.session?.pid,
    port: account.port,
    status: 'success',
  });
  expect(await ask(simulator, `/openwx/start_client?${client}`)).toContain('client already exists');
  expect(await ask(simulator, '/openwx/start_client?client=c9')).toBe('{"code":5,"status":"max clients exceed"}');
  await simulator.until(() => account.state === 'scaning' && account.qrCode !== null);
  const code = await fetch(`${simulator.controllerUrl}/openwx/get_qrcode?${client}`);
  expect([code.status, code.headers.get('content-type')]).toEqual([200, 'image/jpg']);
  expect(await ask(simulator, `/openwx/check_client?${client}`)).toContain('"state":"scaning"');

  const waiting = ask(simulator, `/openwx/get_user_info?${client}`);
  await simulator.until(() => simulator.requests.length === 1);
  account.scan();
  expect(await waiting).toContain('"uid":');
  expect((await fetch(`${simulator.controllerUrl}/openwx/get_qrcode?${client}`)).status).toBe(404);
  expect(await ask(simulator, '/openwx/check_client')).toBe(`{"client":[{"port":${account.port}}],"code":0}`);
  const form = new URLSearchParams({ client: '帐号2', id: 'filehelper', content: '你好' });
  expect(await ask(simulator, '/openwx/send_friend_message', { method: 'POST', body: form })).toContain('success');
  expect(await ask(simulator, `/openwx/search_friend?${client}&id=filehelper`)).toContain('文件传输助手');
  expect(simulator.delivered.map(({ text }) => text)).toEqual(['你好']);

  expect(await ask(simulator, `/openwx/stop_client?${client}`)).toContain('"status":"success"');
  await simulator.until(() => account.session === null);
  expect(await ask(simulator, `/openwx/check_client?${client}`)).toBe('{"code":1,"status":"client not exists"}');

  expect(receiver.received[0]?.body['params']).toEqual(['init', 'loading']);
  expect(receiver.received[1]?.body['params']).toHaveLength(3);
  // Encoded twice, as it arrives from the real one.
  expect(receiver.received[0]?.url).toBe('/post_api?client=%C3%A5%C2%B8%C2%90%C3%A5%C2%8F%C2%B72');
});

test('accounts that are started at once have names', async () => {
  await using simulator = await startSimulator({ controllerPort: 0, accounts: 2 });
  expect(await ask(simulator, '/openwx/get_user_info?client=wx2')).toContain('"account":"account_002"');
});
