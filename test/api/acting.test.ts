import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/db/store.ts';
import { DriverError } from '../../src/drivers/driver.ts';
import { GatewayError } from '../../src/resolvers/errors.ts';
import { capabilities } from '../../src/words.ts';
import { type Answer, type Stack, movableClock, openwxText, post, startStack } from '../end-to-end/stack.ts';
import { type Objects, actingUpstream, makeObjects } from './acting.ts';
import { contactsFetched, dataOf, expectError, headOf } from './ask.ts';

const acting = actingUpstream();
const clock = movableClock();
let stack: Stack;
let objects: Objects;
let room: { id: string; wxid: string; members: Member[] };
let friends: { id: string; wxid: string; displayName: string }[];

type Member = { id: string; wxid: string; name: string; displayName: string };

const roomFields = 'id wxid displayName memberCount members(first: 100) { nodes { id wxid name displayName } }';

beforeAll(async () => {
  stack = await startStack({
    simulator: { friends: 5, rooms: 2, roomMembers: 6 },
    overrides: { clock, drivers: { OPENWX: acting.type } },
  });
  await contactsFetched(stack);
  objects = await makeObjects(stack);
  const data = dataOf(
    await stack.query(`{
      friends: contacts(filter: { kinds: [FRIEND] }) { nodes { id wxid displayName } }
      rooms: contacts(filter: { kinds: [CHAT_ROOM] }) { nodes { ... on ChatRoom { ${roomFields} } } }
    }`),
  );
  friends = data.friends.nodes;
  const found = data.rooms.nodes.find((one: { id: string }) => one.id === objects.room);
  room = { ...found, members: found.members.nodes };
});
afterAll(() => stack.stop());
afterEach(() => {
  acting.calls.length = 0;
  acting.meanwhile = null;
  acting.contacts.clear();
});

const mutate = (text: string, variables: object = {}) => stack.query(`mutation ${text}`, variables);
const revoke = (id = objects.sent): Promise<Answer> =>
  mutate('($id: ID!) { revokeMessage(id: $id) { message { id revoked } cursor } }', { id });
const setRemark = (remark: string, contactId = objects.friend): Promise<Answer> =>
  mutate('($input: SetRemarkInput!) { setRemark(input: $input) { contact { id remark displayName } cursor } }', {
    input: { contactId, remark },
  });
const inRoom = (name: string, members: string[], chatRoomId = room.id): Promise<Answer> =>
  mutate(`($input: ChatRoomMembersInput!) { ${name}(input: $input) { chatRoom { ${roomFields} } cursor } }`, {
    input: { chatRoomId, members },
  });
const createRoom = (members: string[], name: string | null = null): Promise<Answer> =>
  mutate(`($input: CreateChatRoomInput!) { createChatRoom(input: $input) { chatRoom { ${roomFields} } cursor } }`, {
    input: { accountId: '00001', members, name },
  });

/** What has changed since: the events, without those of sends. */
async function eventsAfter(after: string) {
  const answer = await stack.query(
    `query ($after: String) { events(after: $after, first: 100) { nodes { __typename cursor
      ... on MessageUpdated { message { id revoked } }
      ... on ContactChanged { change property from to contact { id } member { wxid } } } } }`,
    { after },
  );
  return dataOf(answer).events.nodes as Record<string, unknown>[];
}

describe('a message', () => {
  it('that was taken back is told late, twice, or asked of WeChat again', async () => {
    const before = await headOf(stack);
    const first = dataOf(await revoke()).revokeMessage;
    expect(first.message).toEqual({ id: objects.sent, revoked: true });
    expect(acting.calls).toMatchObject([
      ['revoke', { peerWxid: expect.any(String), upstreamId: expect.any(String), reference: expect.any(String) }],
    ]);
    expect(await eventsAfter(before)).toEqual([
      { __typename: 'MessageUpdated', cursor: first.cursor, message: { id: objects.sent, revoked: true } },
    ]);
    expect(dataOf(await revoke()).revokeMessage.message.revoked).toBe(true);
    expect(acting.calls).toHaveLength(1);
    expect(await eventsAfter(first.cursor)).toEqual([]);
  });

  it('of somebody else, or that is none, is revoked', async () => {
    await post(stack.callbackUrls[0]!, openwxText('8100000000000000001', '别人的'));
    const { messages } = dataOf(await stack.query('{ messages(filter: { search: "别人的" }) { nodes { id } } }'));
    expectError(await revoke(messages.nodes[0].id), 'BAD_INPUT', { field: 'id' });
    expectError(await revoke('msg_98765'), 'NOT_FOUND');
    expect(acting.calls).toEqual([]);
  });
});

