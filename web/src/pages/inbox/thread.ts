/**
 * A stretch of a conversation, in the log's order: it grows at both ends by pages, and at the newest end by what comes live. Each message
 * is in it once, whichever way it came.
 */
import type { Client, CombinedError } from '@urql/core';
import type { LiveEvent } from '../../live/follow.ts';
import type { LiveMessage } from '../../live/message.ts';
import { messageDocument, threadDocument } from './inbox.ts';

export type Thread = {
  messages: readonly LiveMessage[];
  /** Of the first message: falls when older ones are put before it, so that a list can keep its place. */
  firstIndex: number;
  /** New after a jump: another stretch, with no place to keep. */
  stretch: number;
  /** Where the last jump led to: another object after each. */
  target: { id: string } | null;
  /** The first message that was unread when the conversation was opened. */
  unreadFrom: string | null;
  isFirst: boolean;
  hasOlder: boolean;
  hasNewer: boolean;
  /** Whether it grew last by what came live. */
  isLive: boolean;
  /** Came live while the stretch does not reach to the newest. */
  beyond: number;
  error: CombinedError | undefined;
};

export type ThreadStore = {
  snapshot(): Thread;
  watch(changed: () => void): () => void;
  /** The newest stretch. */
  open(): Promise<void>;
  older(): Promise<void>;
  newer(): Promise<void>;
  /** To a message, in this stretch or around it in another. Answers whether it is there. */
  jump(messageId: string): Promise<boolean>;
  tell(event: LiveEvent): void;
};

const pageSize = 50;
const start = 1_000_000_000;

export function createThread(client: Client, chatId: string): ThreadStore {
  const watchers = new Set<() => void>();
  let unreadLeft = 0;
  /** Told by the log while pages are asked for: a page that was read before does not have it. */
  let arrived: LiveMessage[] = [];
  let asking = Promise.resolve();
  let isAsking = false;
  let state: Thread = {
    messages: [],
    firstIndex: start,
    stretch: 0,
    target: null,
    unreadFrom: null,
    isFirst: true,
    hasOlder: false,
    hasNewer: false,
    isLive: false,
    beyond: 0,
    error: undefined,
  };

  function become(change: Partial<Thread>): void {
    state = { ...state, ...change };
    for (const changed of watchers) changed();
  }

  async function ask(place: { first?: number; after?: string; last?: number; before?: string }) {
    const { data, error } = await client
      .query(threadDocument, { chatId, ...place }, { requestPolicy: 'network-only' })
      .toPromise();
    return { chat: data?.chat, page: data?.chat?.messages, error };
  }
  /** One after another: a second page at the same end, asked at once, would be the same page. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    asking = follow(asking, work);
    return asking;
  }
  async function follow(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    await before;
    arrived = [];
    isAsking = true;
    await work();
    isAsking = false;
  }

  /** Goes back over messages until all that were unread at the opening are passed. */
  function findUnread(messages: readonly LiveMessage[]): Pick<Thread, 'unreadFrom'> {
    let { unreadFrom } = state;
    for (const message of messages.toReversed()) {
      if (unreadLeft === 0) break;
      if (message.direction !== 'INCOMING' || message.kind === 'SYSTEM' || message.kind === 'REVOKE') continue;
      unreadLeft -= 1;
      if (unreadLeft === 0) unreadFrom = message.id;
    }
    return { unreadFrom };
  }

  const store: ThreadStore = {
    snapshot: () => state,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    open: () =>
      inTurn(async () => {
        const { chat, page, error } = await ask({ last: pageSize });
        if (!chat || !page) return become({ error });
        if (state.isFirst) unreadLeft = chat.unreadCount;
        become({
          ...(state.isFirst ? findUnread(page.nodes) : {}),
          messages: merged(page.nodes, arrived),
          firstIndex: start,
          isLive: false,
          stretch: state.stretch + 1,
          target: null,
          isFirst: false,
          hasOlder: page.pageInfo.hasPreviousPage,
          hasNewer: false,
          beyond: 0,
          error: undefined,
        });
      }),
    async older() {
      if (isAsking || !state.hasOlder) return;
      await inTurn(async () => {
        const { page, error } = await ask({ last: pageSize, before: state.messages[0]!.cursor });
        if (!page) return become({ error });
        become({
          ...findUnread(page.nodes),
          messages: [...page.nodes, ...state.messages],
          firstIndex: state.firstIndex - page.nodes.length,
          isLive: false,
          hasOlder: page.pageInfo.hasPreviousPage,
          error: undefined,
        });
      });
    },
    async newer() {
      if (isAsking || !state.hasNewer) return;
      await inTurn(async () => {
        const { page, error } = await ask({ first: pageSize, after: state.messages.at(-1)!.cursor });
        if (!page) return become({ error });
        const hasNewer = page.pageInfo.hasNextPage;
        become({
          messages: merged(state.messages, page.nodes, hasNewer ? [] : arrived),
          hasNewer,
          isLive: false,
          beyond: hasNewer ? state.beyond : 0,
          error: undefined,
        });
      });
    },
    async jump(messageId) {
      if (state.messages.some(({ id }) => id === messageId)) {
        become({ target: { id: messageId } });
        return true;
      }
      let isThere = false;
      await inTurn(async () => {
        const { data } = await client.query(messageDocument, { id: messageId }).toPromise();
        const message = data?.message;
        if (!message || message.chat.id !== chatId) return;
        const [before, after] = await Promise.all([
          ask({ last: pageSize / 2, before: message.cursor }),
          ask({ first: pageSize / 2, after: message.cursor }),
        ]);
        const error = before.error ?? after.error;
        if (!before.page || !after.page) return become({ error });
        isThere = true;
        const { hasNextPage: hasNewer } = after.page.pageInfo;
        become({
          messages: merged([...before.page.nodes, message, ...after.page.nodes], hasNewer ? [] : arrived),
          firstIndex: start,
          isLive: false,
          stretch: state.stretch + 1,
          target: { id: messageId },
          hasOlder: before.page.pageInfo.hasPreviousPage,
          hasNewer,
          beyond: 0,
          error: undefined,
        });
      });
      return isThere;
    },
    tell(event) {
      if (event.__typename !== 'MessageReceived' && event.__typename !== 'MessageUpdated') return;
      const { message } = event;
      if (message.chat.id !== chatId) return;
      if (isAsking && event.__typename === 'MessageReceived') arrived.push(message);
      if (state.messages.some(({ id }) => id === message.id)) {
        become({ messages: state.messages.map((one) => (one.id === message.id ? message : one)) });
      } else if (event.__typename === 'MessageReceived') {
        if (state.isFirst) return;
        if (state.hasNewer) become({ beyond: state.beyond + 1 });
        else become({ messages: [...state.messages, message], isLive: true });
      }
    },
  };
  return store;
}

/** In this order; one that comes twice stays in its place, as it was told last. */
function merged(...parts: (readonly LiveMessage[])[]): LiveMessage[] {
  return [...new Map(parts.flat().map((message) => [message.id, message])).values()];
}
