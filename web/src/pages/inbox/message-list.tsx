import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import { Button, Empty, Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso';
import type { LiveMessage } from '../../live/message.ts';
import type { OpenChat, OutgoingLine } from './inbox.ts';
import { MessageRow } from './message-row.tsx';
import { OutgoingRow } from './outgoing-row.tsx';
import type { Thread, ThreadStore } from './thread.ts';
import { useInboxWords } from './words.ts';

type Item = { message: LiveMessage } | { line: OutgoingLine };
type Props = {
  chat: OpenChat;
  thread: Thread;
  store: ThreadStore;
  lines: readonly OutgoingLine[];
  dismiss: (id: string) => void;
  /** Whether the newest message is in sight. */
  seen: (isSeen: boolean) => void;
  jump: (messageId: string) => void;
};

const bottomPx = 80;

/** The messages of a stretch, which keeps its place while it grows. */
export function MessageList({ chat, thread, store, lines, dismiss, seen, jump }: Props) {
  const text = useInboxWords();
  const list = useRef<VirtuosoHandle>(null);
  const { messages, firstIndex, stretch, target, unreadFrom, hasNewer } = thread;
  const [isAtBottom, setAtBottom] = useState(true);
  // Stays at the newest while pictures above come and rows find their height; until the reader goes up.
  const sticks = useRef(target === null);
  const [top, setTop] = useState(firstIndex);
  const items: Item[] = [...messages.map((message) => ({ message })), ...lines.map((line) => ({ line }))];
  const unreadAt = messages.findIndex(({ id }) => id === unreadFrom);
  const targetAt = messages.findIndex(({ id }) => id === target?.id);

  useEffect(() => {
    if (targetAt >= 0) goTo(targetAt, 'center');
    // Once for each jump; what comes later moves nothing.
  }, [target]);
  useEffect(() => seen(isAtBottom && !hasNewer), [isAtBottom, hasNewer, stretch]);

  const leave = (): void => {
    sticks.current = false;
  };
  function goTo(index: number, align: 'start' | 'center' | 'end'): void {
    sticks.current = align === 'end';
    // With the lines before it.
    list.current?.scrollToIndex({ index, align, offset: align === 'start' ? -90 : 0 });
  }

  if (items.length === 0) return <Empty className="center fill" description={text.noMessages} />;
  return (
    <div className="fill inbox-thread">
      <Virtuoso
        key={stretch}
        ref={list}
        role="log"
        aria-label={text.messages}
        aria-live="off"
        data={items}
        firstItemIndex={firstIndex}
        initialTopMostItemIndex={targetAt < 0 ? { index: 'LAST', align: 'end' } : { index: targetAt, align: 'center' }}
        computeItemKey={(_, item) => ('message' in item ? item.message.id : item.line.id)}
        itemContent={(index, item) =>
          'line' in item ? (
            <OutgoingRow line={item.line} dismiss={dismiss} />
          ) : (
            <MessageRow
              message={item.message}
              next={messages[index - firstIndex + 1]}
              isFirst={index === firstIndex && !thread.hasOlder}
              unreadFrom={unreadFrom}
              chat={chat}
              isTarget={item.message.id === target?.id}
              jump={jump}
            />
          )
        }
        // What the reader sends is shown, wherever they are reading.
        followOutput={(isBottom) => ((isBottom && thread.isLive) || 'line' in items.at(-1)! ? 'auto' : false)}
        atBottomThreshold={bottomPx}
        atBottomStateChange={(isBottom) => {
          setAtBottom(isBottom);
          if (isBottom && !hasNewer) sticks.current = true;
        }}
        totalListHeightChanged={() => {
          if (sticks.current && !hasNewer) list.current?.scrollToIndex({ index: items.length - 1, align: 'end' });
        }}
        onWheel={({ deltaY }) => {
          if (deltaY < 0) sticks.current = false;
        }}
        onTouchMove={leave}
        onMouseDown={({ target: pressed, currentTarget }) => pressed === currentTarget && leave()}
        onKeyDown={({ key }) => ['ArrowUp', 'PageUp', 'Home'].includes(key) && leave()}
        rangeChanged={({ startIndex }) => setTop(startIndex)}
        startReached={() => void store.older()}
        endReached={() => void store.newer()}
        increaseViewportBy={400}
        context={thread}
        components={{ Header: Beginning }}
      />
      {unreadAt >= 0 && firstIndex + unreadAt < top && (
        <Button className="inbox-up" shape="round" icon={<ArrowUpOutlined />} onClick={() => goTo(unreadAt, 'start')}>
          {text.toUnread}
        </Button>
      )}
      {(!isAtBottom || hasNewer) && (
        <Button
          className="inbox-down"
          shape="round"
          type={chat.unreadCount > 0 ? 'primary' : 'default'}
          icon={<ArrowDownOutlined />}
          onClick={() => {
            sticks.current = true;
            if (hasNewer) void store.open();
            else goTo(items.length - 1, 'end');
          }}
        >
          {chat.unreadCount > 0 ? text.unread(chat.unreadCount) : text.toNewest}
        </Button>
      )}
    </div>
  );
}

function Beginning({ context }: { context?: Thread }) {
  const text = useInboxWords();
  return <div className="inbox-line">{context?.hasOlder ? <Spin size="small" /> : text.beginning}</div>;
}