describe('a contact', () => {
  it('keeps its old remark, or is told without what it was', async () => {
    const before = await headOf(stack);
    const named = dataOf(await setRemark('  老王 ')).setRemark;
    expect(named.contact).toEqual({ id: objects.friend, remark: '老王', displayName: '老王' });
    const cleared = dataOf(await setRemark(' ')).setRemark;
    expect(cleared.contact.remark).toBeNull();
    expect(cleared.contact.displayName).not.toBe('老王');
    expect(acting.calls.map(([call, , remark]) => [call, remark])).toEqual([
      ['setRemark', '老王'],
      ['setRemark', ''],
    ]);
    const contact = { id: objects.friend };
    const change = { __typename: 'ContactChanged', change: 'UPDATED', property: 'remark', contact, member: null };
    const events = await eventsAfter(before);
    expect(events).toMatchObject([
      { ...change, to: '老王', cursor: named.cursor },
      { ...change, from: '老王', to: null, cursor: cleared.cursor },
    ]);
  });

  it('is pinned without saying so, or stays pinned', async () => {
    const pin = (pinned: boolean) =>
      mutate('($input: PinContactInput!) { pinContact(input: $input) { contact { pinned } } }', {
        input: { contactId: objects.room, pinned },
      });
    expect(dataOf(await pin(true)).pinContact.contact.pinned).toBe(true);
    expect(dataOf(await pin(false)).pinContact.contact.pinned).toBe(false);
    expect(acting.calls).toEqual([
      ['pin', room.wxid, true],
      ['pin', room.wxid, false],
    ]);
  });

  it('gets a remark of any length, or of no text', async () => {
    for (const remark of ['长'.repeat(51), 'a\nb'])
      expectError(await setRemark(remark), 'BAD_INPUT', { field: 'remark' });
    expect(acting.calls).toEqual([]);
  });
});

