import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Driver, DriverError } from '../../src/drivers/driver.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { Account, Room } from '../../src/simulator/wechat.ts';
import { driverAt, outcome, program } from './openwx-program.ts';
import { answerOf } from './recorded.ts';
import { serveHttp, serveTcp } from './server.ts';

const never = new AbortController().signal;
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ openwx: { avatarWaitMs: 1 } });
});
afterAll(() => simulator.stop());
beforeEach(() => {
  simulator.world.refusals.clear();
  simulator.forget();
});

const driver = (): Driver => driverAt(simulator.account().baseUrl);
const idOf = (wxid: string): string => simulator.account().idOf(wxid);
const account = (): Account => simulator.world.accounts.get(simulator.account().wxid)!;
const friends = (): string[] =>
  [...account().contacts.values()].filter(({ kind }) => kind === 'friend').map(({ wxid }) => wxid);
const room = (at = 0): Room => simulator.world.rooms.get([...account().rooms][at]!)!;
/** A member of the room who is no friend. */
const stranger = (): string =>
  room()
    .members.map(({ wxid }) => wxid)
    .find((wxid) => wxid !== account().wxid && !account().contacts.has(wxid))!;
const unknown = '@nobody';
const uncertain: Partial<DriverError> = { code: 'UPSTREAM_REJECTED', certain: false, retry: false };
const notFound: Partial<DriverError> = { code: 'NOT_FOUND', certain: true, retry: false };

function refuse(wxid: string): void {
  simulator.world.refusals.set(wxid, { ret: 1, text: '' });
}

describe('revoke', () => {
  const sentAt = 0;

  it('takes a message back by all that its send was told', async () => {
    const peerWxid = idOf(friends()[0]!);
    const content = { type: 'TEXT', text: '发错了' } as const;
    const receipt = await driver().send({ receiver: peerWxid, receiverKind: null, content, mentions: [] }, never);
    await driver().revoke!({ ...receipt, peerWxid, sentAt }, never);
    expect(simulator.delivered.at(-1)?.content).toMatchObject({ type: 'revoke', messageId: receipt.upstreamId });
    // It is gone now, which is told with code 0, too.
    expect(await outcome(driver().revoke!({ ...receipt, peerWxid, sentAt }, never))).toMatchObject(uncertain);
  });

  it('takes back what the phone sent, by its id and its conversation', async () => {
    const to = friends()[0]!;
    const { id } = simulator.world.sendFromPhone(account().wxid, to, '手机发的');
    await driver().revoke!({ upstreamId: id, reference: null, peerWxid: idOf(to), sentAt }, never);
    expect(simulator.requests[0]?.params).toEqual({ id: `${id}:${idOf(to)}` });
  });

  it('puts together what a bare reference of another version lacks', async () => {
    const { url, seen } = await program({ revoke_message: 'revoke_message full id GET' });
    await driverAt(url).revoke!({ upstreamId: '23910327', reference: '23910327', peerWxid: '@a', sentAt }, never);
    expect(new URLSearchParams(seen[0]?.body).get('id')).toBe('23910327:@a');
  });

  it('refuses a message without an id before anything is asked', async () => {
    const { url, connections } = await serveTcp((socket) => socket.destroy());
    const message = { upstreamId: null, reference: null, peerWxid: '@a', sentAt };
    expect(await outcome(driverAt(url).revoke!(message, never))).toMatchObject({ code: 'UNSUPPORTED', certain: true });
    expect(connections).toHaveLength(0);
  });
});

describe('remarks and pins', () => {
  it('a remark is set, and taken away by an empty one', async () => {
    const [wxid] = friends();
    await driver().setRemark!(idOf(wxid!), '老王 & 小李', never);
    expect(account().contacts.get(wxid!)?.remark).toBe('老王 & 小李');
    await driver().setRemark!(idOf(wxid!), '', never);
    expect(account().contacts.get(wxid!)?.remark).toBe('');
  });

  it('a conversation is pinned and no longer', async () => {
    const [wxid] = friends();
    await driver().pin!(idOf(wxid!), true, never);
    expect(account().contacts.get(wxid!)?.pinned).toBe(true);
    await driver().pin!(idOf(wxid!), false, never);
    expect(account().contacts.get(wxid!)?.pinned).toBe(false);
    await driver().pin!(idOf(room().wxid), true, never);
    expect(simulator.requests.at(-1)?.params).toEqual({ id: idOf(room().wxid), op: '1' });
  });

  it('nobody is NOT_FOUND; what WeChat refuses may have been done, as its missing answer is told alike', async () => {
    const [wxid] = friends();
    expect(await outcome(driver().setRemark!(unknown, 'x', never))).toMatchObject(notFound);
    expect(await outcome(driver().pin!('@@nobody', true, never))).toMatchObject(notFound);
    refuse(wxid!);
    expect(await outcome(driver().setRemark!(idOf(wxid!), 'x', never))).toMatchObject(uncertain);
    expect(await outcome(driver().pin!(idOf(wxid!), true, never))).toMatchObject(uncertain);
  });
});

