import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';

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
  ['GET', '/nonsense', undefined, 404],
])('%s %s %j answers %i and says why', async (method, path, body, expected) => {
  await using simulator = await startSimulator({ controlPort: 0 });
  const [status, { error }] = await control(`${simulator.controlUrl}${path}`, method, body);
  expect(status).toBe(expected);
  expect(error).toEqual(expect.any(String));
});

test('the command prints one line and ends on SIGTERM', async () => {
  const main = new URL('../../src/simulator/main.ts', import.meta.url).pathname;
  const command = spawn(process.execPath, [main, '--port', '0', '--accounts', '2', '--talk', '1000']);
  const [line] = (await once(command.stdout, 'data')) as [Buffer];
  const address = 'http://127\\.0\\.0\\.1:\\d+';
  expect(line.toString()).toMatch(
    new RegExp(`^simulator ready: openwx ${address} ${address} control ${address}/control\n$`),
  );
  command.kill('SIGTERM');
  const [code] = (await once(command, 'exit')) as [number | null];
  expect(code).toBe(0);
});
