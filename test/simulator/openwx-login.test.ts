import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { startReceiver } from './receiver.ts';

const onCommand = { scanAfterMs: null, confirmAfterMs: null };

test('a client that waits for the scan takes connections and answers when it runs', async () => {
  await using simulator = await startSimulator({ openwx: onCommand });
  const account = simulator.account();
  await simulator.until(() => account.qrCode !== null && account.state === 'scaning');
  expect(account.qrCode?.subarray(1, 4).toString()).toBe('PNG');
  const answer = fetch(`${account.baseUrl}/openwx/get_user_info`);
  await simulator.until(() => simulator.requests.length === 1);
  account.confirm();
  account.scan();
  await simulator.until(() => account.state === 'confirming');
  expect(simulator.requests[0]?.status).toBe(null);
  account.confirm();
  expect((await answer).status).toBe(200);
  expect(account.state).toBe('running');
});

test('ids change with each scan, but not the uid', async () => {
  await using simulator = await startSimulator();
  const account = simulator.account();
  const user = async (): Promise<{ id: string; uid: number }> =>
    (await (await fetch(`${account.baseUrl}/openwx/get_user_info`)).json()) as { id: string; uid: number };
  const before = await user();
  account.die();
  await account.start();
  const after = await user();
  expect(after.id).not.toBe(before.id);
  expect(after.id).toMatch(/^@[0-9a-f]{32}$/);
  expect(after.uid).toBe(before.uid);
});

test('an expired code is shown anew, and after the last one the client stops', async () => {
  await using receiver = await startReceiver();
  await using simulator = await startSimulator({ openwx: { ...onCommand, qrCodes: 2 }, postApi: receiver.url });
  const account = simulator.account();
  const first = await simulator.until(() => account.state === 'scaning' && account.qrCode);
  account.expireQrCode();
  await simulator.until(() => account.qrCode !== null && !account.qrCode.equals(first));
  await simulator.until(() => receiver.received.length === 3);
  await simulator.until(() => {
    account.expireQrCode();
    return account.session === null;
  });
  const told = receiver.received.map(({ body }) =>
    body['event'] === 'state_change' ? String(body['params']) : body['event'],
  );
  expect(told).toEqual(['input_qrcode', 'loading,scaning', 'input_qrcode', 'scaning,stop', 'stop']);
});

test('a receiver that does not answer stalls the login', async () => {
  await using receiver = await startReceiver();
  const asked = Promise.withResolvers<void>();
  receiver.answer = () => {
    asked.resolve();
    return {};
  };
  await using simulator = await startSimulator({
    postApi: receiver.url,
    openwx: { blockingPostMs: 20 },
    start: false,
  });
  simulator.fault({ type: 'delay', ms: 50, times: 1 });
  await simulator.account().start();
  expect(receiver.received).toEqual([]);
  expect(simulator.account().state).toBe('loading');
  await asked.promise;
  await simulator.until(() => simulator.account().state === 'running');
});
