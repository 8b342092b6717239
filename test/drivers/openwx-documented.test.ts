/** The posts of Openwx's documentation, word for word, but for what in them is no JSON. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { DriverEvent } from '../../src/drivers/driver.ts';
import { decode } from '../../src/drivers/openwx/decode.ts';
import { callback, me } from './recorded.ts';

const documented = readFileSync(new URL('../fixtures/openwx-posts.txt', import.meta.url), 'utf8').split('\n\n');

/** Its comments, its commas before a bracket, and the one that is missing. */
function json(post: string): string {
  return post
    .replaceAll(/(?<=[,"]) #.*$/gm, '')
    .replaceAll(/,(?=\s*[}\]])/g, '')
    .replaceAll(/"(?=\n")/g, '",');
}

/** An own message may come without its sender, which is known then. */
function decoded(post: string): DriverEvent[] {
  const self = post.includes('"sender_id"') || post.includes('"event"') ? null : me;
  return decode(callback(json(post), { self }), null);
}

const room = { wxid: '@@2617047292', kind: 'CHAT_ROOM' };
const expected: readonly [string, object][] = [
  [
    '"id":"2647366348175870091"',
    {
      upstreamId: '2647366348175870091',
      kind: 'TEXT',
      direction: 'OUTGOING',
      text: ' hello world',
      peer: { wxid: 'filehelper' },
      sender: { wxid: me.wxid },
      sentAt: 1_479_787_946_000,
    },
  ],
  [
    '"content":"测试一下",\n"class":"recv"',
    { upstreamId: '10856', kind: 'TEXT', direction: 'INCOMING', peer: room, sender: { wxid: '@2372835507' } },
  ],
  ['group_notice', { kind: 'SYSTEM', direction: 'INCOMING', peer: room, text: '你邀请灰太狼加入了群聊' }],
  [
    '"content":"测试一下",\n"class":"send"',
    { kind: 'TEXT', direction: 'OUTGOING', peer: room, sender: { wxid: '@2372835507', name: '灰灰' } },
  ],
  // Its base64 was shortened: there are no bytes.
  [
    '"format": "media"',
    {
      kind: 'IMAGE',
      peer: room,
      content: { type: 'Media', media: { name: 'mojo_weixin_media_Ja9l.jpg', size: 1_234_567 } },
    },
  ],
  [
    '"format": "app"',
    {
      kind: 'LINK',
      content: { type: 'Link', title: '饿了么给你发红包', url: 'https://h.ele.me/hongbao', appId: 'wx123456' },
    },
  ],
  [
    '"format": "revoke"',
    {
      kind: 'REVOKE',
      direction: 'OUTGOING',
      content: { type: 'Revoke', revokedUpstreamId: '2513410439052032973', notice: '你撤回了一条消息' },
    },
  ],
  [
    'friend_request',
    {
      kind: 'FRIEND_REQUEST',
      content: {
        type: 'FriendRequest',
        wxid: '@75ab55c416dbe3a',
        name: '小灰',
        greeting: '小灰请求加你为好友',
        ticket: 'v2_85c00f264eed801fee7@stranger',
      },
    },
  ],
];

it.each(expected)('decodes the documented message with %s', (mark, message) => {
  const post = documented.find((one) => one.includes(mark))!;
  // A first post also tells who the account is.
  const told = decoded(post).filter(({ type }) => type !== 'self');
  expect(told).toMatchObject([{ type: 'message', message }]);
});

it('decodes the documented events', () => {
  const event = (name: string): DriverEvent[] => decoded(documented.find((one) => one.includes(`"event":"${name}"`))!);
  expect(event('update_user')).toMatchObject([
    { type: 'self', self: { wxid: '@efc5f86c30df4b9c80e98ac428e0e257', uid: '123', name: 'xxx', alias: 'xxx' } },
  ]);
  expect(event('new_friend')).toMatchObject([
    { type: 'contact', change: 'ADDED', contact: { wxid: '@75b9db5ae52c87361d1800eaaf307f4d', name: '小冰' } },
  ]);
  expect(documented).toHaveLength(expected.length + 2);
});
