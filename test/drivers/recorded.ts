/** What the real Mojo-Weixin 1.4.6 answered and posted. */
import { readFileSync } from 'node:fs';
import type { Callback, Self } from '../../src/drivers/driver.ts';

export type RecordedRequest = {
  name: string;
  request: { method: string; path: string; query: string; body: string | null };
  response: { status: number | null; contentType: string | null; body: string | null; note?: string };
};
export type RecordedPost = { query: string; contentType: string; rawBody: string; body: Record<string, unknown> };
export type RecordedEvent = { name: string; posts: RecordedPost[] };

export const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/openwx-recorded.json', import.meta.url), 'utf8'),
) as { requests: RecordedRequest[]; events: RecordedEvent[] };

export const me: Self = {
  wxid: '@me0000000000000000000000000000001',
  name: '小灰',
  alias: 'xiaohui001',
  uid: '123456',
  avatarUrl: null,
};

export const now = 1_795_312_000_000;

/** The answer that was recorded under this name. */
export function answerOf(name: string): RecordedRequest['response'] {
  const found = recorded.requests.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`nothing recorded as ${name}`);
  return found.response;
}

/** The posts that were recorded under this name. */
export function postsOf(name: string): RecordedPost[] {
  const found = recorded.events.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`nothing recorded as ${name}`);
  return found.posts;
}

export function callback(body: string, options: { query?: string; self?: Self | null } = {}): Callback {
  return {
    body: new TextEncoder().encode(body),
    contentType: 'application/json',
    query: new URLSearchParams(options.query ?? ''),
    self: options.self === undefined ? me : options.self,
    now,
  };
}
