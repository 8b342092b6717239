import { afterAll, beforeAll, expect, it } from 'vitest';
import { avatarPng } from '../../src/simulator/png.ts';
import { type Stack, follow, startStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ simulator: { accounts: 1, openwx: { postMediaData: true } } });
});
afterAll(() => stack.stop());

it('a picture that somebody sends over Openwx is READY with its message, byte for byte', async () => {
  const following = follow(
    stack.client(),
    `subscription { messageReceived {
      content { ... on MediaContent { media { status mime size width url } } } sender { avatarUrl } account { avatarUrl }
    } }`,
  );
  await follow(stack.client(), 'subscription { events { __typename } }').atLeast(1);
  const { world } = stack.simulator;
  const { wxid } = stack.simulator.account();
  const bytes = avatarPng('what she sent');
  const friend = [...world.people.values()].find((person) => person.wxid !== wxid && person.avatar === 'png')!;
  world.receive(wxid, friend.wxid, { type: 'media', media: 'image', name: 'a.png', bytes });
  const [frame] = await following.atLeast(1);
  const { content, sender, account } = frame!.data['messageReceived'] as {
    content: { media: { url: string } };
    sender: { avatarUrl: string };
    account: { avatarUrl: string };
  };
  expect(content.media).toMatchObject({ status: 'READY', mime: 'image/png', size: bytes.length });
  const read = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
  expect((await read(content.media.url)).equals(bytes)).toBe(true);
  expect((await read(sender.avatarUrl)).equals(avatarPng(friend.wxid))).toBe(true);
  expect(account.avatarUrl).toContain(`/media/${stack.accountIds[0]}?`);
});
