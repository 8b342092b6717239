/** Messages to measure with: Chinese text whose words are as unevenly common as those of a language, the same in each run. */
import type { Incoming, NewMessage } from '../src/db/store.ts';

const wordCount = 5000;
/** Stands in every ten-thousandth message, and nowhere else. */
export const rareText = '罕见暗号';
const rareEvery = 10_000;

/** The n-th of a fixed row of numbers from 0 to 1 that looks like chance. */
export function chance(n: number): number {
  let x = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

/** The word of this rank: two characters. */
export function word(rank: number): string {
  return String.fromCodePoint(0x4e00 + ((rank * 7919) % 8000), 0x4e00 + ((rank * 104_729 + 13) % 8000));
}

/** About 30 characters. */
export function textOf(n: number): string {
  const count = 10 + Math.floor(chance(n * 31) * 10);
  let text = '';
  // Ranks by a power law, as words of a language have.
  for (let i = 0; i < count; i += 1) text += word(Math.floor(wordCount ** chance(n * 32 + i)));
  return n % rareEvery === 17 ? `${text}${rareText}` : text;
}

/** An incoming text message; ids of the size that WeChat gives. */
export function messageOf(n: number, sentAt: number, text = textOf(n)): NewMessage {
  const upstreamId = String(1_497_474_118_261_484_795n + BigInt(n) * 977n);
  const friend = `wxid_friend${n % 50}`;
  return {
    key: upstreamId,
    upstreamId,
    peer: { wxid: friend, kind: 'FRIEND', name: `朋友${n % 50}` },
    sender: { wxid: friend, name: `朋友${n % 50}`, displayName: null },
    direction: 'INCOMING',
    kind: 'TEXT',
    text,
    content: { type: 'Text', text },
    mentions: [],
    mentionsMe: false,
    sentAt,
    richness: 1,
    raw: `{"newMsgId":${upstreamId},"content":"${text}"}`,
  };
}

export function incoming(accountId: number, n: number, at: number, text?: string): Incoming {
  return { accountId, now: at, type: 'message', message: messageOf(n, at, text) };
}
