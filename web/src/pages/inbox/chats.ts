/**
 * Conversations, the one with the newest message first: pages of the list as it was when they were asked, and on top what the log has
 * told since. What moved up since is not on a later page, and stands here already.
 */
import type { Client, CombinedError } from '@urql/core';
import type { VariablesOf } from '../../graphql.ts';
import type { LiveEvent } from '../../live/follow.ts';
import { type ChatRow, chatsDocument } from './inbox.ts';

export type ChatFilter = NonNullable<VariablesOf<typeof chatsDocument>['filter']>;

export type Chats = {
  rows: readonly ChatRow[];
  isLoading: boolean;
  hasMore: boolean;
  error: CombinedError | undefined;
};

export type ChatStore = {
  snapshot(): Chats;
  watch(changed: () => void): () => void;
  more(): Promise<void>;
  tell(event: LiveEvent): void;
};

export function createChats(client: Client, filter: ChatFilter): ChatStore {
  const watchers = new Set<() => void>();
  let rows: ReadonlyMap<string, ChatRow> = new Map();
  let state: Chats = { rows: [], isLoading: false, hasMore: true, error: undefined };
  let after: string | null = null;

  function become(change: Partial<Chats>): void {
    state = { ...state, ...change };
    for (const changed of watchers) changed();
  }
  function show(next: ReadonlyMap<string, ChatRow>): void {
    rows = next;
    become({ rows: [...next.values()] });
  }
  /** In its place. */
  function amend(id: string, what: (row: ChatRow) => ChatRow): void {
    const row = rows.get(id);
    if (row) show(new Map(rows).set(id, what(row)));
  }

  return {
    snapshot: () => state,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    async more() {
      if (state.isLoading || !state.hasMore) return;
      become({ isLoading: true, error: undefined });
      const { data, error } = await client
        .query(chatsDocument, { after, filter }, { requestPolicy: 'network-only' })
        .toPromise();
      if (!data?.chats) return become({ isLoading: false, error });
      after = data.chats.pageInfo.endCursor;
      // What is there already was told by the log meanwhile, and is in its place.
      const next = new Map(rows);
      for (const row of data.chats.nodes) if (!next.has(row.id)) next.set(row.id, row);
      become({ isLoading: false, hasMore: data.chats.pageInfo.hasNextPage });
      show(next);
    },
    tell(event) {
      if (event.__typename === 'MessageReceived') {
        const { chat, ...message } = event.message;
        const row: ChatRow = { ...chat, lastMessage: message };
        if (rows.has(row.id) || passes(row, filter)) show(new Map([[row.id, row], ...without(rows, row.id)]));
      } else if (event.__typename === 'MessageUpdated') {
        const { chat, ...message } = event.message;
        amend(chat.id, (row) => ({
          ...row,
          unreadCount: chat.unreadCount,
          unreadMentions: chat.unreadMentions,
          lastMessage: row.lastMessage?.id === message.id ? message : row.lastMessage,
        }));
      } else if (event.__typename === 'ChatUpdated') {
        amend(event.chat.id, (row) => ({ ...row, ...event.chat }));
      } else if (event.__typename === 'ContactChanged' && event.contact) {
        const { contact } = event;
        const row = [...rows.values()].find((one) => one.contact.id === contact.id);
        if (row) amend(row.id, () => ({ ...row, contact: { ...row.contact, ...contact } }));
      }
    },
  };
}

function without(rows: ReadonlyMap<string, ChatRow>, id: string): [string, ChatRow][] {
  return [...rows].filter(([key]) => key !== id);
}

/** As the gateway filters: it has to be known of a conversation that no page has shown yet. */
function passes({ account, contact, unreadCount, unreadMentions }: ChatRow, filter: ChatFilter): boolean {
  const search = filter.search?.toLowerCase() ?? '';
  return (
    (filter.accountIds?.includes(account.id) ?? true) &&
    (filter.kinds?.includes(contact.kind) ?? true) &&
    (!filter.unreadOnly || unreadCount > 0) &&
    (!filter.mentionedOnly || unreadMentions > 0) &&
    [contact.displayName, contact.name, contact.remark, contact.wxid].some((one) => one?.toLowerCase().includes(search))
  );
}