describe('chat rooms', () => {
  it.each([['新群'], [null]])('one named %s is made of friends and the account', async (name) => {
    const members = friends().slice(0, 2);
    const made = await driver().chatRooms!.create(members.map(idOf), name, never);
    expect(made).toEqual({ wxid: made.wxid, kind: 'CHAT_ROOM', ...(name !== null && { name }) });
    const found = [...simulator.world.rooms.values()].find(({ wxid }) => idOf(wxid) === made.wxid);
    expect(found).toMatchObject({ name: name ?? '' });
    expect(found?.members.map(({ wxid }) => wxid)).toEqual([account().wxid, ...members]);
  });

  it('members come, go, and the name changes', async () => {
    const outside = friends().filter((wxid) => !room().members.some((member) => member.wxid === wxid));
    const joining = outside.slice(0, 2);
    const isMember = (wxid: string): boolean => room().members.some((member) => member.wxid === wxid);
    const { chatRooms } = driver();
    await chatRooms!.invite(idOf(room().wxid), joining.map(idOf), never);
    expect(joining.map(isMember)).toEqual([true, true]);
    const leaving = stranger();
    await chatRooms!.remove(idOf(room().wxid), [idOf(leaving)], never);
    expect(isMember(leaving)).toBe(false);
    await chatRooms!.rename(idOf(room().wxid), '改名', never);
    expect(room().name).toBe('改名');
  });

  it('one unknown person ends the call before anything is done, and is not quoted', async () => {
    const before = simulator.world.rooms.size;
    const some = [idOf(friends()[0]!), unknown];
    const { create, invite, remove, rename } = driver().chatRooms!;
    const errors = [
      await outcome(create(some, null, never)),
      await outcome(invite(idOf(room().wxid), some, never)),
      await outcome(remove(idOf(room().wxid), [idOf(stranger()), unknown], never)),
      await outcome(invite('@@nobody', some, never)),
      await outcome(rename('@@nobody', 'x', never)),
    ];
    for (const error of errors) expect(error).toMatchObject(notFound);
    expect(errors.map(({ message }) => message).join()).not.toContain(unknown);
    expect(simulator.world.rooms.size).toBe(before);
  });

  it('what WeChat refuses may have been done', async () => {
    const [friend] = friends();
    refuse(friend!);
    refuse(room().wxid);
    const { create, invite, remove, rename } = driver().chatRooms!;
    expect(await outcome(create([idOf(friend!)], null, never))).toMatchObject(uncertain);
    expect(await outcome(invite(idOf(room().wxid), [idOf(friend!)], never))).toMatchObject(uncertain);
    expect(await outcome(remove(idOf(room().wxid), [idOf(stranger())], never))).toMatchObject(uncertain);
    expect(await outcome(rename(idOf(room().wxid), 'x', never))).toMatchObject(uncertain);
  });

  it.each<[string, (admin: NonNullable<Driver['chatRooms']>) => Promise<unknown>]>([
    ['an empty name, which ends the program', ({ rename }) => rename('@@g', '', never)],
    ['a name of spaces', ({ rename }) => rename('@@g', ' \n', never)],
    ['the name 0, which is none to Perl', ({ rename }) => rename('@@g', '0', never)],
    ['a room of nobody', ({ create }) => create([], 'x', never)],
    ['an invitation of nobody', ({ invite }) => invite('@@g', [], never)],
    ['an id that is two', ({ remove }) => remove('@@g', ['@a,@b'], never)],
    ['an empty id', ({ create }) => create(['@a', ''], null, never)],
  ])('refuse %s before anything is asked', async (_, call) => {
    const { url, connections } = await serveTcp((socket) => socket.destroy());
    expect(await outcome(call(driverAt(url).chatRooms!))).toMatchObject({ code: 'BAD_INPUT', certain: true });
    expect(connections).toHaveLength(0);
  });

  it('a room that was made without telling its id is an unknown outcome', async () => {
    const { url } = await serveHttp((_, response) => response.end('{"code":0,"status":"success"}'));
    expect(await outcome(driverAt(url).chatRooms!.create(['@a'], null, never))).toMatchObject(uncertain);
  });
});

