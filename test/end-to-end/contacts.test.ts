import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultPostEvents } from '../../src/simulator/openwx/options.ts';
import { type Stack, follow, startStack, told } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  // By default the program does not tell of changed properties.
  const postEventList = [...defaultPostEvents, 'friend_property_change', 'group_property_change'];
  stack = await startStack({ simulator: { friends: 130, rooms: 2, roomMembers: 120, openwx: { postEventList } } });
});
afterAll(() => stack.stop());

type Page = {
  nodes: { id: string; name: string; wxid: string }[];
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string };
};

it('all contacts of the account are there, each of its kind, and counted', async () => {
  const { contacts, rooms } = stack.simulator.account().account;
  const kinds = [...contacts.values()].map((contact) => contact.kind);
  const count = (kind: string) => kinds.filter((one) => one === kind).length;
  const { data } = await stack.query(
    `query ($id: ID!) { account(id: $id) { wxid contactSync { state done total friends chatRooms officialAccounts others }
      friends: contacts(first: 100, filter: { kinds: [FRIEND] }) { totalCount nodes { wxid } }
      others: contacts(filter: { kinds: [OTHER] }) { nodes { wxid name } } } }`,
    { id: stack.accountIds[0] },
  );
  const total = contacts.size + rooms.size;
  expect(data.account.contactSync).toEqual({
    state: 'DONE',
    done: total,
    total,
    friends: count('friend'),
    chatRooms: rooms.size,
    officialAccounts: count('official'),
    others: count('system'),
  });
  expect(data.account.friends.totalCount).toBe(130);
  expect(data.account.friends.nodes.length).toBe(100);
  expect(data.account.wxid).toBe(stack.simulator.account().idOf(stack.simulator.account().wxid));
  expect(data.account.others.nodes).toContainEqual({ wxid: 'filehelper', name: '文件传输助手' });
});

it('members of a chat room come page by page, each once, in order, and are found by name', async () => {
  const [roomId] = [...stack.simulator.account().account.rooms];
  const room = stack.simulator.world.rooms.get(roomId!)!;
  const wxid = stack.simulator.account().idOf(roomId!);
  const read = async (after: string | null, search: string | null = null) => {
    const { data } = await stack.query(
      `query ($id: ID!, $wxid: String!, $after: String, $search: String) { contactByWxid(accountId: $id, wxid: $wxid) { ... on ChatRoom {
        memberCount members(first: 50, after: $after, search: $search) { totalCount nodes { id name wxid } pageInfo { hasNextPage endCursor } } } } }`,
      { id: stack.accountIds[0], wxid, after, search },
    );
    return data.contactByWxid as { memberCount: number; members: Page };
  };
  const seen: string[] = [];
  for (let after: string | null = null; ;) {
    const { memberCount, members } = await read(after);
    expect([memberCount, members.totalCount]).toEqual([room.members.length, room.members.length]);
    seen.push(...members.nodes.map((node) => node.wxid));
    if (!members.pageInfo.hasNextPage) break;
    after = members.pageInfo.endCursor;
  }
  expect(seen).toEqual(room.members.map((member) => stack.simulator.account().idOf(member.wxid)));
  const { name } = stack.simulator.world.people.get(room.members[7]!.wxid)!;
  const found = await read(null, name.slice(0, 2));
  expect(found.members.nodes.map((node) => node.wxid)).toContain(seen[7]);
  expect(found.members.totalCount).toBeLessThan(room.members.length);
});

it('what happens to contacts is told as ContactChanged, once each, and shown from then on', async () => {
  const { world } = stack.simulator;
  const { wxid } = stack.simulator.account();
  const after = await stack.head();
  const following = follow(
    stack.client(),
    `subscription ($after: String) { events(after: $after, types: [CONTACT_CHANGED]) { __typename
      ... on ContactChanged { change property from to contact { wxid displayName } member { wxid name } } } }`,
    { after },
  );
  const newcomer = world.addPerson({ name: '新来的' });
  const id = stack.simulator.account().idOf.bind(stack.simulator.account());
  const [roomId] = [...stack.simulator.account().account.rooms];
  type Changed = {
    __typename: string;
    change: string;
    property: string | null;
    from: string | null;
    to: string | null;
    contact: { wxid: string; displayName: string };
    member: { wxid: string } | null;
  };
  const changes = () => told<Changed>(following, 'events').filter((event) => event.__typename === 'ContactChanged');
  // CaughtUp is the first frame.
  const next = async (act: () => void) => {
    const count = following.frames.length || 1;
    await following.atLeast(count);
    act();
    await following.atLeast(count + 1);
    return changes().at(-1)!;
  };
  expect(await next(() => world.addContact(wxid, newcomer.wxid))).toMatchObject({
    change: 'ADDED',
    contact: { wxid: id(newcomer.wxid), displayName: '新来的' },
  });
  expect(await next(() => world.setRemark(wxid, newcomer.wxid, '客户'))).toMatchObject({
    change: 'UPDATED',
    property: 'markname',
    to: '客户',
    contact: { displayName: '客户' },
  });
  expect(await next(() => world.renamePerson(newcomer.wxid, '改名'))).toMatchObject({
    change: 'UPDATED',
    property: 'name',
    from: '新来的',
    to: '改名',
  });
  expect(await next(() => world.join(roomId!, newcomer.wxid))).toMatchObject({
    change: 'MEMBER_JOINED',
    contact: { wxid: id(roomId!) },
    member: { wxid: id(newcomer.wxid) },
  });
  expect(await next(() => world.leave(roomId!, newcomer.wxid))).toMatchObject({
    change: 'MEMBER_LEFT',
    member: { wxid: id(newcomer.wxid) },
  });
  expect(await next(() => world.renameRoom(roomId!, '新群名'))).toMatchObject({
    change: 'UPDATED',
    property: 'name',
    to: '新群名',
    contact: { wxid: id(roomId!), displayName: '新群名' },
  });
  expect(await next(() => world.removeContact(wxid, newcomer.wxid))).toMatchObject({
    change: 'REMOVED',
    contact: { wxid: id(newcomer.wxid) },
  });
  following.stop();
});
