import { Empty, Spin } from 'antd';
import { type KeyboardEvent, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso';
import { useClient } from 'urql';
import { useLiveEvents } from '../../live/live.tsx';
import { Failure } from '../../parts/failure.tsx';
import { useFilters } from '../../parts/filters.ts';
import { ChatFilters, filterOf } from './chat-filters.tsx';
import { ChatItem } from './chat-item.tsx';
import { createChats } from './chats.ts';
import { useInboxWords } from './words.ts';

const rowPx = 68;

/** Conversations across accounts, the one with the newest message first. */
export function ChatList({ chosen }: { chosen: string | null }) {
  const text = useInboxWords();
  const client = useClient();
  const filters = useFilters();
  const key = JSON.stringify(filterOf(filters));
  const store = useMemo(() => createChats(client, JSON.parse(key) as ReturnType<typeof filterOf>), [client, key]);
  useLiveEvents(store.tell);
  useEffect(() => void store.more(), [store]);
  const { rows, isLoading, hasMore, error } = useSyncExternalStore(store.watch, store.snapshot);
  const list = useRef<VirtuosoHandle>(null);
  const pane = useRef<HTMLElement>(null);

  /** The next or last row gets the focus; Enter opens it. */
  function step(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined || !(event.target instanceof HTMLElement)) return;
    const at = event.target.closest<HTMLElement>('[data-at]')?.dataset['at'];
    const index = Math.min(Math.max(at === undefined ? 0 : Number(at) + by, 0), rows.length - 1);
    event.preventDefault();
    list.current?.scrollIntoView({
      index,
      done: () => pane.current?.querySelector<HTMLElement>(`[data-at="${index}"]`)?.focus(),
    });
  }

  return (
    <nav className="inbox-list" aria-label={text.conversations} ref={pane} onKeyDown={step}>
      <ChatFilters />
      <Failure error={error} again={() => void store.more()} />
      {rows.length === 0 && isLoading && <Spin className="center" />}
      {rows.length === 0 && !isLoading && !error && <Empty description={text.noConversations} />}
      {rows.length > 0 && (
        <Virtuoso
          ref={list}
          className="fill"
          tabIndex={-1}
          data={rows}
          fixedItemHeight={rowPx}
          computeItemKey={(_, { id }) => id}
          itemContent={(index, row) => <ChatItem row={row} at={index} isChosen={row.id === chosen} />}
          endReached={() => hasMore && void store.more()}
          increaseViewportBy={200}
        />
      )}
    </nav>
  );
}
