/** Conversations across accounts, one of them, and whom it is with: side by side where there is room, else one after another. */
import { Drawer, Empty, Grid, Spin } from 'antd';
import { Suspense, lazy, useEffect, useEffectEvent } from 'react';
import { useQuery } from 'urql';
import { Failure } from '../../parts/failure.tsx';
import { useFilters } from '../../parts/filters.ts';
import { usePlaces } from './address.ts';
import { ChatList } from './chat-list.tsx';
import './inbox.css';
import { chatDocument } from './inbox.ts';
import { NewChat } from './new-chat.tsx';
import { ThreadPane } from './thread-pane.tsx';
import { useInboxWords } from './words.ts';

const InfoPane = lazy(() => import('./info-pane.tsx'));

export default function InboxPage() {
  const text = useInboxWords();
  const filters = useFilters();
  const { go } = usePlaces();
  const { md = true, xl = true } = Grid.useBreakpoint();
  const chatId = filters.text('chat');
  const contactId = filters.text('contact');
  const isOpen = chatId !== null || contactId !== null;
  useKeys(() => isOpen && go({ chat: null, contact: null, info: null }));

  return (
    <div className="page inbox">
      {(md || !isOpen) && <ChatList chosen={chatId} />}
      {chatId !== null && <OpenChat key={chatId} id={chatId} isWide={md} isWidest={xl} />}
      {chatId === null && contactId !== null && <NewChat key={contactId} id={contactId} />}
      {!isOpen && md && <Empty className="inbox-pane center" description={text.choose} />}
    </div>
  );
}

function OpenChat({ id, isWide, isWidest }: { id: string; isWide: boolean; isWidest: boolean }) {
  const text = useInboxWords();
  const filters = useFilters();
  const { go } = usePlaces();
  const [{ data, error }, again] = useQuery({ query: chatDocument, variables: { id } });
  const chat = data?.chat;
  if (!chat) {
    return (
      <section className="inbox-pane">
        {error ? <Failure error={error} again={again} /> : <Spin className="center fill" />}
      </section>
    );
  }
  const info = (
    <Suspense fallback={<Spin className="center" />}>
      <InfoPane id={chat.contact.id} />
    </Suspense>
  );
  return (
    <>
      <ThreadPane
        key={chat.id}
        chat={chat}
        showInfo={isWidest ? null : () => filters.set({ info: true })}
        back={isWide ? null : () => go({ chat: null, info: null })}
      />
      {isWidest ? (
        <aside className="inbox-info" aria-label={text.info}>
          {info}
        </aside>
      ) : (
        <Drawer
          open={filters.flag('info')}
          onClose={() => filters.set({ info: null })}
          title={chat.contact.displayName}
          size="min(420px, 100vw)"
        >
          {info}
        </Drawer>
      )}
    </>
  );
}

/** "/" goes to the search, Escape closes the conversation. */
function useKeys(close: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const isWriting = target.matches('input, textarea, [contenteditable]');
    // What lies over the page has its own.
    if (event.defaultPrevented || document.querySelector('[role=dialog]') !== null) return;
    if (event.key === '/' && !isWriting) {
      event.preventDefault();
      document.querySelector<HTMLElement>('.inbox-search input')?.focus();
    } else if (event.key === 'Escape') {
      if (isWriting) target.blur();
      else close();
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => press(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
