import { expect, test } from 'vitest';
import { manualClock } from '../../src/simulator/clock.ts';
import { populate } from '../../src/simulator/population.ts';
import { seededRandom } from '../../src/simulator/random.ts';
import { saySomething, talk } from '../../src/simulator/small-talk.ts';
import { createWorld } from '../../src/simulator/world.ts';
import type { World, WorldEvent, WorldOptions } from '../../src/simulator/world.ts';

function newWorld(options: Partial<WorldOptions> = {}): { world: World; events: WorldEvent[]; me: string } {
  const clock = manualClock(1_795_312_061_000);
  const random = seededRandom(7);
  const world = createWorld({ clock, random, ...options });
  const [account] = populate(world, random, { accounts: 2, friends: 12, rooms: 3, roomMembers: 6 });
  const events: WorldEvent[] = [];
  world.on((event) => events.push(event));
  return { world, events, me: account?.wxid ?? '' };
}

function friendOf(world: World, wxid: string): string {
  return [...(world.accounts.get(wxid)?.contacts.values() ?? [])][0]?.wxid ?? '';
}

function people(): string[] {
  return [...newWorld().world.people.values()].map(({ wxid, name }) => `${wxid} ${name}`);
}

test('the same seed makes the same world', () => {
  expect(people()).toEqual(people());
  expect(people().join('')).toMatch(/\p{Script=Han}/u);
});

test('message ids never repeat and go up to 64 bits', () => {
  const { world, me } = newWorld({ firstMessageId: 2n ** 64n - 2n });
  const friend = friendOf(world, me);
  const ids = Array.from({ length: 2 }, () => world.receive(me, friend, 'x').id);
  expect(ids).toEqual(['18446744073709551614', '18446744073709551615']);
});

test('a message in a chat room of two accounts reaches both with one id', () => {
  const { world, events, me } = newWorld();
  const shared = [...world.rooms.values()].find((room) => room.name === '我们的账号');
  const result = world.send(me, shared?.wxid ?? '', '大家好', 'front');
  const id = result.ok ? result.message.id : '';
  expect(events).toMatchObject([
    { type: 'message', account: me, direction: 'outgoing', origin: 'front', message: { id } },
    { type: 'message', direction: 'incoming', origin: null, message: { id } },
  ]);
});

test('who revokes takes back only own messages, once', () => {
  const { world, me } = newWorld();
  const friend = friendOf(world, me);
  const { id } = world.receive(me, friend, 'oops');
  expect(world.revoke(me, id)).toBe(false);
  expect(world.revoke(friend, id)).toBe(true);
  expect(world.revoke(friend, id)).toBe(false);
});

test('friends answer after a moment', () => {
  const clock = manualClock(0);
  const { world, events, me } = newWorld({ clock, answerAfterMs: 1000, answerTo: (text) => `${text}？` });
  world.send(me, friendOf(world, me), '在吗', 'front');
  clock.advance(999);
  expect(events).toHaveLength(1);
  clock.advance(1);
  expect(events[1]).toMatchObject({ direction: 'incoming', message: { content: { text: '在吗？' } } });
});

test('it talks by itself, to friends and in chat rooms, now and then to the account', () => {
  const { world, events } = newWorld();
  const random = seededRandom(3);
  for (let times = 0; times < 200; times++) saySomething(world, random);
  const messages = events.flatMap((event) => (event.type === 'message' ? [event.message] : []));
  expect(messages).toHaveLength(200);
  expect(messages.some(({ to }) => to.endsWith('@chatroom'))).toBe(true);
  expect(messages.some(({ content }) => content.type === 'text' && content.mentions.length > 0)).toBe(true);
});

test('talk goes on until it is cancelled', () => {
  const clock = manualClock(0);
  const { world, events } = newWorld({ clock });
  const cancel = talk(world, seededRandom(1), clock, 1000);
  clock.advance(60_000);
  const said = events.length;
  expect(said).toBeGreaterThan(30);
  cancel();
  clock.advance(60_000);
  expect(events).toHaveLength(said);
});
