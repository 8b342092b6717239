import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stack, allMessages, startStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ post: false, simulator: { openwx: { pollWaitMs: 50 } } });
});
afterAll(() => stack.stop());

const friendOf = () => {
  const { world } = stack.simulator;
  const { contacts } = stack.simulator.account().account;
  const friend = [...contacts.values()].find((contact) => contact.kind === 'friend')!;
  return world.people.get(friend.wxid)!;
};
const polls = () => stack.simulator.requests.filter((request) => request.path === '/openwx/check_event');
const texts = async () =>
  (await allMessages<{ text: string }>(stack.gateway.url, 'text')).map((message) => message.text);

it('an upstream that does not post is polled: empty answers are nothing, and no message of several is lost or repeated', async () => {
  const { world } = stack.simulator;
  const { wxid } = stack.simulator.account();
  await stack.simulator.until(() => polls().filter((poll) => poll.status === 200).length >= 3);
  expect(await texts()).toEqual([]);
  const sent = [];
  for (let i = 1; i <= 45; i += 1) {
    sent.push(`text ${i}`);
    world.receive(wxid, friendOf().wxid, `text ${i}`);
    // The real queue holds 20; each poll empties it.
    if (i % 15 === 0) await stack.until(async () => (await texts()).length === i);
  }
  expect(await texts()).toEqual(sent);
});

it('from its first post on it is polled no more, and what came both ways is one message', async () => {
  const account = stack.simulator.account();
  const before = (await texts()).length;
  account.postApi = stack.callbackUrls[0]!;
  stack.simulator.world.receive(account.wxid, friendOf().wxid, 'posted and polled');
  await stack.until(async () => (await texts()).length === before + 1);
  await stack.simulator.until(
    () => stack.simulator.posts.at(-1)?.status === 200 && polls().every((poll) => poll.status !== null),
  );
  const polled = polls().length;
  // Long enough for several polls.
  stack.simulator.fault({ type: 'delay', ms: 400, times: 1 });
  stack.simulator.world.receive(account.wxid, friendOf().wxid, 'later');
  await stack.until(async () => (await texts()).length === before + 2);
  expect((await texts()).slice(before)).toEqual(['posted and polled', 'later']);
  expect(polls().length).toBeLessThanOrEqual(polled + 1);
});