describe('a chat room', () => {
  it('that is made is not a contact at once, or of other people than were named', async () => {
    const [one, other] = friends;
    acting.made = { wxid: '@@new', kind: 'CHAT_ROOM', name: '' };
    acting.contacts.set('@@new', {
      ...acting.made,
      members: [one!, other!].map(({ wxid, displayName }) => ({ wxid, name: displayName })),
    });
    const before = await headOf(stack);
    const answer = dataOf(await createRoom([one!.id, other!.displayName, one!.wxid, ' @stranger '], '项目组'));
    const { chatRoom, cursor } = answer.createChatRoom;
    expect(acting.calls).toEqual([['create', [one!.wxid, other!.wxid, '@stranger'], '项目组']]);
    expect(chatRoom).toMatchObject({ wxid: '@@new', displayName: '项目组', memberCount: 2 });
    expect(await eventsAfter(before)).toMatchObject([
      { __typename: 'ContactChanged', change: 'ADDED', contact: { id: chatRoom.id }, cursor },
    ]);
    const { contacts } = dataOf(
      await stack.query('{ contacts(filter: { kinds: [CHAT_ROOM], search: "项目组" }) { totalCount } }'),
    );
    expect(contacts.totalCount).toBe(1);
  });

  it('is made although a name is of several, a member is no person, or nobody is named', async () => {
    const [one, other] = friends;
    for (const { id } of [one!, other!]) dataOf(await setRemark('同名', id));
    acting.calls.length = 0;
    const before = await headOf(stack);
    const candidates = [one!, other!].map(({ id, wxid }) => ({ id, wxid, displayName: '同名' }));
    expectError(await createRoom(['同名', one!.id]), 'AMBIGUOUS_RECEIVER', {
      field: 'members',
      candidates: expect.arrayContaining(candidates),
    });
    expectError(await inRoom('inviteToChatRoom', ['同名']), 'AMBIGUOUS_RECEIVER');
    expectError(await createRoom([one!.id, room.id]), 'BAD_INPUT', { field: 'members' });
    for (const members of [[], [' '], Array.from({ length: 101 }, (_, i) => `@${i}`)])
      expectError(await createRoom(members), 'BAD_INPUT', { field: 'members' });
    expectError(await createRoom([one!.id], '长'.repeat(51)), 'BAD_INPUT', { field: 'name' });
    expect(acting.calls).toEqual([]);
    expect(await headOf(stack)).toBe(before);
  });

  it('does not show who came, or shows who was only invited', async () => {
    const before = await headOf(stack);
    // The upstream cannot tell: who is in it stays what it was.
    const invited = dataOf(await inRoom('inviteToChatRoom', ['@guest'])).inviteToChatRoom;
    expect(invited.chatRoom.memberCount).toBe(room.members.length);
    expect(await eventsAfter(before)).toEqual([]);
    const members = [...room.members, { wxid: '@guest', name: '客' }];
    acting.contacts.set(room.wxid, { wxid: room.wxid, kind: 'CHAT_ROOM', members });
    const joined = dataOf(await inRoom('inviteToChatRoom', ['@guest'])).inviteToChatRoom;
    expect(joined.chatRoom.memberCount).toBe(members.length);
    expect(await eventsAfter(before)).toMatchObject([
      { change: 'MEMBER_JOINED', member: { wxid: '@guest' }, cursor: joined.cursor },
    ]);
  });

  it('loses others than were named, or shows who has left', async () => {
    const { members } = dataOf(
      await stack.query(`query ($id: ID!) { contact(id: $id) { ... on ChatRoom { ${roomFields} } } }`, {
        id: room.id,
      }),
    ).contact;
    const [one, other, third] = (members.nodes as Member[]).slice(1);
    const before = await headOf(stack);
    const answer = dataOf(await inRoom('removeFromChatRoom', [one!.id, other!.wxid, one!.wxid]));
    expect(acting.calls).toEqual([['remove', room.wxid, [one!.wxid, other!.wxid]]]);
    const { chatRoom, cursor } = answer.removeFromChatRoom;
    expect(chatRoom.memberCount).toBe(members.nodes.length - 2);
    const left = await eventsAfter(before);
    expect(left.map(({ change, member }) => [change, (member as { wxid: string }).wxid])).toEqual([
      ['MEMBER_LEFT', one!.wxid],
      ['MEMBER_LEFT', other!.wxid],
    ]);
    expect(left.at(-1)!['cursor']).toBe(cursor);
    acting.calls.length = 0;
    // Who has left, is a member of another chat room, or is nobody.
    const friend = (
      friends.find((known) => !members.nodes.some((member: Member) => member.wxid === known.wxid)) ?? room
    ).id;
    for (const nobody of [one!.id, 'mem_98765', other!.wxid, friend, '没有这个人'])
      expectError(await inRoom('removeFromChatRoom', [third!.id, nobody]), 'NOT_FOUND');
    expect(acting.calls).toEqual([]);
  });

  it('loses one of several members with one name', async () => {
    const twins = ['@twin1', '@twin2'].map((wxid) => ({ wxid, name: '双胞胎' }));
    acting.contacts.set(room.wxid, { wxid: room.wxid, kind: 'CHAT_ROOM', members: [...room.members, ...twins] });
    dataOf(await inRoom('inviteToChatRoom', ['@twin1', '@twin2']));
    acting.calls.length = 0;
    const candidates = twins.map(({ wxid }) => ({
      id: expect.stringMatching(/^mem_/) as string,
      wxid,
      displayName: '双胞胎',
    }));
    expectError(await inRoom('removeFromChatRoom', ['双胞胎']), 'AMBIGUOUS_RECEIVER', { field: 'members', candidates });
    expect(acting.calls).toEqual([]);
  });

  it('is what a friend is taken for', async () => {
    const rename = (chatRoomId: string, name: string) =>
      mutate('($input: RenameChatRoomInput!) { renameChatRoom(input: $input) { chatRoom { name displayName } } }', {
        input: { chatRoomId, name },
      });
    expectError(await rename(objects.friend, 'x'), 'BAD_INPUT', { field: 'chatRoomId' });
    expectError(await inRoom('inviteToChatRoom', ['@a'], objects.friend), 'BAD_INPUT', { field: 'chatRoomId' });
    for (const name of ['', '长'.repeat(51)]) expectError(await rename(room.id, name), 'BAD_INPUT', { field: 'name' });
    expect(acting.calls).toEqual([]);
    const renamed = dataOf(await rename(room.id, '新群名')).renameChatRoom;
    expect(renamed.chatRoom).toEqual({ name: '新群名', displayName: '新群名' });
    expect(acting.calls).toEqual([['rename', room.wxid, '新群名']]);
  });
});

