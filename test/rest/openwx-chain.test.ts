/** A gateway that drives, through the Openwx driver, the accounts of another gateway, whatever drives those. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { tinyJpeg } from '../../src/simulator/png.ts';
import type { Driven } from '../end-to-end/every-driver.ts';
import { type Job, send, upload } from '../end-to-end/sending.ts';
import { type Stack, adminToken, owner, startStack } from '../end-to-end/stack.ts';
import { type Known, type OpenwxClients, startOpenwxClients } from './openwx-client.ts';

let clients: OpenwxClients;
let second: Stack;
const known = new Map<string, Known>();
/** The accounts of the second gateway, by the driver of the first. */
const ids = new Map<string, string>();
const drivers = ['Openwx', 'E云', 'the hook', 'the newest hook'] as const satisfies Driven['driver'][];

beforeAll(async () => {
  [clients, second] = await Promise.all([
    startOpenwxClients(),
    startStack({ simulator: { accounts: 0 }, env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' } }),
  ]);
  for (const driven of clients.driven) {
    known.set(driven.driver, await clients.known(driven));
    const { object } = await createAccount(second.gateway.app, owner, {
      name: driven.driver,
      connection: { openwx: { baseUrl: `${clients.stack.gateway.url}/t/${adminToken}`, client: driven.id } },
      pacing: { intervalMs: 0, jitterMs: 0 },
    });
    await startAccount(second.gateway.app, owner, showId('account', object.id));
    ids.set(driven.driver, showId('account', object.id));
  }
  await second.until(async () => {
    const { data } = await second.query('{ accounts(first: 9) { nodes { state contactSync { state } } } }');
    const nodes = data.accounts.nodes as { state: string; contactSync: { state: string } }[];
    return nodes.every(({ state, contactSync }) => state === 'RUNNING' && contactSync.state === 'DONE');
  }, 30_000);
}, 90_000);
afterAll(async () => {
  // Polls that wait end with the gateway that is asked.
  await clients[Symbol.asyncDispose]();
  await second.stop();
});

type Node = { id: string; text: string; direction: string; revoked: boolean; sender: { wxid: string }; content: Media };
type Media = { media?: { status: string; size: number } };
const fields = `id text direction revoked sender { wxid } content { ... on MediaContent { media { status size } } }`;

/** The newest message of an account of the second gateway that is so. */
const messageOf = (id: string, isSo: (node: Node) => boolean) =>
  second.until(async () => {
    const text = `query ($f: MessageFilter) { messages(filter: $f, last: 20) { nodes { ${fields} } } }`;
    const { data } = await second.query(text, { f: { accountIds: [id] } });
    return (data.messages.nodes as Node[]).findLast(isSo);
  }, 20_000);
const statusOf = (job: Job) => job.logs.nodes.map(({ status, errorMessage }) => [status, errorMessage]);

describe.each(drivers)('over an account of %s', (driver) => {
  const at = () => {
    const driven = clients.driven.find((one) => one.driver === driver)!;
    const { wxid } = driven.simulator.driven.find(({ number }) => number === driven.number)!;
    return { ...driven, ...known.get(driver)!, wxid, second: ids.get(driver)! };
  };

  test('friends, chat rooms and members are the same', async () => {
    const { second: id, room, members, friend } = at();
    const text = `query ($id: ID!, $room: String!, $friend: String!) {
      room: contactByWxid(accountId: $id, wxid: $room) { __typename displayName ... on ChatRoom { memberCount } }
      friend: contactByWxid(accountId: $id, wxid: $friend) { __typename } }`;
    const { data } = await second.query(text, { id, room, friend });
    expect(data.room).toEqual({ __typename: 'ChatRoom', displayName: '产品体验群', memberCount: members.length });
    expect(data.friend).toEqual({ __typename: 'Friend' });
  });

  test('a text and a picture go out once, come back as one message each, and are taken back', async () => {
    const { second: id, simulator, friend } = at();
    const text = `经过两个网关 ${driver}`;
    const sent = await send(second, { targets: [id], to: [friend], text, waitMs: 20_000 });
    expect(statusOf(sent)).toEqual([['SENT', null]]);
    expect(simulator.delivered.filter((one) => one.text === text)).toHaveLength(1);
    const own = await messageOf(id, (node) => node.text === text);
    expect(own).toMatchObject({ direction: 'OUTGOING' });
    const revoke = 'mutation ($id: ID!) { revokeMessage(id: $id) { message { revoked } } }';
    const { data, errors } = await second.query(revoke, { id: own.id });
    expect([errors, data.revokeMessage?.message]).toEqual([undefined, { revoked: true }]);
    const picture = await upload(second, new Uint8Array(tinyJpeg), 'a.jpg');
    const content = { image: { mediaId: picture.id } };
    const job = await send(second, { targets: [id], to: [friend], content, waitMs: 20_000 });
    expect(statusOf(job)).toEqual([['SENT', null]]);
  });

  test('what a friend says, and a picture, arrive once', async () => {
    const { second: id, simulator, wxid, friend } = at();
    const text = `到达 ${driver}`;
    simulator.world.receive(wxid, friend, text);
    const said = await messageOf(id, (node) => node.text === text);
    expect(said).toMatchObject({ direction: 'INCOMING', sender: { wxid: friend } });
    const logged = await second.query(`{ messages(last: 50, filter: { accountIds: ["${id}"] }) { nodes { text } } }`);
    const texts = (logged.data.messages.nodes as { text: string }[]).map((node) => node.text);
    expect(texts.filter((one) => one === text)).toHaveLength(1);
    if (driver === 'the hook') return; // It gives no bytes of received pictures.
    simulator.world.receive(wxid, friend, { type: 'media', media: 'image', name: 'b.jpg', bytes: tinyJpeg });
    const seen = await messageOf(id, (node) => node.direction === 'INCOMING' && node.content.media !== undefined);
    expect(seen.content.media).toMatchObject({ status: 'READY', size: tinyJpeg.length });
  });

  test('a chat room is made, renamed and filled, and a remark set', async () => {
    const { second: id, friends } = at();
    const make = `mutation ($input: CreateChatRoomInput!) { createChatRoom(input: $input) { chatRoom { id displayName } } }`;
    const members = friends.slice(0, 2);
    const made = await second.query(make, { input: { accountId: id, members, name: '两层' } });
    expect(made.errors).toBeUndefined();
    const room = made.data.createChatRoom.chatRoom.id as string;
    const rename = `mutation ($id: ID!) { renameChatRoom(input: { chatRoomId: $id, name: "新名" }) { chatRoom { displayName } } }`;
    expect((await second.query(rename, { id: room })).errors).toBeUndefined();
    const find = 'query ($id: ID!, $w: String!) { contactByWxid(accountId: $id, wxid: $w) { id } }';
    const contact = (await second.query(find, { id, w: friends[0] })).data.contactByWxid.id as string;
    const remark = `mutation ($id: ID!) { setRemark(input: { contactId: $id, remark: "远方" }) { contact { displayName } } }`;
    const { errors, data } = await second.query(remark, { id: contact });
    expect([errors, data.setRemark.contact.displayName]).toEqual([undefined, '远方']);
  });
});

test('an account that is stopped there takes no sends from here', async () => {
  const { id, driver } = clients.driven[0]!;
  const state = async () =>
    (await second.query('query ($id: ID!) { account(id: $id) { state } }', { id: ids.get(driver) })).data.account.state;
  expect(await state()).toBe('RUNNING');
  const { json } = await clients.ask(`stop_client?client=${id}`);
  expect(json).toMatchObject({ code: 0 });
  const refused = await send(second, { targets: [ids.get(driver)!], to: ['filehelper'], text: 'x', waitMs: 5_000 });
  expect(refused.successCount).toBe(0);
});
