import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gateway, startGateway } from '../../src/app.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { deleteAccount } from '../../src/resolvers/accounts/delete-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { readCallbackUrl } from '../../src/resolvers/accounts/read-accounts.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { allMessages, config, movableClock, owner, post } from './stack.ts';

const clock = movableClock();
let folder: string;
let simulator: Simulator;
let gateway: Gateway;
const added: { id: string; url: string }[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-test-'));
  simulator = await startSimulator({ accounts: 0, ecloudAccounts: 2, friends: 2, rooms: 1 });
  for (const account of simulator.ecloud.accounts) account.start();
  gateway = await startGateway(config(folder), { clock });
  const [one, two] = simulator.ecloud.accounts;
  // The same person twice: two accounts on one upstream are allowed.
  await Promise.all([one!.wxid, two!.wxid, one!.wxid].map((wcId) => add(wcId)));
  await simulator.until(() => simulator.ecloud.callbackUrl !== null);
});
afterAll(async () => {
  await simulator.stop();
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sets = () => simulator.requests.filter(({ path }) => path === '/setHttpCallbackUrl').length;

it('the address is set once for accounts that come up together', async () => {
  await simulator.until(() => simulator.requests.filter(({ path }) => path === '/initAddressList').length === 3);
  expect(sets()).toBe(1);
});

it('a message of a person who is two accounts here is both accounts’', async () => {
  const [one] = simulator.ecloud.accounts;
  const [friend] = one!.account.contacts.keys();
  const { id } = simulator.world.receive(one!.wxid, friend!, '两个账号');
  await simulator.until(() => simulator.posts.some((sent) => sent.text.includes('两个账号') && sent.status === 200));
  const found = (await allMessages(gateway.url, 'upstreamId account { wxid }')) as unknown as {
    upstreamId: string;
    account: { wxid: string };
  }[];
  expect(found.filter((message) => message.upstreamId === id).map((message) => message.account.wxid)).toEqual([
    one!.wxid,
    one!.wxid,
  ]);
});

it('another developer account’s people are not reached through it', async () => {
  const { object } = await createAccount(gateway.app, owner, {
    name: '别人的',
    connection: { ecloud: { baseUrl: simulator.ecloud.baseUrl, authorization: 'another', wcId: 'wxid_elsewhere' } },
  });
  const body = JSON.stringify({ messageType: '60001', wcId: 'wxid_elsewhere', data: { fromUser: 'a', content: 'x' } });
  expect((await post(added[0]!.url, body)).status).toBe(403);
  expect((await post(readCallbackUrl(gateway.app, owner, object)!, body)).status).toBe(200);
});

it('when the account whose address it was is deleted, another one gives its own', async () => {
  const holder = added.find(({ url }) => url === simulator.ecloud.callbackUrl)!;
  await deleteAccount(gateway.app, owner, holder.id);
  clock.moveOn(31_000);
  await simulator.until(() => simulator.ecloud.callbackUrl !== holder.url);
  expect([sets(), added.some(({ url }) => url === simulator.ecloud.callbackUrl)]).toEqual([2, true]);
});

async function add(wcId: string): Promise<void> {
  const { baseUrl, authorization } = simulator.ecloud;
  const { object } = await createAccount(gateway.app, owner, {
    name: 'E云',
    connection: { ecloud: { baseUrl, authorization, wcId } },
  });
  const id = showId('account', object.id);
  added.push({ id, url: readCallbackUrl(gateway.app, owner, object)! });
  await startAccount(gateway.app, owner, id);
}
