/** A gateway that drives, through the hook's driver, the accounts of another gateway, of every driver, in both dialects. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { startAccount, stopAccount } from '../../src/resolvers/accounts/start-account.ts';
import { tinyJpeg } from '../../src/simulator/png.ts';
import type { Message } from '../../src/simulator/wechat.ts';
import { type PchookDialect, pchookDialects } from '../../src/words.ts';
import type { Driven } from '../end-to-end/every-driver.ts';
import { send } from '../end-to-end/sending.ts';
import { type Stack, adminToken, owner, startStack } from '../end-to-end/stack.ts';
import { type HookClients, startHookClients } from './hook-client.ts';

let clients: HookClients;
let second: Stack;
/** The accounts of the second gateway, by driver and dialect. */
const ids = new Map<string, string>();

const drivers = ['Openwx', 'E云', 'the hook', 'the newest hook'] as const satisfies Driven['driver'][];
const pairs = drivers.flatMap((driver) => pchookDialects.map((dialect) => [driver, dialect] as const));

beforeAll(async () => {
  [clients, second] = await Promise.all([
    startHookClients(),
    startStack({ simulator: { accounts: 0 }, env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' } }),
  ]);
  for (const [driver, dialect] of pairs) {
    const { id } = drivenBy(driver);
    const { object } = await createAccount(second.gateway.app, owner, {
      name: `${driver} ${dialect}`,
      connection: { pchook: { baseUrl: clients.base(id), dialect, timezone: 'Asia/Shanghai' } },
      pacing: { intervalMs: 0, jitterMs: 0 },
    });
    ids.set(`${driver} ${dialect}`, showId('account', object.id));
  }
}, 60_000);
afterAll(async () => {
  await second.stop();
  await clients[Symbol.asyncDispose]();
});

function drivenBy(driver: Driven['driver']): Driven {
  return clients.driven.find((one) => one.driver === driver)!;
}

type Contact = { wxid: string; kind: string; displayName: string; memberCount?: number | null };
const contactFields = 'wxid kind displayName ... on ChatRoom { memberCount owner { wxid } }';

async function contactsOf(stack: Stack, id: string): Promise<Contact[]> {
  const text = `query ($id: ID!) { account(id: $id) { contacts(first: 100) { nodes { ${contactFields} } } } }`;
  const { data } = await stack.query(text, { id });
  return (data.account.contacts.nodes as Contact[]).toSorted((a, b) => (a.wxid < b.wxid ? -1 : 1));
}

type Node = {
  id: string;
  text: string;
  kind: string;
  direction: string;
  upstreamId: string | null;
  revoked: boolean;
  mentionsMe: boolean;
  sentAt: string;
  sender: { wxid: string };
  chat: { contact: { wxid: string; kind: string } };
  sendLog: { status: string } | null;
  content: { media?: { status: string; size: number | null; name: string | null } };
};
const messageFields = `id text kind direction upstreamId revoked mentionsMe sentAt sender { wxid } chat { contact { wxid kind } }
  sendLog { status } content { ... on MediaContent { media { status size name } } }`;

/** The newest message of an account that is so. */
function messageOf(stack: Stack, id: string, isSo: (node: Node) => boolean): Promise<Node> {
  const text = `query ($filter: MessageFilter) { messages(filter: $filter, last: 20) { nodes { ${messageFields} } } }`;
  return stack.until(async () => {
    const { data } = await stack.query(text, { filter: { accountIds: [id] } });
    return (data.messages.nodes as Node[]).findLast(isSo);
  });
}

describe.each(pairs)('an account of %s, driven as a hook of %s', (driver, dialect: PchookDialect) => {
  const place = () => {
    const driven = drivenBy(driver);
    const { world } = driven.simulator;
    const at = driven.number;
    const { simulator } = driven;
    const fronts = { Openwx: simulator.accounts, E云: simulator.ecloudAccounts, hook: simulator.hooks };
    const all: readonly { number: number; wxid: string }[] =
      fronts[driver === 'Openwx' || driver === 'E云' ? driver : 'hook'];
    const { wxid } = all.find(({ number }) => number === at)!;
    const { contacts, rooms } = world.accounts.get(wxid)!;
    const friend = [...contacts.values()].find(({ kind }) => kind === 'friend')!.wxid;
    const room = [...rooms].find((one) => world.rooms.get(one)!.name === '产品体验群')!;
    return { first: driven.id, id: ids.get(`${driver} ${dialect}`)!, world, wxid, friend, room };
  };
  // A hook posts to one address: the next account takes it over.
  afterAll(async () => void (await stopAccount(second.gateway.app, owner, place().id)));
  /** The same message on both sides. */
  const bothHave = async (isSo: (node: Node) => boolean): Promise<readonly [Node, Node]> => {
    const { first, id } = place();
    return [await messageOf(clients.stack, first, isSo), await messageOf(second, id, isSo)];
  };

  it('comes to run, and has its contacts and chat rooms with their members', async () => {
    const { first, id } = place();
    await clients.speak(first, dialect);
    await startAccount(second.gateway.app, owner, id);
    await second.until(async () => {
      const text = 'query ($id: ID!) { account(id: $id) { state contactSync { state } } }';
      const { state, contactSync } = (await second.query(text, { id })).data.account;
      return state === 'RUNNING' && contactSync.state === 'DONE';
    });
    const [theirs, ours] = [await contactsOf(clients.stack, first), await contactsOf(second, id)];
    expect(ours.length).toBe(theirs.length);
    // Openwx's ids do not tell what they are of.
    const shown = ({ kind, wxid }: Contact) =>
      !wxid.startsWith('@')
        ? wxid
        : kind === 'CHAT_ROOM'
          ? `${wxid}@chatroom`
          : kind === 'FRIEND'
            ? wxid
            : `gh_${wxid}`;
    const asShown = theirs.map((one) => ({ ...one, wxid: shown(one) }));
    expect(ours).toMatchObject(asShown.toSorted((a, b) => (a.wxid < b.wxid ? -1 : 1)));
    const { data } = await clients.stack.query('{ webhooks { nodes { format accountIds } } }');
    expect(data.webhooks.nodes).toContainEqual({ format: 'PCHOOK', accountIds: [first] });
  });

  it('receives what a friend writes, and what is said to it in a chat room, once and with its id and time', async () => {
    const { world, wxid, friend, room } = place();
    const one = world.receive(wxid, friend, `在吗 ${driver} ${dialect}\n第二行 <&>`);
    const [theirs, ours] = await bothHave(({ text }) => text.startsWith(`在吗 ${driver} ${dialect}`));
    expect(ours).toMatchObject({ text: theirs.text, upstreamId: one.id, kind: 'TEXT', direction: 'INCOMING' });
    expect(ours.sender.wxid).toBe(theirs.sender.wxid);
    expect(ours.sentAt.slice(0, 19)).toBe(theirs.sentAt.slice(0, 19));
    const said = { type: 'text', text: `@你 ${driver} ${dialect}`, mentions: [wxid] } as const;
    world.receive(wxid, friend, said, room);
    const [there, here] = await bothHave(({ text }) => text.startsWith(`@你 ${driver} ${dialect}`));
    expect(here).toMatchObject({ text: there.text, upstreamId: there.upstreamId, mentionsMe: there.mentionsMe });
    expect(here.chat.contact).toMatchObject({ kind: 'CHAT_ROOM', wxid: expect.stringMatching(/@chatroom$/) as string });
    expect(here.sender.wxid).toBe(there.sender.wxid);
  });

  it('sends a text that arrives once, comes back with its id, and can be revoked', async () => {
    const { first, id, world, friend } = place();
    const words = `你好 ${driver} ${dialect}`;
    const arrived: Message[] = [];
    const off = world.on((event) => {
      if (event.type === 'message' && event.direction === 'outgoing') arrived.push(event.message);
    });
    const [to] = (await contactsOf(second, id)).filter(({ displayName }) => displayName === nameOf(friend));
    const { logs } = await send(second, { targets: [id], to: [to!.wxid], text: words, waitMs: 10_000 });
    expect(logs.nodes).toMatchObject([{ status: 'SENT' }]);
    const [theirs, ours] = await bothHave(({ text, upstreamId }) => text === words && upstreamId !== null);
    off();
    expect(arrived.filter(({ content }) => content.type === 'text' && content.text === words)).toHaveLength(1);
    expect(ours).toMatchObject({ upstreamId: theirs.upstreamId, direction: 'OUTGOING', sendLog: { status: 'SENT' } });
    const { data } = await second.query(
      'query ($filter: MessageFilter) { messages(filter: $filter, last: 50) { nodes { text } } }',
      { filter: { accountIds: [id] } },
    );
    expect((data.messages.nodes as { text: string }[]).filter(({ text }) => text === words)).toHaveLength(1);
    const revoke = 'mutation ($id: ID!) { revokeMessage(id: $id) { message { revoked } } }';
    expect((await second.query(revoke, { id: ours.id })).data?.revokeMessage).toMatchObject({
      message: { revoked: true },
    });
    expect(await messageOf(clients.stack, first, ({ id: one }) => one === theirs.id)).toMatchObject({ revoked: true });

    function nameOf(person: string): string {
      const { remark } = [...world.accounts.get(place().wxid)!.contacts.values()].find((one) => one.wxid === person)!;
      return remark || world.people.get(person)!.name;
    }
  });

  it('sends a picture, and has the bytes of one that it receives where its build tells them', async () => {
    const { id, world, wxid, friend } = place();
    const picture = Buffer.concat([tinyJpeg, Buffer.from(`${driver} ${dialect}`)]);
    const message = world.receive(wxid, friend, { type: 'media', media: 'image', name: 'a.jpg', bytes: picture });
    const [theirs, ours] = await bothHave(({ upstreamId, kind }) => upstreamId === message.id && kind === 'IMAGE');
    expect(ours.kind).toBe(theirs.kind);
    // The newest builds tell the bytes, others where they lie; an older hook gives this gateway none either.
    const hasBytes = dialect === 'NEWEST' && driver !== 'the hook';
    const isTold = ({ content }: Node) => !hasBytes || content.media?.status === 'READY';
    const here = await messageOf(second, id, (node) => node.id === ours.id && isTold(node));
    if (hasBytes) expect(here.content.media).toMatchObject({ size: picture.length });
    const upload = await fetch(`${second.gateway.url}/media?name=b.jpg`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
      body: picture,
    });
    const { media } = (await upload.json()) as { media: { id: string } };
    const content = { image: { mediaId: media.id } };
    const { logs } = await send(second, { targets: [id], to: [theirs.sender.wxid], content, waitMs: 10_000 });
    expect(logs.nodes.map(({ status, errorMessage }) => errorMessage ?? status)).toEqual(['SENT']);
  });
});
