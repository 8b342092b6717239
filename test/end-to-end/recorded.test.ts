/** What a real Mojo-Weixin posted, posted again to a gateway over the WeChat that it was recorded from. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recorded } from '../drivers/recorded.ts';
import { recordedOpenwx, recordedWorld } from '../simulator/recorded.ts';
import { type Stack, allMessages, post, startStack } from './stack.ts';

type Post = { name: string; rawBody: string; body: Record<string, unknown>; query: string };
const posts = recorded.events.flatMap(({ name, posts: bodies }) => bodies.map((one): Post => ({ ...one, name })));
const isMessage = ({ body }: Post) => body['class'] !== undefined && body['msg'] !== '发送失败';
const ours = posts.filter((one) => one.query === '');

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ simulator: { build: recordedWorld, openwx: recordedOpenwx }, wait: true });
  // From here on only the recording speaks.
  stack.simulator.account().postApi = null;
});
afterAll(() => stack.stop());

type Event = {
  __typename: string;
  to?: string;
  qrCode?: { image: string } | null;
  change?: string;
  property?: string | null;
  from?: string | null;
  toValue?: string | null;
  contact?: { wxid: string; displayName: string } | null;
  member?: { wxid: string } | null;
  sync?: { state: string };
  message?: { text: string; kind: string };
};

/** What the log says of the posts recorded under this name, in its order. */
async function eventsOf(name: string): Promise<Event[]> {
  const after = await stack.head();
  for (const one of ours.filter((candidate) => candidate.name === name)) await postOk(one);
  const { data } = await stack.query(
    `query ($after: String) { events(after: $after, first: 100) { nodes { __typename
      ... on ClientStateChanged { to qrCode { image } }
      ... on ContactChanged { change property from toValue: to contact { wxid displayName } member { wxid } }
      ... on ContactsSynced { sync { state } }
      ... on FriendRequested { message { text kind } } } } }`,
    { after },
  );
  return data.events.nodes as Event[];
}

async function postOk({ rawBody, query: parameters, name }: Post): Promise<void> {
  const answer = await post(`${stack.callbackUrls[0]!}${parameters && `?${parameters}`}`, rawBody);
  expect([name, answer.status, await answer.text()]).toEqual([name, 200, 'ok']);
}

describe('everything that a real Openwx program posted', () => {
  it('messages are answered ok and stored once each, of the kind that they are', async () => {
    const messages = ours.filter(isMessage);
    expect(messages.length).toBeGreaterThan(40);
    for (const one of messages) await postOk(one);
    const stored = await allMessages<Stored>(
      stack.gateway.url,
      'upstreamId kind direction text content { __typename }',
    );
    const byId = new Map(stored.map((message) => [message.upstreamId, message]));
    for (const one of messages) {
      const id = String(one.body['id']).split(':')[0]!;
      expect([one.name, byId.get(id)]).toMatchObject([one.name, { upstreamId: id, ...expected(one) }]);
    }
    expect(stored.length).toBe(new Set(messages.map((one) => String(one.body['id']).split(':')[0])).size);
  });

  it('a send that WeChat refused is answered ok and is no message', async () => {
    const before = (await allMessages(stack.gateway.url)).length;
    const [failed] = posts.filter(({ body }) => body['msg'] === '发送失败');
    await postOk(failed!);
    expect((await allMessages(stack.gateway.url)).length).toBe(before);
  });

  it('the posts of a login become its states, the QR code with the state that it belongs to', async () => {
    await eventsOf('stop by SIGTERM');
    const events = await eventsOf('startup posts with every event listed (update_user, update_friend, update_group)');
    const states = events.filter((event) => event.__typename === 'ClientStateChanged');
    // Beside what was posted, the gateway's own look at the simulator may tell RUNNING and LOADING.
    const words = states.map((event) => event.to).filter((to) => to !== 'LOADING');
    expect(words.filter((to, at) => to !== words[at - 1])).toEqual(
      expect.arrayContaining(['SCANNING', 'CONFIRMING', 'UPDATING', 'RUNNING']),
    );
    const scanning = states.filter((event) => event.to === 'SCANNING');
    expect(scanning.at(-1)?.qrCode?.image).toMatch(/^data:image\/jpeg;base64,/);
    expect(events.filter((event) => event.__typename === 'ContactsSynced').map((event) => event.sync?.state)).toEqual(
      expect.arrayContaining(['DONE', 'DONE']),
    );
  });

  it('friends, chat rooms and members that come and go become ContactChanged', async () => {
    const changes = async (name: string) =>
      (await eventsOf(name))
        .filter((event) => event.__typename === 'ContactChanged')
        .map(({ change, contact, member }) => [change, contact?.wxid ?? null, member?.wxid ?? null]);
    expect(await changes('new_friend (ModContact of unknown id)')).toEqual([['ADDED', '@f_new_0100', null]]);
    expect(await changes('new_group')).toEqual([['ADDED', '@@g_mod_0100', null]]);
    expect(await changes('lose_group_member')).toEqual([['MEMBER_LEFT', '@@g_mod_0100', '@m_z2']]);
    expect(await changes('group_member_property_change display')).toEqual([
      ['MEMBER_UPDATED', '@@g_mod_0100', '@m_z1'],
    ]);
    expect(await changes('lose_group')).toEqual([['REMOVED', '@@g_mod_0100', null]]);
    expect(await changes('events posted by API kick_group_member')).toEqual([
      ['MEMBER_LEFT', '@@g_perl_0001', '@m_lang_0002'],
    ]);
  });

  it('a friend request becomes FriendRequested', async () => {
    const requests = (await eventsOf('friend_request')).filter((event) => event.__typename === 'FriendRequested');
    expect(requests).toMatchObject([
      { message: { kind: 'FRIEND_REQUEST', text: expect.stringContaining('小灰') as string } },
    ]);
  });

  it('what another client of a Controller posted is refused with 403 and kept', async () => {
    const foreign = posts.filter((one) => one.query !== '');
    expect(foreign.length).toBeGreaterThan(5);
    for (const one of foreign) {
      const answer = await post(`${stack.callbackUrls[0]!}?${one.query}`, one.rawBody);
      expect([one.name, answer.status]).toEqual([one.name, 403]);
    }
  });
});

type Stored = { upstreamId: string; kind: string; direction: string; text: string; content: { __typename: string } };

/** By what the program's documentation calls it, not by how the driver reads it. */
function expected({ body, name }: Post): Partial<Stored> {
  const direction = body['class'] === 'send' ? 'OUTGOING' : 'INCOMING';
  if (body['type'] === 'group_notice') return { direction, kind: 'SYSTEM' };
  switch (body['format']) {
    case 'media':
      return { direction, kind: String(body['media_type']).toUpperCase(), content: { __typename: 'MediaContent' } };
    case 'app':
      return { direction, kind: 'LINK', content: { __typename: 'LinkContent' } };
    case 'revoke':
      return { direction, kind: 'REVOKE', content: { __typename: 'RevokeContent' } };
    case 'text':
      return { direction, kind: 'TEXT', text: String(body['content']), content: { __typename: 'TextContent' } };
  }
  throw new Error(`what is ${name}?`);
}
