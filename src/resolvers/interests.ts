/**
 * Who wants which events: an index, so that an event is offered to those alone that may want it, however many others there
 * are.
 */
import type { StoredEvent } from '../db/model.ts';

/** What a subscription wants of the log. Null: all of them. */
export type Interest = {
  types: readonly StoredEvent['type'][];
  accountIds: readonly number[] | null;
  chatIds: readonly number[] | null;
  /** Whether this event is wanted; the whole rule. */
  passes(event: StoredEvent): boolean;
};

export type Interests<Listener> = {
  /** Answers how to take it away again. */
  add(interest: Interest, listener: Listener): () => void;
  /** Those that want this event. */
  of(event: StoredEvent): Listener[];
};

type Entry<Listener> = { interest: Interest; listener: Listener };

export function createInterests<Listener>(): Interests<Listener> {
  /** Each entry stands under the narrowest thing that it asks for. */
  const entries = new Map<string, Set<Entry<Listener>>>();

  return {
    add: (interest, listener) => {
      const entry = { interest, listener };
      const places = placesOf(interest);
      for (const place of places) {
        const there = entries.get(place);
        if (there) there.add(entry);
        else entries.set(place, new Set([entry]));
      }
      return () => {
        for (const place of places) {
          const there = entries.get(place);
          there?.delete(entry);
          if (there?.size === 0) entries.delete(place);
        }
      };
    },
    of: (event) => {
      const found = new Set<Listener>();
      for (const place of placesFor(event)) {
        for (const { interest, listener } of entries.get(place) ?? []) {
          if (interest.passes(event)) found.add(listener);
        }
      }
      return [...found];
    },
  };
}

function placesOf({ types, accountIds, chatIds }: Interest): string[] {
  if (chatIds) return chatIds.map((id) => `chat ${id}`);
  if (accountIds) return accountIds.map((id) => `account ${id}`);
  return types.map((type) => `type ${type}`);
}

function placesFor(event: StoredEvent): string[] {
  const accountIds = event.type === 'GROUP_CHANGED' ? event.groupAccountIds : [event.accountId];
  return [`type ${event.type}`, ...accountIds.map((id) => `account ${id}`), `chat ${event.chatId}`];
}
