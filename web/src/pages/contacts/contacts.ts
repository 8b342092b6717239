/**
 * Contacts by pages, tens of thousands where they are all wanted. Kept here and not read out of the cache: each page would be read again
 * whenever something became known of an account, which all of them name.
 */
import type { Client, CombinedError } from '@urql/core';
import type { LiveEvent } from '../../live/follow.ts';
import { type ContactFilter, type ContactRow, contactsDocument } from './contact.ts';

export type Contacts = {
  contacts: readonly ContactRow[];
  /** Null while nothing was answered. */
  total: number | null;
  isLoading: boolean;
  hasMore: boolean;
  error: CombinedError | undefined;
};

export type ContactStore = {
  snapshot(): Contacts;
  watch(changed: () => void): () => void;
  more(): Promise<void>;
  tell(event: LiveEvent): void;
};

export function createContacts(client: Client, filter: ContactFilter): ContactStore {
  const watchers = new Set<() => void>();
  let state: Contacts = { contacts: [], total: null, isLoading: false, hasMore: true, error: undefined };
  let after: string | null = null;

  function become(change: Partial<Contacts>): void {
    state = { ...state, ...change };
    for (const changed of watchers) changed();
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
        .query(contactsDocument, { after, filter, count: after === null }, { requestPolicy: 'network-only' })
        .toPromise();
      if (!data?.contacts) return become({ isLoading: false, error });
      const { nodes, pageInfo, totalCount } = data.contacts;
      after = pageInfo.endCursor;
      become({
        contacts: [...state.contacts, ...nodes],
        total: totalCount ?? state.total,
        isLoading: false,
        hasMore: pageInfo.hasNextPage,
      });
    },
    tell(event) {
      if (event.__typename !== 'ContactChanged' || !event.contact) return;
      const { contact } = event;
      const at = state.contacts.findIndex(({ id }) => id === contact.id);
      if (at >= 0) become({ contacts: state.contacts.with(at, { ...state.contacts[at]!, ...contact } as ContactRow) });
    },
  };
}
