/** Fills a world with accounts, friends, chat rooms and official accounts that have Chinese names. */
import type { Random } from './random.ts';
import type { Account, Person, Sex } from './wechat.ts';
import type { World } from './world.ts';

export type Population = { accounts: number; friends: number; rooms: number; roomMembers: number };

const surnames = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕'.split('');
const givenNames = [
  '伟',
  '芳',
  '秀英',
  '敏',
  '静',
  '丽',
  '强',
  '磊',
  '军',
  '洋',
  '勇',
  '艳',
  '杰',
  '娟',
  '涛',
  '明',
  '超',
  '秀兰',
  '霞',
  '平',
  '刚',
  '桂英',
  '子轩',
  '梓涵',
  '欣怡',
  '浩然',
  '雨桐',
  '思远',
  '晓东',
  '嘉琪',
];
const nicknames = [
  '小灰',
  '阿杰🌸',
  '一只橘猫',
  '风一样的男子',
  '不吃香菜',
  '深夜食堂😄',
  '半糖去冰',
  '山有木兮',
  '起风了',
  '暖暖',
];
const remarks = ['', '', '', '客户 {name}', '{name} 王总介绍', 'A{name} 供应商', '老同学{name}'];
const signatures = ['', '', '', '努力生活', '静水流深', '生活不止眼前的苟且 <3', '有事请留言', '今天也要开心😊'];
const places: readonly (readonly [string, string])[] = [
  ['广东', '深圳'],
  ['广东', '广州'],
  ['北京', '海淀'],
  ['上海', '浦东新区'],
  ['浙江', '杭州'],
  ['四川', '成都'],
  ['', ''],
];
const roomNames = [
  '产品体验群',
  '周末羽毛球',
  '2024届校友会',
  '相亲相爱一家人',
  '',
  '售后支持一群',
  '技术交流',
  '小区团购',
];

function newPerson(world: World, random: Random, index: number): Person {
  const [province, city] = random.pick(places);
  const own = `${random.pick(surnames)}${random.pick(givenNames)}`;
  const name = random.below(5) === 0 ? random.pick(nicknames) : own;
  return world.addPerson({
    name,
    alias: random.below(2) === 0 ? `user_${String(index).padStart(4, '0')}` : '',
    sex: random.below(3) as Sex,
    signature: random.pick(signatures),
    province,
    city,
  });
}

function addServices(world: World, account: Account): void {
  const services = [
    { wxid: 'weixin', name: '微信团队', alias: '', kind: 'official' as const },
    { wxid: 'gh_3dfda90e39d6', name: '微信支付', alias: 'wxzhifu', kind: 'official' as const },
    { wxid: 'gh_9f3b6a1c52d0', name: '小冰', alias: 'ms-xiaoice', kind: 'official' as const },
    { wxid: 'fmessage', name: '朋友推荐消息', alias: '', kind: 'system' as const },
    { wxid: 'filehelper', name: '文件传输助手', alias: '', kind: 'system' as const },
  ];
  for (const { kind, ...person } of services) {
    if (!world.people.has(person.wxid)) world.addPerson({ ...person, avatar: kind === 'system' ? 'none' : 'png' });
    world.addContact(account.wxid, person.wxid, { kind });
  }
}

/** Adds accounts with their friends and chat rooms; the first chat room is shared by all accounts. */
export function populate(world: World, random: Random, size: Population): Account[] {
  const accounts: Account[] = [];
  let index = 0;
  for (let number = 1; number <= size.accounts; number++) {
    const person = newPerson(world, random, ++index);
    person.name = `${random.pick(surnames)}${random.pick(givenNames)}`;
    person.alias = `account_${String(number).padStart(3, '0')}`;
    const account = world.addAccount(person.wxid);
    const friends: Person[] = [];
    for (let friend = 0; friend < size.friends; friend++) {
      const added = newPerson(world, random, ++index);
      world.addContact(account.wxid, added.wxid, { remark: random.pick(remarks).replace('{name}', added.name) });
      friends.push(added);
    }
    addServices(world, account);
    for (let room = 0; room < size.rooms; room++) {
      const members = random.shuffled(friends).slice(0, Math.max(1, size.roomMembers >> 1));
      while (members.length < size.roomMembers - 1) members.push(newPerson(world, random, ++index));
      const name = roomNames[room % roomNames.length] ?? '';
      world.addRoom(
        {
          name: room < roomNames.length ? name : `${name}${1 + Math.floor(room / roomNames.length)}`,
          ownerWxid: room % 2 === 0 ? account.wxid : (members[0]?.wxid ?? null),
        },
        [{ wxid: account.wxid }, ...members.map(({ wxid }, at) => ({ wxid, display: at === 1 ? '群里的名字' : '' }))],
      );
    }
    accounts.push(account);
  }
  if (accounts.length > 1) {
    world.addRoom(
      { name: '我们的账号', ownerWxid: accounts[0]?.wxid ?? null },
      accounts.map(({ wxid }) => ({ wxid })),
    );
  }
  return accounts;
}
