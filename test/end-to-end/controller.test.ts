import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { deleteAccount } from '../../src/resolvers/accounts/delete-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { readCallbackUrl } from '../../src/resolvers/accounts/read-accounts.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { updateAccount } from '../../src/resolvers/accounts/update-account.ts';
import { type Stack, allMessages, openwxText, owner, post, startStack } from './stack.ts';

let stack: Stack;
/** Of the accounts that stand for the Controller's clients wx1 and wx2. */
const accounts: { id: string; number: number; callbackUrl: string }[] = [];
beforeAll(async () => {
  stack = await startStack({ simulator: { accounts: 2, controllerPort: 0 }, post: false, wait: false });
  // Those of the stack are not asked through the Controller.
  for (const id of stack.accountIds) await deleteAccount(stack.gateway.app, owner, id);
  for (const client of ['wx1', 'wx2']) {
    const { object } = await createAccount(stack.gateway.app, owner, {
      name: client,
      connection: { openwx: { baseUrl: stack.simulator.controllerUrl!, client } },
    });
    const callbackUrl = readCallbackUrl(stack.gateway.app, owner, object)!;
    accounts.push({ id: showId('account', object.id), number: Number(client.at(-1)), callbackUrl });
    await startAccount(stack.gateway.app, owner, accounts.at(-1)!.id);
  }
  await stack.until(async () => {
    const { data } = await stack.query('{ accounts(filter: { states: [RUNNING] }) { totalCount } }');
    return data.accounts.totalCount === 2;
  });
});
afterAll(() => stack.stop());

const texts = async () => {
  const found = await allMessages<{ text: string; account: { id: string } }>(stack.gateway.url, 'text account { id }');
  return found.map(({ text, account }) => `${account.id} ${text}`);
};
const polls = (number: number) =>
  stack.simulator.requests.filter(({ path, account }) => path === '/openwx/check_event' && account === number).length;

it('a Controller that posts for all its clients to one account’s address reaches the one that is named, which alone is polled no more', async () => {
  const [first, second] = accounts as [(typeof accounts)[number], (typeof accounts)[number]];
  // post_api of the Controller; it appends ?client=NAME.
  for (const { number } of accounts) stack.simulator.account(number).postApi = first.callbackUrl;
  const { world } = stack.simulator;
  const account = stack.simulator.account(second.number);
  const friend = [...account.account.contacts.values()].find((contact) => contact.kind === 'friend')!;
  world.receive(account.wxid, friend.wxid, 'for the second');
  await stack.until(async () => (await texts()).includes(`${second.id} for the second`));
  await stack.simulator.until(() => stack.simulator.posts.at(-1)?.status === 200);
  expect((await texts()).filter((text) => text.includes('for the second'))).toEqual([`${second.id} for the second`]);
  const polled = [first, second].map(({ number }) => polls(number));
  // The addressed one has not posted: it is polled on; the other one may have had one poll under way.
  await stack.simulator.until(() => polls(first.number) >= polled[0]! + 3);
  expect(polls(second.number)).toBeLessThanOrEqual(polled[1]! + 1);
});

it('a post for a client whom nobody here is, is refused, counted and kept in quarantine, and makes no message', async () => {
  const before = await texts();
  const [first] = accounts;
  const answer = await post(`${first!.callbackUrl}?client=wx9`, openwxText('77', 'for nobody'));
  expect([answer.status, await texts()]).toEqual([403, before]);
  const database = new BetterSqlite3(join(stack.folder, 'wxgraph.db'), { readonly: true });
  const kept = database.prepare('select body from quarantine').pluck().all() as string[];
  const counted = database.prepare(`select count from skipped_count where what like 'callback refused%'`).pluck().all();
  database.close();
  expect([kept.map((body) => body.includes('for nobody')), counted]).toEqual([[true], [1]]);
});

it('an account that was changed a moment ago is read as what it is now, and one that was deleted is gone', async () => {
  const { app } = stack.gateway;
  const connection = (client: string) => ({ openwx: { baseUrl: stack.simulator.controllerUrl!, client } });
  const { object } = await createAccount(app, owner, { name: 'idle', connection: connection('wx5') });
  const [id, url] = [showId('account', object.id), readCallbackUrl(app, owner, object)!];
  const posted = async (client: string) =>
    (await post(`${url}?client=${client}`, openwxText('78', 'for five', { receiver_uid: '' }))).status;
  for (let i = 0; i < 5; i += 1) {
    expect([await posted('wx5'), await posted('wx6')]).toEqual([200, 403]);
    await updateAccount(app, owner, { id, connection: connection('wx6') });
    expect([await posted('wx5'), await posted('wx6')]).toEqual([403, 200]);
    await updateAccount(app, owner, { id, connection: connection('wx5') });
  }
  await deleteAccount(app, owner, id);
  expect(await posted('wx5')).toBe(404);
});