describe('friends', () => {
  it('a member of a chat room is asked, with a greeting or without', async () => {
    const wxid = idOf(stranger());
    await driver().addFriend!({ wxid, roomWxid: idOf(room().wxid) }, '你好', never);
    await driver().addFriend!({ wxid, roomWxid: null }, null, never);
    expect(simulator.requests.map(({ params }) => params)).toEqual([
      { id: wxid, verify: '你好' },
      { id: wxid, verify: '' },
    ]);
  });

  it.each<[string, () => string, Partial<DriverError>]>([
    ['oneself', () => account().wxid, { code: 'UPSTREAM_REJECTED', message: 'can not be yourself (code 101)' }],
    ['a friend', () => friends()[0]!, { code: 'UPSTREAM_REJECTED', message: 'already a friend (code 101)' }],
    ['somebody in no chat room', () => unknown, notFound],
  ])('%s is refused for certain, with the words', async (_, wxid, expected) => {
    const asked = driver().addFriend!({ wxid: idOf(wxid()), roomWxid: null }, null, never);
    expect(await outcome(asked)).toMatchObject({ certain: true, ...expected });
  });

  it('a request is accepted once; the second time WeChat refuses', async () => {
    const request = simulator.world.requestFriend(account().wxid, '新朋友', '我是新朋友');
    const told = { wxid: idOf(request.wxid), name: request.name, ticket: request.ticket };
    await driver().acceptFriendRequest!(told, never);
    expect(account().contacts.has(request.wxid)).toBe(true);
    expect(await outcome(driver().acceptFriendRequest!(told, never))).toMatchObject(uncertain);
  });

  it.each([
    ['an id', { wxid: null, name: 'x', ticket: 'v2' }],
    ['a ticket', { wxid: '@a', name: null, ticket: null }],
  ])('a request without %s is refused, as the program would ask WeChat all the same', async (_, request) => {
    const { url, connections } = await serveTcp((socket) => socket.destroy());
    expect(await outcome(driverAt(url).acceptFriendRequest!(request, never))).toMatchObject({ code: 'BAD_INPUT' });
    expect(connections).toHaveLength(0);
  });
});

describe('fetchAvatar', () => {
  const of = (wxid: string, roomWxid: string | null = null) => ({ wxid, roomWxid, avatarUrl: null });

  it.each(['get_avatar friend GET', 'get_avatar png'])('gives the picture of %s', async (recording) => {
    const { url } = await program({ get_avatar: recording });
    const { contentType, body } = answerOf(recording);
    const { chunks, mime } = await driverAt(url).fetchAvatar!(of('@a'), never);
    expect(Buffer.concat(await Array.fromAsync(chunks)).toString('base64')).toBe(body);
    expect(mime).toBe(contentType);
  });

  it('asks for a member through the chat room', async () => {
    const [wxid, roomWxid] = [idOf(stranger()), idOf(room().wxid)];
    expect(await outcome(driver().fetchAvatar!(of(wxid, roomWxid), never))).toMatchObject(notFound);
    expect(simulator.requests[0]?.params).toEqual({ id: wxid, group_id: roomWxid });
  });

  it.each<[string, Partial<DriverError>]>([
    ['get_avatar friend without avatar', notFound],
    ['get_avatar unknown group', notFound],
    ['get_avatar group member given only id', notFound],
    ['auth wrong token', { code: 'FORBIDDEN' }],
    ['get_user_info GET', { code: 'UPSTREAM_REJECTED' }],
  ])('fails for %s', async (recording, expected) => {
    const { url } = await program({ get_avatar: recording });
    expect(await outcome(driverAt(url).fetchAvatar!(of('@a'), never))).toMatchObject(expected);
  });
});

describe('fetchContact', () => {
  it('gives a friend, and a chat room with its members', async () => {
    const [wxid] = friends();
    const { name } = simulator.world.people.get(wxid!)!;
    expect(await driver().fetchContact!(idOf(wxid!), never)).toMatchObject({ wxid: idOf(wxid!), kind: 'FRIEND', name });
    // Another than the one that was renamed, which the program does not note.
    const { wxid: roomWxid, name: roomName, members } = room(1);
    const found = await driver().fetchContact!(idOf(roomWxid), never);
    expect(found).toMatchObject({ wxid: idOf(roomWxid), kind: 'CHAT_ROOM', name: roomName });
    expect(found.members).toHaveLength(members.length);
  });

  it('does not find strangers', async () => {
    expect(await outcome(driver().fetchContact!(unknown, never))).toMatchObject(notFound);
    expect(await outcome(driver().fetchContact!('@@nobody', never))).toMatchObject(notFound);
  });

  it('reads the lists where a token is in the address, over which a search breaks', async () => {
    const { url, seen } = await program({
      get_friend_info: 'get_friend_info GET',
      get_group_info: 'get_group_info GET',
    });
    const guarded = driverAt(`${url}/?token=t`);
    expect(await guarded.fetchContact!('@f_alice_0001', never)).toMatchObject({ name: '爱丽丝' });
    expect(await guarded.fetchContact!('@@g_perl_0001', never)).toMatchObject({ name: 'PERL学习交流' });
    expect(await outcome(guarded.fetchContact!(unknown, never))).toMatchObject(notFound);
    expect(seen.every(({ query }) => query.get('token') === 't')).toBe(true);
  });
});
