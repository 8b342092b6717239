/** All that went in and out, oldest first. Each list keeps its last 20 000 entries. */
import type { RecordedRequest } from './openwx/front.ts';
import type { RecordedPost } from './openwx/poster.ts';
import type { Content } from './wechat.ts';
import type { WorldEvent } from './world.ts';

/** A message that an account sent through a front and that reached WeChat. */
export type Delivered = { account: number; id: string; to: string; content: Content; text: string; at: number };

export type Records = {
  readonly requests: readonly RecordedRequest[];
  readonly posts: readonly RecordedPost[];
  readonly delivered: readonly Delivered[];
  request(request: RecordedRequest): void;
  post(post: RecordedPost): void;
  /** What an account of this number sent; what it sent by phone went through no front. */
  sent(number: number, event: Extract<WorldEvent, { type: 'message' }>): void;
  forget(): void;
};

/** How many entries each list keeps; the oldest go first. */
const kept = 20_000;

export function createRecords(): Records {
  const requests: RecordedRequest[] = [];
  const posts: RecordedPost[] = [];
  const delivered: Delivered[] = [];
  return {
    requests,
    posts,
    delivered,
    request: (request) => keep(requests, request),
    post: (post) => keep(posts, post),
    sent(account, { origin, message: { id, to, content, sentAt } }) {
      if (origin !== null) keep(delivered, { account, id, to, content, text: textOf(content), at: sentAt });
    },
    forget() {
      for (const list of [requests, posts, delivered]) list.length = 0;
    },
  };
}

function keep<T>(list: T[], entry: T): void {
  list.push(entry);
  if (list.length > kept) list.shift();
}

/** What a message reads as. */
function textOf(content: Content): string {
  switch (content.type) {
    case 'text':
    case 'notice':
    case 'payment':
      return content.text;
    case 'media':
      return content.name;
    case 'link':
      return content.title;
    case 'card':
      return content.wxid;
    case 'revoke':
  }
  return content.notice;
}
