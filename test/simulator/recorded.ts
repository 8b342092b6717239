/** The recorded answers and posts of a real Openwx client, and the WeChat behind it built in a simulated world. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../src/simulator/clock.ts';
import type { Clock } from '../../src/simulator/clock.ts';
import type { LoadedMedia, OpenwxOptions } from '../../src/simulator/openwx/options.ts';
import { tinyJpeg } from '../../src/simulator/png.ts';
import type { Avatar, ContactKind, Sex } from '../../src/simulator/wechat.ts';
import type { World } from '../../src/simulator/world.ts';

type WebContact = {
  Uin: number;
  UserName: string;
  NickName: string;
  RemarkName: string;
  HeadImgUrl: string;
  Sex: Sex;
  Signature: string;
  VerifyFlag: number;
  Province: string;
  City: string;
  Alias: string;
};
type WebMember = Omit<WebContact, 'RemarkName' | 'VerifyFlag'> & { DisplayName: string };
type WebGroup = { UserName: string; NickName: string; OwnerUin: number; MemberList: WebMember[] };

export type RecordedRequest = {
  name: string;
  profile: string;
  request: { method: string; path: string; query: string; body: string | null; contentType: string | null };
  response: { status: number | null; contentType: string | null; body: string | null; bodyEncoding?: string };
};
type WebMessage = {
  MsgId: string;
  FromUserName: string;
  ToUserName: string;
  MsgType: number;
  Content: string;
  FileName: string;
  AppMsgType: number;
};
export type RecordedEvent = {
  name: string;
  profile: string;
  injected?: { AddMsgList?: WebMessage[] };
  posts: { rawBody: string; body: Record<string, unknown> }[];
};

const recorded = JSON.parse(readFileSync(new URL('../fixtures/openwx-recorded.json', import.meta.url), 'utf8')) as {
  meta: { wechatFixtures: { user: WebContact; selfContact: WebContact; friends: WebContact[]; groups: WebGroup[] } };
  requests: RecordedRequest[];
  events: RecordedEvent[];
};
export const recordedRequests = recorded.requests;
export const recordedEvents = recorded.events;

export const me = recorded.meta.wechatFixtures.selfContact.UserName;

function avatarOf(contact: { UserName: string; HeadImgUrl: string }): Avatar {
  if (contact.HeadImgUrl === '') return 'none';
  if (contact.UserName === '@f_badav_0008' || contact.UserName === '@f_dup_a_0003') return 'page';
  return contact.UserName === '@f_png_0010' ? 'png' : 'jpeg';
}

function kindOf(contact: WebContact): ContactKind {
  if (contact.UserName === 'fmessage') return 'system';
  return (contact.VerifyFlag & 8) === 0 ? 'friend' : 'official';
}

/** The web writes emoji as tags; the world holds the characters. */
export function withEmoji(text: string): string {
  return text.replace(/<span class="emoji emoji([0-9a-f]+)"><\/span>/g, (_, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  );
}

function addPerson(world: World, contact: Omit<WebContact, 'RemarkName' | 'VerifyFlag'>): void {
  world.addPerson({
    wxid: contact.UserName,
    name: withEmoji(contact.NickName),
    alias: contact.Alias,
    sex: contact.Sex,
    signature: contact.Signature,
    province: contact.Province,
    city: contact.City,
    avatar: avatarOf(contact),
    uin: contact.Uin,
  });
}

/** Builds the WeChat of the recording. Its ids look like those of a login, so the front keeps them. */
export function recordedWorld(world: World): string[] {
  const { selfContact, friends, groups } = recorded.meta.wechatFixtures;
  addPerson(world, selfContact);
  world.addAccount(me);
  for (const friend of friends) {
    addPerson(world, friend);
    world.addContact(me, friend.UserName, { kind: kindOf(friend), remark: friend.RemarkName });
  }
  for (const group of groups) {
    for (const member of group.MemberList) if (!world.people.has(member.UserName)) addPerson(world, member);
    world.addRoom(
      { wxid: group.UserName, name: group.NickName, ownerWxid: group.OwnerUin === selfContact.Uin ? me : null },
      group.MemberList.map((member) => ({
        wxid: member.UserName,
        display: member.DisplayName,
        alias: member.Alias,
        province: member.Province,
        city: member.City,
      })),
    );
    world.showRoom(me, group.UserName);
  }
  const tooOften = { ret: 1201, text: '操作太频繁，请稍后再试' };
  for (const wxid of ['@f_fail_0005', '@@g_fail_0005', '@m_g_0009']) world.refusals.set(wxid, tooOften);
  world.refusals.set('@f_fail2_0006', { ret: -1, text: '' });
  return [me];
}

const disk: Readonly<Record<string, LoadedMedia>> = {
  '/var/openwx/test.jpg': { bytes: tinyJpeg, mtime: 1_462_763_788, mime: null, size: tinyJpeg.length },
  'http://static.example/logo.png': {
    bytes: new Uint8Array(70),
    mtime: 'Sat, 06 Aug 2016 04:14:47 GMT',
    mime: 'image/png',
    size: '70',
  },
};
const roomOrder = [
  '@@g_dup_b_0004',
  '@@g_noname_0002',
  '@@g_perl_0001',
  '@@g_dup_a_0003',
  '@@g_nome_0006',
  '@@g_fail_0005',
];

/** The client of the recording. */
export const recordedOpenwx: Partial<OpenwxOptions> = {
  orderRooms: (rooms) => roomOrder.flatMap((wxid) => rooms.filter((room) => room.wxid === wxid)),
  readMedia: (path) => Promise.resolve(path.startsWith('http') ? disk[path] : (disk[path] ?? null)),
};

/** A clock on which all that is planned comes a hundred times sooner, so that real limits can be kept. */
export function hurriedClock(): Clock {
  const clock = systemClock();
  return { now: () => clock.now(), after: (ms, run) => clock.after(ms / 100, run) };
}