describe('a friend', () => {
  it('is asked without the chat room from which the account knows them', async () => {
    const add = (wxid: string, greeting: string | null = null) =>
      mutate('($input: AddFriendInput!) { addFriend(input: $input) { account { id } cursor } }', {
        input: { accountId: '00001', wxid, greeting },
      });
    const stranger = room.members.at(-1)!;
    dataOf(await add(stranger.wxid, '你好'));
    dataOf(await add(stranger.id));
    dataOf(await add('wxid_unknown', ' '));
    const known = expect.stringMatching(/^@@/) as string;
    expect(acting.calls).toEqual([
      ['addFriend', { wxid: stranger.wxid, roomWxid: known }, '你好'],
      ['addFriend', { wxid: stranger.wxid, roomWxid: room.wxid }, null],
      ['addFriend', { wxid: 'wxid_unknown', roomWxid: null }, null],
    ]);
    acting.calls.length = 0;
    expectError(await add('wxid_x', '长'.repeat(101)), 'BAD_INPUT', { field: 'greeting' });
    expectError(await add('mem_98765'), 'NOT_FOUND');
    expect(acting.calls).toEqual([]);
  });

  it('who was accepted is no contact until the next fetch', async () => {
    const accept = (messageId: string) =>
      mutate('($id: ID!) { acceptFriendRequest(messageId: $id) { contact { id kind displayName } cursor } }', {
        id: messageId,
      });
    const before = await headOf(stack);
    const { contact, cursor } = dataOf(await accept(objects.request)).acceptFriendRequest;
    expect(contact).toMatchObject({ kind: 'FRIEND', displayName: '新人' });
    expect(acting.calls).toEqual([
      ['acceptFriendRequest', { wxid: expect.stringMatching(/^@new/) as string, name: '新人', ticket: 'ticket' }],
    ]);
    expect(await eventsAfter(before)).toMatchObject([{ change: 'ADDED', contact: { id: contact.id }, cursor }]);
    expectError(await accept(objects.sent), 'BAD_INPUT', { field: 'messageId' });
  });
});

describe('a code', () => {
  const enter = (code: string) =>
    mutate('($input: EnterVerificationCodeInput!) { enterVerificationCode(input: $input) { account { id } } }', {
      input: { accountId: '00001', code },
    });

  it('does not reach the login that waits for it', async () => {
    expect(dataOf(await enter(' 123456 ')).enterVerificationCode.account).toEqual({ id: '00001' });
    expect(acting.calls).toEqual([['enterCode', '123456']]);
  });

  it('for which no login waits is answered like an account that is not there', async () => {
    acting.meanwhile = () => {
      throw new DriverError('NOT_FOUND', 'no login waits', { certain: true, retry: false });
    };
    expectError(await enter('1'), 'NOT_READY');
    expectError(await enter(''), 'BAD_INPUT', { field: 'code' });
  });
});

