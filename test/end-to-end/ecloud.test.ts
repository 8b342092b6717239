import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Gateway, startGateway } from '../../src/app.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showId } from '../../src/resolvers/ids.ts';
import { readCallbackUrl } from '../../src/resolvers/accounts/read-accounts.ts';
import { startAccount } from '../../src/resolvers/accounts/start-account.ts';
import { avatarPng } from '../../src/simulator/png.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { config, owner, post, query } from './stack.ts';

let folder: string;
let simulator: Simulator;
let gateway: Gateway;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxgraph-test-'));
  simulator = await startSimulator({
    accounts: 0,
    ecloudAccounts: 2,
    ecloud: { scanAfterMs: null, confirmAfterMs: null },
    friends: 3,
    rooms: 1,
  });
  gateway = await startGateway(config(folder));
});
afterAll(async () => {
  await simulator.stop();
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

type State = { state: string; stateReason: string; wxid: string | null; qrCode: { image: string } | null };
type PictureNode = { upstreamId: string; content: { media: { status: string; url: string } } };
const ids: string[] = [];
const callbackUrls: string[] = [];

it('an account of which only the developer account is known logs in by a QR code that a phone scans', async () => {
  await add(null);
  const [phone] = simulator.ecloud.accounts;
  const scanning = await until(async () => (await stateOf(0)).state === 'SCANNING' && stateOf(0));
  expect(scanning.qrCode?.image).toBe(`data:image/png;base64,${phone!.qrCode!.toString('base64')}`);
  phone!.scan();
  phone!.confirm();
  const running = await until(async () => (await stateOf(0)).state === 'RUNNING' && stateOf(0));
  expect(running).toMatchObject({ wxid: phone!.wxid, qrCode: null });
});

it('an account that is online is found by its wcId; the callback address is set once for both', async () => {
  const second = simulator.ecloud.accounts[1]!;
  second.start();
  await add(second.wxid);
  await until(async () => (await stateOf(1)).state === 'RUNNING');
  await simulator.until(() => simulator.posts.some((one) => one.body['messageType'] === '00000' && one.status === 200));
  expect(simulator.ecloud.callbackUrl).toBe(callbackUrls[0]);
  const calls = simulator.requests.filter((request) => request.path === '/setHttpCallbackUrl');
  expect(calls).toHaveLength(1);
});

it('a picture is fetched from E云 after its message, byte for byte', async () => {
  const account = simulator.ecloud.accounts[0]!;
  const bytes = avatarPng('what she sent');
  const content = { type: 'media', media: 'image', name: 'a.png', bytes } as const;
  const { id } = simulator.world.receive(account.wxid, friendOf(account.wxid), content);
  const text =
    '{ messages { nodes { upstreamId content { ... on MediaContent { media { status mime size url } } } } } }';
  const media = await until(async () => {
    const { nodes } = (await query(gateway.url, text)).data.messages as { nodes: PictureNode[] };
    const found = nodes.find((one) => one.upstreamId === id)?.content.media;
    return found?.status === 'READY' && found;
  });
  expect(media).toMatchObject({ mime: 'image/png', size: bytes.length });
  expect(Buffer.from(await (await fetch(media.url)).arrayBuffer()).equals(bytes)).toBe(true);
});

it('what is posted to one address goes to the account that it is for, once', async () => {
  for (const [at, account] of simulator.ecloud.accounts.entries()) {
    const from = friendOf(account.wxid);
    simulator.fault({ type: 'repeat', account: account.number, times: 1 });
    const { id } = simulator.world.receive(account.wxid, from, `给 ${at} 的消息`);
    const message = await until(async () => (await messagesOf(at)).find((one) => one.upstreamId === id));
    expect(message).toMatchObject({ text: `给 ${at} 的消息`, direction: 'INCOMING', sender: { wxid: from } });
    await until(async () => (await messagesOf(at)).find((one) => one.upstreamId === id && one.duplicates === 1));
    expect((await messagesOf(1 - at)).some((one) => one.upstreamId === id)).toBe(false);
  }
});

it('a callback for a person whom nobody here is, or at an unknown address, is refused', async () => {
  const [url] = callbackUrls;
  const foreign = { messageType: '60001', wcId: 'wxid_somebody', data: { fromUser: 'a', content: 'x', newMsgId: 1 } };
  expect((await post(url!, JSON.stringify(foreign))).status).toBe(403);
  expect((await post(url!, 'no JSON')).status).toBe(400);
  expect((await post(url!.slice(0, -3), JSON.stringify(foreign))).status).toBe(404);
});

it('a send reaches WeChat once, and its echo is joined to it', async () => {
  const [account] = simulator.ecloud.accounts;
  const to = friendOf(account!.wxid);
  const { data, errors } = await query(
    gateway.url,
    `mutation ($to: String!, $id: ID!) { send(input: { targets: [$id], to: [$to], content: { text: "你好" }, waitMs: 10000 }) {
      job { successCount logs { nodes { id status confirmedBy } } } } }`,
    { to, id: ids[0] },
  );
  expect(errors).toBeUndefined();
  const [log] = data.send.job.logs.nodes as { id: string }[];
  expect(log).toMatchObject({ status: 'SENT', confirmedBy: 'UPSTREAM' });
  const sent = simulator.delivered.filter((one) => one.account === account!.number);
  expect(sent.map(({ text }) => text)).toEqual(['你好']);
  const echo = await until(async () => (await messagesOf(0)).find((one) => one.upstreamId === sent[0]!.id));
  expect(echo).toMatchObject({ direction: 'OUTGOING', text: '你好', sendLog: { id: log!.id } });
});

it('an account that E云 says is offline is not RUNNING, and comes back under another wId', async () => {
  const account = simulator.ecloud.accounts[1]!;
  const before = account.wId;
  account.logout({ reason: '账号在其他设备登录' });
  const state = await until(async () => (await stateOf(1)).state === 'RUNNING' && account.wId !== null && stateOf(1));
  expect(state.wxid).toBe(account.wxid);
  expect(account.wId).not.toBe(before);
  const { data } = await query(
    gateway.url,
    'query ($id: ID!) { events(first: 100, types: [CLIENT_STATE_CHANGED], accountIds: [$id]) { nodes { ... on ClientStateChanged { to reason } } } }',
    { id: ids[1] },
  );
  const states = (data.events.nodes as { to: string; reason: string }[]).map(({ to }) => to);
  expect(states.slice(-3)).toEqual(['OFFLINE', 'CONFIRMING', 'RUNNING']);
  expect(JSON.stringify(data)).toContain('账号在其他设备登录');
});

async function add(wcId: string | null): Promise<void> {
  const { object } = await createAccount(gateway.app, owner, {
    name: `E云 ${ids.length + 1}`,
    connection: {
      ecloud: { baseUrl: simulator.ecloud.baseUrl, authorization: simulator.ecloud.authorization, wcId },
    },
    pacing: { intervalMs: 0, jitterMs: 0 },
  });
  callbackUrls.push(readCallbackUrl(gateway.app, owner, object)!);
  ids.push(showId('account', object.id));
  await startAccount(gateway.app, owner, ids.at(-1)!);
}

function friendOf(wxid: string): string {
  const contacts = simulator.world.accounts.get(wxid)!.contacts.values();
  return [...contacts].find((contact) => contact.kind === 'friend')!.wxid;
}

async function stateOf(at: number): Promise<State> {
  const text = 'query ($id: ID!) { account(id: $id) { state stateReason wxid qrCode { image } } }';
  return (await query(gateway.url, text, { id: ids[at] })).data.account as State;
}

type Message = { upstreamId: string; text: string; direction: string; duplicates: number };

async function messagesOf(at: number): Promise<Message[]> {
  const text = `query ($id: ID!) { account(id: $id) { messages(last: 50) {
    nodes { upstreamId text direction duplicates sender { wxid } sendLog { id } } } } }`;
  const { data, errors } = await query(gateway.url, text, { id: ids[at] });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.account.messages.nodes as Message[];
}

/** Looks again whenever something was appended to the log; a repeated message only counts, so also now and then. */
async function until<T>(found: () => Promise<T | null | undefined | false>): Promise<T> {
  const over = AbortSignal.timeout(10_000);
  for (;;) {
    const after = gateway.app.tail.latest();
    const value = await found();
    if (value !== null && value !== undefined && value !== false) return value;
    if (over.aborted) throw new Error(`not so: ${String(found)}`);
    await gateway.app.tail.wait(after, AbortSignal.any([over, AbortSignal.timeout(50)]));
  }
}
