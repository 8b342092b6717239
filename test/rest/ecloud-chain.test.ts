/**
 * A second gateway that drives its accounts through this one's E云 routes: what real clients of E云 do, all of it at once. Its
 * accounts are those of every driver.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from '../../src/app.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { avatarPng } from '../../src/simulator/png.ts';
import { type Driven, type EveryDriver, quickEcloud, startEveryDriver } from '../end-to-end/every-driver.ts';
import { type Answer, adminToken, config, owner, query } from '../end-to-end/stack.ts';

const allowed = { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' };
let every: EveryDriver;
let folder: string;
let second: Gateway;
/** Of the second gateway, by the account of the first. */
const ids = new Map<string, string>();

beforeAll(async () => {
  every = await startEveryDriver(1, allowed, { friends: 3, rooms: 1, roomMembers: 4 });
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-chain-'));
  second = await startGateway(config(folder, allowed), { drivers: { ECLOUD: quickEcloud } });
  const { data } = await every.stack.query('{ accounts(first: 100) { nodes { id wxid } } }');
  for (const { id, wxid } of data.accounts.nodes as { id: string; wxid: string }[]) {
    const { object } = await createAccount(second.app, owner, {
      name: `through ${id}`,
      connection: { ecloud: { baseUrl: every.stack.gateway.url, authorization: adminToken, wcId: wxid } },
      pacing: { intervalMs: 0, jitterMs: 0 },
    });
    ids.set(id, showId('account', object.id));
    await startAccount(second.app, owner, ids.get(id)!);
  }
  await until(async () => {
    const accounts = await ask('{ accounts(first: 100) { nodes { state contactSync { state } } } }');
    const nodes = accounts.data.accounts.nodes as { state: string; contactSync: { state: string } }[];
    return (
      nodes.length === ids.size && nodes.every((one) => one.state === 'RUNNING' && one.contactSync.state === 'DONE')
    );
  });
}, 60_000);
afterAll(async () => {
  await second.stop();
  await every[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const drivers: Driven['driver'][] = ['Openwx', 'E云', 'the hook', 'the newest hook'];
const of = (driver: Driven['driver']): Driven => every.driven.find((one) => one.driver === driver)!;
const ask = (text: string, variables: object = {}): Promise<Answer> => query(second.url, text, variables);
const first = (text: string, variables: object = {}): Promise<Answer> => every.stack.query(text, variables);

/** Looks again whenever something was appended to the second gateway's log. */
async function until<T>(found: () => Promise<T | null | undefined | false>): Promise<T> {
  const over = AbortSignal.timeout(20_000);
  for (;;) {
    const after = second.app.tail.latest();
    const value = await found();
    if (value !== null && value !== undefined && value !== false) return value;
    if (over.aborted) throw new Error(`not so: ${String(found)}`);
    await second.app.tail.wait(after, over);
  }
}

type Seen = {
  id: string;
  upstreamId: string;
  text: string;
  kind: string;
  direction: string;
  revoked: boolean;
  mentions: string[];
  sender: { wxid: string };
  sendLog: { id: string } | null;
  content: { media?: { status: string; url: string | null; name: string | null } };
};

async function messages(get: typeof ask, id: string): Promise<Seen[]> {
  const { data } = await get(
    `query ($id: ID!) { account(id: $id) { messages(last: 100) { nodes { id upstreamId text kind direction revoked mentions
      sender { wxid } sendLog { id } content { ... on MediaContent { media { status url name } } } } } } }`,
    { id },
  );
  return data.account.messages.nodes as Seen[];
}

async function contacts(get: typeof ask, id: string): Promise<{ name: string; kind: string; wxid: string }[]> {
  const { data } = await get(
    `query ($id: ID!) { account(id: $id) { contacts(first: 100) { nodes { id name kind wxid remark
      ... on Friend { alias sex signature }
      ... on ChatRoom { memberCount owner { wxid } members(first: 50) { nodes { wxid name displayName } } } } } } }`,
    { id },
  );
  return data.account.contacts.nodes as { name: string; kind: string; wxid: string }[];
}

const bySecond = (wxid: string, kind: string): string =>
  !wxid.startsWith('@') ? wxid : kind === 'CHAT_ROOM' ? `${wxid}@chatroom` : kind === 'FRIEND' ? wxid : `gh_${wxid}`;

describe.each(drivers)('over an account of %s', (driver) => {
  const own = (): { id: string; through: string; driven: Driven; wxid: string } => {
    const driven = of(driver);
    const { wxid } = driven.simulator.driven.find((one) => one.number === driven.number)!;
    return { id: driven.id, through: ids.get(driven.id)!, driven, wxid };
  };
  const delivered = () => own().driven.simulator.delivered.filter((one) => one.account === own().driven.number);

  it('all contacts are the same, with their kinds, remarks and members', async () => {
    const { id, through } = own();
    const there = (await contacts(first, id)).map((one) => ({ ...one, id: '', wxid: bySecond(one.wxid, one.kind) }));
    const here = (await contacts(ask, through)).map((one) => ({ ...one, id: '' }));
    const sorted = (list: { wxid: string }[]): unknown[] => list.toSorted((a, b) => (a.wxid < b.wxid ? -1 : 1));
    expect(sorted(here)).toEqual(sorted(there));
  });

  it('what comes in arrives once, in private and in a chat room, with its mentions', async () => {
    const { driven, wxid, through, id } = own();
    const { world } = driven.simulator;
    const account = world.accounts.get(wxid)!;
    const friend = [...account.contacts.values()].find((one) => one.kind === 'friend')!.wxid;
    const [room] = [...account.rooms];
    const sender = world.rooms.get(room!)!.members.find((one) => one.wxid !== wxid)!.wxid;
    world.receive(wxid, friend, `私聊 ${driver}\n<第二行> & "引号"`);
    world.receive(wxid, sender, { type: 'text', text: `@我 群聊 ${driver}`, mentions: [wxid] }, room);
    const [inPrivate, inRoom] = await until(async () => {
      const found = (await messages(ask, through)).filter((one) => one.text.includes(`聊 ${driver}`));
      return found.length === 2 && found;
    });
    const [privately, together] = (await messages(first, id)).filter((one) => one.text.includes(`聊 ${driver}`));
    for (const [here, there] of [
      [inPrivate!, privately!],
      [inRoom!, together!],
    ] as const)
      expect({ ...here, id: '', sendLog: null }).toEqual({ ...there, id: '', sendLog: null });
  });

  it('a send reaches WeChat once, its echo is joined to it, and it can be taken back', async () => {
    const { driven, through } = own();
    const before = delivered().length;
    const { data, errors } = await ask(
      `mutation ($id: ID!, $to: String!, $text: String!) { send(input: { targets: [$id], to: [$to], content: { text: $text },
        waitMs: 20000 }) { job { logs { nodes { id status confirmedBy errorMessage } } } } }`,
      { id: through, to: driven.to, text: `发出 ${driver}` },
    );
    expect(errors).toBeUndefined();
    const [log] = data.send.job.logs.nodes as { id: string }[];
    expect(log).toMatchObject({ status: 'SENT', confirmedBy: 'UPSTREAM' });
    expect(delivered().slice(before)).toMatchObject([{ text: `发出 ${driver}` }]);
    const echo = await until(async () => (await messages(ask, through)).find((one) => one.sendLog?.id === log!.id));
    expect(echo).toMatchObject({
      direction: 'OUTGOING',
      text: `发出 ${driver}`,
      upstreamId: delivered().at(-1)!.id,
    });
    const revoked = await ask('mutation ($id: ID!) { revokeMessage(id: $id) { message { revoked } } }', {
      id: echo.id,
    });
    expect(revoked.errors).toBeUndefined();
    expect(revoked.data.revokeMessage.message.revoked).toBe(true);
  });

  it('pictures and files go through in both directions, byte for byte', async () => {
    const { driven, through, wxid } = own();
    const bytes = avatarPng(`through ${driver}`);
    const base64 = Buffer.from(bytes);
    const uploaded = await fetch(`${second.url}/media?name=a.png`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
      body: base64,
    });
    const { media } = (await uploaded.json()) as { media: { id: string } };
    for (const type of ['image', 'file']) {
      const before = delivered().length;
      const { data, errors } = await ask(
        `mutation ($id: ID!, $to: String!, $media: ID!) { send(input: { targets: [$id], to: [$to],
          content: { ${type}: { mediaId: $media } }, waitMs: 20000 }) { job { logs { nodes { status errorMessage } } } } }`,
        { id: through, to: driven.to, media: media.id },
      );
      expect(errors).toBeUndefined();
      expect(data.send.job.logs.nodes).toEqual([{ status: 'SENT', errorMessage: null }]);
      const [sent] = delivered().slice(before);
      expect(sent!.content.type === 'media' && Buffer.from(sent!.content.bytes).equals(base64)).toBe(true);
    }
    // Pictures that come in lie on the disk of the oldest hook's machine.
    if (driver === 'the hook') return;
    const { world } = driven.simulator;
    const friend = [...world.accounts.get(wxid)!.contacts.values()].find((one) => one.kind === 'friend')!.wxid;
    const { id } = world.receive(wxid, friend, { type: 'media', media: 'image', name: 'b.png', bytes });
    const url = await until(async () => {
      const picture = (await messages(ask, through)).find((one) => one.upstreamId === id);
      return picture?.content.media?.status === 'READY' && picture.content.media.url;
    });
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(base64)).toBe(true);
  });

  it('a chat room is made, named and changed; somebody who joins is told of', async () => {
    const { driven, through, wxid } = own();
    const people = (await contacts(ask, through)).filter((one) => one.kind === 'FRIEND').map((one) => one.wxid);
    const made = await ask(
      `mutation ($id: ID!, $members: [String!]!) { createChatRoom(input: { accountId: $id, members: $members, name: "链路群" }) {
        chatRoom { id wxid name } } }`,
      { id: through, members: people.slice(0, 2) },
    );
    expect(made.errors).toBeUndefined();
    const room = made.data.createChatRoom.chatRoom as { id: string; wxid: string; name: string };
    expect(room).toMatchObject({ name: '链路群', wxid: expect.stringMatching(/@chatroom$/) });
    const renamed = await ask(
      'mutation ($id: ID!) { renameChatRoom(input: { chatRoomId: $id, name: "改名" }) { chatRoom { name } } }',
      { id: room.id },
    );
    expect(renamed.errors).toBeUndefined();
    const { world } = driven.simulator;
    const inWorld = [...world.rooms.values()].findLast((one) => one.name === '改名')!;
    expect(inWorld.members.map((one) => one.wxid)).toContain(wxid);
    // The hook says that somebody came, and not who.
    if (driver.endsWith('hook')) return;
    const newcomer = world.addPerson({ name: `新人 ${driver}` });
    world.join(inWorld.wxid, newcomer.wxid);
    await until(async () => {
      const { data } = await ask(
        'query ($id: ID!) { contact(id: $id) { ... on ChatRoom { members(first: 100) { nodes { name } } } } }',
        { id: room.id },
      );
      return (data.contact.members.nodes as { name: string }[]).some((one) => one.name === newcomer.name);
    });
  });

  it('a friend request arrives and is accepted', async () => {
    const { driven, through, wxid } = own();
    driven.simulator.world.requestFriend(wxid, `申请人 ${driver}`, '你好，我是<客户>');
    const request = await until(async () =>
      (await messages(ask, through)).find((one) => one.kind === 'FRIEND_REQUEST' && one.text.includes(driver)),
    );
    const { errors } = await ask('mutation ($id: ID!) { acceptFriendRequest(messageId: $id) { contact { name } } }', {
      id: request.id,
    });
    expect(errors).toBeUndefined();
    const { contacts: known } = driven.simulator.world.accounts.get(wxid)!;
    const names = [...known.keys()].map((one) => driven.simulator.world.people.get(one)!.name);
    expect(names).toContain(`申请人 ${driver}`);
  });
});

it('an account that is stopped here is offline there, with the reason, and comes back', async () => {
  const { id } = of('Openwx');
  const state = async (): Promise<{ state: string; stateReason: string }> =>
    (await ask('query ($id: ID!) { account(id: $id) { state stateReason } }', { id: ids.get(id) })).data.account;
  await first('mutation ($id: ID!) { stopAccount(id: $id) { account { state } } }', { id });
  await until(async () => (await state()).state !== 'RUNNING');
  await first('mutation ($id: ID!) { startAccount(id: $id) { account { state } } }', { id });
  await until(async () => (await state()).state === 'RUNNING');
});

it('a send of which this gateway does not know the outcome is unknown there, too, and never a failure', async () => {
  const { id, simulator, number, to } = of('E云');
  simulator.fault({ type: 'error', route: 'sendText', account: number, times: 1 });
  const { data } = await ask(
    `mutation ($id: ID!, $to: String!) { send(input: { targets: [$id], to: [$to], content: { text: "下落不明" }, waitMs: 20000 }) {
      job { logs { nodes { status } } } } }`,
    { id: ids.get(id), to },
  );
  expect(data.send.job.logs.nodes).toEqual([{ status: 'UNKNOWN' }]);
});
