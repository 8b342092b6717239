import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { useMay } from '../../parts/viewer.ts';
import { type OpenChat, markReadDocument } from './inbox.ts';

const changes = ['visibilitychange', 'focus', 'blur'] as const;

/** Whether somebody can be reading: a page in the background is not read. */
function useIsWatched(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener(changes[0], changed);
      window.addEventListener(changes[1], changed);
      window.addEventListener(changes[2], changed);
      return () => {
        document.removeEventListener(changes[0], changed);
        window.removeEventListener(changes[1], changed);
        window.removeEventListener(changes[2], changed);
      };
    },
    () => document.visibilityState === 'visible' && document.hasFocus(),
  );
}

/** Marks a conversation read up to the newest message that is in sight; undefined: it is not. */
export function useMarkRead({ id: chatId, unreadCount }: OpenChat, upTo: string | undefined): void {
  const client = useClient();
  const maySend = useMay('SEND');
  const isWatched = useIsWatched();
  const marked = useRef<string>(undefined);
  useEffect(() => {
    if (!maySend || !isWatched || unreadCount === 0 || upTo === undefined || marked.current === upTo) return;
    marked.current = upTo;
    // What fails here is marked with the next message.
    void client.mutation(markReadDocument, { input: { chatId, upTo } }).toPromise();
  }, [client, chatId, unreadCount, upTo, maySend, isWatched]);
}
