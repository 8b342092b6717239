import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Objects, makeObjects } from '../api/acting.ts';
import { dataOf, headOf } from '../api/ask.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack;
let objects: Objects;
beforeAll(async () => {
  stack = await startStack({ simulator: { friends: 6, rooms: 1, roomMembers: 5 } });
  objects = await makeObjects(stack);
});
afterAll(() => stack.stop());

const mutate = async (text: string, variables: object = {}) => {
  const data = dataOf(await stack.query(`mutation ${text}`, variables)) as Record<string, Record<string, unknown>>;
  return Object.values(data)[0]!;
};
/** The account and its contacts as WeChat has them. */
const inWeChat = () => {
  const { world, account } = stack.simulator;
  const { wxid } = account();
  return { world, wxid, contacts: [...world.accounts.get(wxid)!.contacts.values()] };
};
/** What was told since, until something of this type was. */
const toldSince = (after: string, type: string) =>
  stack.until(async () => {
    const answer = await stack.query(
      `query ($after: String) { events(after: $after, first: 100) { nodes { __typename
        ... on MessageReceived { message { kind } } ... on ContactChanged { change property contact { id } } } } }`,
      { after },
    );
    const events = dataOf(answer).events.nodes as { __typename: string; message?: { kind: string }; change?: string }[];
    return events.some((event) => [event.__typename, event.message?.kind, event.change].includes(type)) && events;
  });

it('a message that is revoked is gone in WeChat, and is told as updated once', async () => {
  const before = await headOf(stack);
  const { message } = await mutate('($id: ID!) { revokeMessage(id: $id) { message { revoked } } }', {
    id: objects.sent,
  });
  expect(message).toEqual({ revoked: true });
  const { message: sent } = dataOf(
    await stack.query('query ($id: ID!) { message(id: $id) { upstreamId } }', { id: objects.sent }),
  );
  // Taken back already: WeChat knows it no more.
  expect(inWeChat().world.revoke(inWeChat().wxid, sent.upstreamId as string)).toBe(false);
  const events = await toldSince(before, 'MessageUpdated');
  expect(events.filter((event) => event.__typename === 'MessageUpdated')).toHaveLength(1);
});

it('a remark and a pin are in WeChat, and are told once', async () => {
  const before = await headOf(stack);
  const input = { contactId: objects.friend };
  const fields = 'contact { remark pinned }';
  const set = `($input: SetRemarkInput!) { setRemark(input: $input) { ${fields} } }`;
  expect((await mutate(set, { input: { ...input, remark: '老王' } })).contact).toMatchObject({ remark: '老王' });
  expect(inWeChat().contacts.map((one) => one.remark)).toContain('老王');
  const pin = `($input: PinContactInput!) { pinContact(input: $input) { ${fields} } }`;
  expect((await mutate(pin, { input: { ...input, pinned: true } })).contact).toMatchObject({ pinned: true });
  expect(inWeChat().contacts.filter((one) => one.pinned)).toHaveLength(1);
  const events = await toldSince(before, 'ContactChanged');
  expect(events.filter((event) => event.__typename === 'ContactChanged')).toHaveLength(2);
});

it('a chat room is made, renamed, and loses a member, in WeChat and here', async () => {
  const data = dataOf(await stack.query('{ contacts(filter: { kinds: [FRIEND] }) { nodes { id } } }'));
  const members = data.contacts.nodes.slice(0, 3).map((one: { id: string }) => one.id) as string[];
  const room = 'chatRoom { id displayName memberCount members { nodes { id displayName contact { id } } } }';
  const made = await mutate(`($input: CreateChatRoomInput!) { createChatRoom(input: $input) { ${room} } }`, {
    input: { accountId: '00001', members, name: '项目组' },
  });
  // The program leaves the account itself out until WeChat tells it of the room.
  expect(made.chatRoom).toMatchObject({ displayName: '项目组', memberCount: 3 });
  const { id } = made.chatRoom as { id: string };
  const { world, wxid } = inWeChat();
  const inWorld = () => [...world.rooms.values()].find((one) => one.members.length <= 4 && one.ownerWxid === wxid)!;
  expect(inWorld().members).toHaveLength(4);
  const left = await mutate(`($input: ChatRoomMembersInput!) { removeFromChatRoom(input: $input) { ${room} } }`, {
    input: { chatRoomId: id, members: [members[0]] },
  });
  expect(left.chatRoom).toMatchObject({ memberCount: 2 });
  const renamed = await mutate(`($input: RenameChatRoomInput!) { renameChatRoom(input: $input) { ${room} } }`, {
    input: { chatRoomId: id, name: '新名' },
  });
  expect(renamed.chatRoom).toMatchObject({ displayName: '新名' });
  expect(inWorld()).toMatchObject({ name: '新名', members: { length: 3 } });
});

it('a friend request that is accepted makes a friend of who asked, once', async () => {
  const { world, wxid } = inWeChat();
  const before = await headOf(stack);
  world.requestFriend(wxid, '真的新人', '你好');
  await toldSince(before, 'FriendRequested');
  const { messages } = dataOf(
    await stack.query('{ messages(filter: { kinds: [FRIEND_REQUEST], search: "真的新人" }) { nodes { id } } }'),
  );
  const accepted = await mutate('($id: ID!) { acceptFriendRequest(messageId: $id) { contact { kind displayName } } }', {
    id: messages.nodes[0].id,
  });
  expect(accepted.contact).toEqual({ kind: 'FRIEND', displayName: '真的新人' });
  const { contacts } = dataOf(
    await stack.query('{ contacts(filter: { kinds: [FRIEND], search: "真的新人" }) { totalCount } }'),
  );
  expect(contacts.totalCount).toBe(1);
  const added = (await toldSince(before, 'ADDED')).filter((event) => event.change === 'ADDED');
  expect(added).toHaveLength(1);
});
