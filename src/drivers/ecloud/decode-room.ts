/** 85001 to 85015: what happens to a chat room. Most come with the grey line that WeChat shows in it. */
import type { DriverEvent, UpstreamContact, UpstreamMember } from '../driver.ts';
import { contactOf, isRoomId, memberOf } from './contacts.ts';
import { noticed } from './content.ts';
import type { Body } from './decode.ts';
import { type Fields, known, messageIdOf, objects, text, timeOf } from './fields.ts';
import { type Notice, readNotice } from './notices.ts';

const changed = '85001';
const removedUs = '85002';
const removedThem = '85003';
const dissolved = '85004';
const renamed = '85005';
const left = '85015';

/** A change of the room or of its members, and the line as a SYSTEM message; skipped with its body where it has neither. */
export function decodeRoomEvent(body: Body): DriverEvent[] {
  const { code, data, raw } = body;
  const room = roomIn(data);
  if (room === null) return [{ type: 'skipped', what: `messageType ${code} without a chat room`, raw }];
  const notice = readNotice(text(data['content']) ?? '');
  const events = [
    ...roomChanges(code, room, notice),
    ...memberChanges(code, room, data, notice),
    ...line(body, room, notice),
  ];
  return events.length > 0 ? events : [{ type: 'skipped', what: `messageType ${code}`, raw }];
}

function roomIn(data: Fields): UpstreamContact | null {
  const ids = [data['fromGroup'], data['userName'], data['chatRoomId'], data['fromUser'], data['toUser']];
  const wxid = ids.map((id) => known(id)).find((id) => id !== null && isRoomId(id));
  if (wxid === undefined || wxid === null) return null;
  // What the body describes is the room only where it is its id that stands as userName.
  const described = data['userName'] === wxid ? contactOf(data) : null;
  return described ?? { wxid, kind: 'CHAT_ROOM' };
}

function roomChanges(code: string, room: UpstreamContact, notice: Notice): DriverEvent[] {
  if (code === removedUs || code === dissolved) return [{ type: 'contact', change: 'REMOVED', contact: room }];
  if (code === changed) return [{ type: 'contact', change: 'UPDATED', contact: room }];
  if (code !== renamed) return [];
  const name = known(room.name) ?? /[“"]([^“”"]{1,200})[”"]\s*$/.exec(notice.text ?? '')?.[1];
  if (name === undefined || name === null) return [];
  return [{ type: 'contact', change: 'UPDATED', contact: { ...room, name }, property: 'name', from: null, to: name }];
}

/** Only who is named by id: names are not unique. */
function memberChanges(code: string, room: UpstreamContact, data: Fields, notice: Notice): DriverEvent[] {
  const named = objects(data['members'] ?? data['memberList']).map((member) => memberOf(member));
  const told = named.filter((member) => member !== null);
  const joined = code === '85008' || code === '85009' ? [...notice.joined, ...told] : [];
  const gone = code === removedThem || code === left ? [...notice.left, ...told, ...leaverIn(code, data)] : [];
  return [
    ...once(joined).map((member): DriverEvent => ({ type: 'member', change: 'MEMBER_JOINED', room, member })),
    ...once(gone).map((member): DriverEvent => ({ type: 'member', change: 'MEMBER_LEFT', room, member })),
  ];
}

function leaverIn(code: string, data: Fields): UpstreamMember[] {
  const wxid = known(data['fromUser']);
  if (code !== left || wxid === null || isRoomId(wxid)) return [];
  return [{ wxid, name: known(data['nickName']) ?? '' }];
}

function once(members: readonly UpstreamMember[]): UpstreamMember[] {
  return [...new Map(members.map((member) => [member.wxid, member])).values()];
}

function line({ data, raw, now, code }: Body, room: UpstreamContact, notice: Notice): DriverEvent[] {
  const upstreamId = messageIdOf(data);
  // A mere description of the room, and no line in it.
  if (notice.text === null && (upstreamId === null || code === changed)) return [];
  const held = noticed('SYSTEM', labels[code] ?? `[${code}]`, notice.text);
  return [
    {
      type: 'message',
      message: {
        upstreamId,
        peer: { wxid: room.wxid, kind: 'CHAT_ROOM' },
        sender: { wxid: room.wxid, name: null, displayName: null },
        direction: 'INCOMING',
        kind: held.kind,
        text: held.text,
        content: held.content,
        mentions: [],
        mentionsMe: false,
        sentAt: timeOf(data['timestamp'], data['createTime']) ?? now,
        richness: 1,
        raw,
      },
    },
  ];
}

const labels: Readonly<Record<string, string>> = {
  '85002': '[被移出群聊]',
  '85003': '[移出群成员]',
  '85004': '[群聊已解散]',
  '85005': '[修改群名]',
  '85006': '[新增群管理员]',
  '85007': '[移除群管理员]',
  '85008': '[邀请加入群聊]',
  '85009': '[扫码加入群聊]',
  '85010': '[群主变更]',
  '85011': '[群公告]',
  '85012': '[群待办]',
  '85013': '[群邀请确认]',
  '85014': '[开启进群验证]',
  '85015': '[退出群聊]',
};
