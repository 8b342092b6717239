/** Makes a world talk by itself: small talk, questions of customers, some in chat rooms, some with a mention. */
import type { Cancel, Clock } from './clock.ts';
import type { Random } from './random.ts';
import type { Account } from './wechat.ts';
import type { World } from './world.ts';

const toFriend = [
  '在吗？',
  '你好，请问这款还有货吗？',
  '昨天的订单什么时候发货呀',
  '收到了，谢谢！',
  '价格能再优惠一点吗？',
  '发票可以开专票吗',
  '晚上一起吃饭？',
  '刚下班，路上堵车😂',
  '明天下午三点开会，别忘了',
  '地址发我一下',
  '我把合同发你邮箱了，看一下',
  '[微笑]',
  '请问怎么退货？单号 SF1234567890',
  '周末有空吗',
  '生日快乐🎂',
];
const toRoom = [
  '大家早上好',
  '有人知道这个怎么弄吗？',
  '+1',
  '群公告看一下',
  '周六几点集合？',
  '哈哈哈哈哈',
  '收到',
  '谁有停车券',
  '今天的团购还差两份',
  '辛苦了🌹',
];
const toMe = ['这个问题你看一下', '方便回个电话吗', '报价单发一下', '麻烦处理一下', '在不在'];
const answers = [
  '好的',
  '收到，谢谢',
  '稍等，我看一下',
  '没问题',
  '嗯嗯',
  '明白了',
  '好的，辛苦了！',
  '哈哈，有什么事情',
];

/** A believable answer. */
export function answerFrom(random: Random): string {
  return random.pick(answers);
}

function sayInRoom(world: World, random: Random, account: Account): boolean {
  const rooms = [...account.rooms].map((wxid) => world.rooms.get(wxid)).filter((room) => room !== undefined);
  if (rooms.length === 0) return false;
  const room = random.pick(rooms);
  const others = room.members.filter((member) => !world.accounts.has(member.wxid));
  if (others.length === 0) return false;
  const from = random.pick(others).wxid;
  if (random.below(3) > 0) {
    world.receive(account.wxid, from, random.pick(toRoom), room.wxid);
    return true;
  }
  const me = room.members.find((member) => member.wxid === account.wxid);
  const name = me?.display || (world.people.get(account.wxid)?.name ?? '');
  // WeChat closes a mention with a four-per-em space.
  const text = `@${name}\u2005${random.pick(toMe)}`;
  world.receive(account.wxid, from, { type: 'text', text, mentions: [account.wxid] }, room.wxid);
  return true;
}

/** Lets somebody write to somebody once. */
export function saySomething(world: World, random: Random): void {
  const accounts = [...world.accounts.values()];
  if (accounts.length === 0) return;
  const account = random.pick(accounts);
  if (random.below(3) === 0 && sayInRoom(world, random, account)) return;
  const friends = [...account.contacts.values()].filter(
    (contact) => contact.kind === 'friend' && !world.accounts.has(contact.wxid),
  );
  if (friends.length > 0) world.receive(account.wxid, random.pick(friends).wxid, random.pick(toFriend));
}

/** Lets the world talk, on average every so many milliseconds, until it is cancelled. */
export function talk(world: World, random: Random, clock: Clock, everyMs: number): Cancel {
  let cancel: Cancel;
  const next = (): void => {
    cancel = clock.after(everyMs * (0.5 + random.next()), () => {
      saySomething(world, random);
      next();
    });
  };
  next();
  return () => cancel();
}