describe('a failure of the upstream', () => {
  const fail = (code: DriverError['code'], certain: boolean, retry: boolean) => {
    acting.meanwhile = () => {
      throw new DriverError(code, 'the upstream said no', { certain, retry });
    };
  };

  it.each([
    ['UPSTREAM_UNREACHABLE', true, true, 'UPSTREAM_UNREACHABLE', true],
    ['UPSTREAM_REJECTED', true, false, 'UPSTREAM_REJECTED', undefined],
    ['UPSTREAM_TIMEOUT', false, true, 'UPSTREAM_TIMEOUT', undefined],
    ['FORBIDDEN', true, false, 'UPSTREAM_REJECTED', undefined],
    ['NOT_FOUND', true, false, 'NOT_FOUND', undefined],
    ['UNSUPPORTED', true, false, 'UNSUPPORTED', undefined],
  ] as const)('(%s, certain %s, retry %s) says something else of itself', async (told, certain, retry, code, again) => {
    const before = await headOf(stack);
    fail(told, certain, retry);
    const answer = await setRemark('不行');
    expectError(answer, code);
    const [error] = answer.errors!;
    expect(error!.extensions['retryable']).toBe(again);
    expect(error!.message.includes('may have been done')).toBe(!certain);
    expect(error!.message).toContain('the upstream said no');
    expect(await headOf(stack)).toBe(before);
  });

  it('to answer is waited for without end, or taken for something that was not done', async () => {
    acting.meanwhile = (_, signal) =>
      new Promise((_resolve, reject) => {
        const giveUp = () => reject(new DriverError('UPSTREAM_TIMEOUT', 'given up', { certain: false, retry: true }));
        signal.addEventListener('abort', giveUp, { once: true });
        clock.moveOn(31_000);
      });
    const answer = await setRemark('等');
    expectError(answer, 'UPSTREAM_TIMEOUT');
    expect(answer.errors![0]!.message).toContain('may have been done');
  });

  it('of the store after it was done is called one that may be tried again', async () => {
    const app = stack.gateway.app as { store: Store };
    const { store } = app;
    const full = () => Promise.reject(new GatewayError('UNAVAILABLE', 'the disk is full', { retryable: true }));
    app.store = { ...store, changeContact: full };
    const answer = await setRemark('满');
    app.store = store;
    expectError(answer, 'UNAVAILABLE');
    expect(answer.errors![0]!.extensions['retryable']).toBeUndefined();
    expect(answer.errors![0]!.message).toContain('It was done');
    expect(acting.calls).toHaveLength(1);
  });
});

describe('an account', () => {
  it('whose driver cannot is asked, or is refused without saying what cannot be done', async () => {
    acting.type.capabilities = ['RECEIVE', 'SEND_TEXT'];
    const answers = [await setRemark('不能'), await revoke(objects.sent), await createRoom(['@a', '@b'])];
    acting.type.capabilities = capabilities;
    // What was revoked already needs nobody.
    expect(dataOf(answers[1]!).revokeMessage.message.revoked).toBe(true);
    for (const [answer, what] of [
      [answers[0]!, 'SET_REMARK'],
      [answers[2]!, 'CHAT_ROOM_ADMIN'],
    ] as const) {
      expectError(answer, 'UNSUPPORTED');
      expect(answer.errors![0]!.message).toBe(`The driver OPENWX cannot do ${what}.`);
    }
    expect(acting.calls).toEqual([]);
  });

  it('that is not started is asked', async () => {
    const stop = await stack.query('mutation { stopAccount(id: "00001") { account { state } } }');
    expect(dataOf(stop).stopAccount.account.state).toBe('STOPPED');
    for (const answer of [await setRemark('停'), await createRoom(['@a', '@b'])]) expectError(answer, 'NOT_READY');
    expect(acting.calls).toEqual([]);
  });
});
