/**
 * Ids as E云's clients expect them. They tell by an id's form what it is, and hold message ids as longs.
 *
 * Ids of web WeChat (`@…`, `@@…`) have no such form: they are given one, and taken back with it. All others are what they are.
 */
import { jsonInteger } from '../../lossless-json.ts';
import type { Message } from '../../resolvers/messages/read-messages.ts';
import type { ContactKind } from '../../words.ts';

const roomEnd = '@chatroom';
const officialStart = 'gh_';

/** `@@…@chatroom` for a chat room, `gh_@…` for an official account; any other id as it is. */
export function showWxid(wxid: string, kind: ContactKind): string {
  if (!wxid.startsWith('@')) return wxid;
  if (kind === 'CHAT_ROOM') return wxid + roomEnd;
  return kind === 'OFFICIAL_ACCOUNT' ? officialStart + wxid : wxid;
}

/** The id behind one that was shown. */
export function readWxid(shown: string): string {
  if (shown.startsWith('@') && shown.endsWith(roomEnd)) return shown.slice(0, -roomEnd.length);
  return shown.startsWith(`${officialStart}@`) ? shown.slice(officialStart.length) : shown;
}

/** Where ids of messages begin that their upstream gave none: above all numbers of sends, below 2^53. */
const firstOwnId = 1_000_000_000_000_000n;

/** A message's newMsgId: that of its upstream, else the number of its send, else one of the gateway's own. */
export function newMsgIdOf({ upstreamId, sendId, seq }: Pick<Message, 'upstreamId' | 'sendId' | 'seq'>): bigint {
  return longOf(upstreamId) ?? (sendId === null ? firstOwnId + BigInt(seq) : BigInt(sendId));
}

/** An upstream's id as the signed long that E云 has; null where it is no number of 64 bits. */
export function longOf(upstreamId: string | null): bigint | null {
  if (upstreamId === null || !/^\d{1,20}$/.test(upstreamId)) return null;
  const id = BigInt(upstreamId);
  return id < 2n ** 64n ? BigInt.asIntN(64, id) : null;
}

/** What a newMsgId that a client gave back stands for; null for what is none. */
export function readNewMsgId(
  given: string,
): { upstreamId: string; messageNumber: number | null; sendNumber: number | null } | null {
  if (!/^-?\d{1,20}$/.test(given)) return null;
  const id = BigInt(given);
  const own = id - firstOwnId;
  return {
    upstreamId: String(BigInt.asUintN(64, id)),
    messageNumber: own > 0n && own < firstOwnId ? Number(own) : null,
    sendNumber: id > 0n && id < firstOwnId ? Number(id) : null,
  };
}

/** As a number in JSON, with all its digits. */
export function asNumber(id: bigint | number): unknown {
  return jsonInteger(String(id));
}
