import { describe, expect, it } from 'vitest';
import { bad, cloud, driverAt, good, never, outcome, room } from './ecloud-cloud.ts';

describe('fetchContacts', () => {
  it('asks for twenty at a time, in order, and describes what E云 leaves out by its id', async () => {
    const friends = Array.from({ length: 41 }, (_, index) => `wxid_${index}`);
    const { url, seen } = await cloud({
      initAddressList: good(null),
      getAddressList: good({ chatrooms: [room, ''], friends: [...friends, ''], ghs: ['gh_1'], others: [''] }),
      getContact: ({ wcId }) =>
        good(
          String(wcId)
            .split(',')
            .filter((wxid) => wxid !== 'wxid_7')
            .map((userName) => ({
              userName,
              nickName: `名${userName}`,
              remark: '',
              sex: 1,
              labelList: '3,5',
              bigHead: 'http://b',
              smallHead: 'http://s',
            })),
        ),
      getChatRoomInfo: good([{ chatRoomId: room, nickName: '群', chatRoomOwner: 'wxid_1' }]),
      getChatRoomMember: good([
        { userName: 'wxid_1', nickName: '一', displayName: '群里的一' },
        { userName: 'wxid_2', nickName: '二' },
      ]),
    });
    const pages = await Array.fromAsync(driverAt(url).fetchContacts!(never));
    expect(pages.map(({ contacts, total }) => [contacts.length, total])).toEqual([
      [20, 43],
      [20, 43],
      [2, 43],
      [1, 43],
    ]);
    const byId = new Map(pages.flatMap(({ contacts }) => contacts).map((contact) => [contact.wxid, contact]));
    expect(byId.get('wxid_7')).toEqual({ wxid: 'wxid_7', kind: 'FRIEND' });
    expect(byId.get('wxid_8')).toEqual({
      wxid: 'wxid_8',
      kind: 'FRIEND',
      name: '名wxid_8',
      remark: null,
      sex: 'MALE',
      labels: ['3', '5'],
      avatarUrl: 'http://b',
      smallAvatarUrl: 'http://s',
    });
    expect(byId.get('gh_1')?.kind).toBe('OFFICIAL_ACCOUNT');
    expect(byId.get(room)).toMatchObject({
      kind: 'CHAT_ROOM',
      name: '群',
      ownerWxid: 'wxid_1',
      members: [
        { wxid: 'wxid_1', name: '一', displayName: '群里的一', isOwner: true },
        { wxid: 'wxid_2', name: '二' },
      ],
    });
    const order = seen.map(({ path }) => path).filter((path) => path.endsWith('AddressList'));
    expect(order).toEqual(['/initAddressList', '/getAddressList']);
  });

  it('lists a chat room that is refused without members, and fails for everything else', async () => {
    const routes = {
      initAddressList: good(null),
      getAddressList: good({ chatrooms: [room], friends: [], ghs: [], others: [] }),
      getContact: good([{ userName: room, nickName: '群' }]),
      getChatRoomInfo: bad('失败'),
      getChatRoomMember: bad('失败'),
    };
    const { url } = await cloud(routes);
    const [page] = await Array.fromAsync(driverAt(url).fetchContacts!(never));
    expect(page?.contacts).toEqual([{ wxid: room, kind: 'CHAT_ROOM', name: '群' }]);
    const broken = await cloud({ ...routes, getChatRoomMember: 500 });
    expect(await outcome(Array.fromAsync(driverAt(broken.url).fetchContacts!(never)))).toMatchObject({
      code: 'UPSTREAM_REJECTED',
    });
    const refused = await cloud({ ...routes, getContact: bad('频繁') });
    expect((await outcome(Array.fromAsync(driverAt(refused.url).fetchContacts!(never)))).message).toContain('频繁');
  });
});
