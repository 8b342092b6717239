/**
 * Who wants which events: an index, so that an event is offered to those alone that may want it, however many others there
 * are.
 */
import type { StoredEvent } from '../../db/model.ts';

/** What a subscription wants of the log. Null: all of them. */
export type Interest = {
  types: readonly StoredEvent['type'][];
  accountIds: readonly number[] | null;
  chatIds: readonly number[] | null;
  /** Whether this event is wanted; the whole rule. */
  passes(event: StoredEvent): boolean;
};

export type Interests<Listener> = {
  /** Whose interest this is; the same listener for the same interest. */
  add(interest: Interest, listener: Listener): void;
  /** Takes it away again. */
  remove(interest: Interest, listener: Listener): void;
  /** Those that want this event. */
  of(event: StoredEvent): Listener[];
};

type Entry<Listener> = { interest: Interest; listener: Listener };
type Place = number | StoredEvent['type'];

/** Each entry stands under the narrowest thing that it asks for. */
export function createInterests<Listener>(): Interests<Listener> {
  const byType = new Map<Place, Entry<Listener>[]>();
  const byAccount: typeof byType = new Map();
  const byChat: typeof byType = new Map();

  function placesOf({ types, accountIds, chatIds }: Interest): [typeof byType, readonly Place[]] {
    if (chatIds) return [byChat, chatIds];
    return accountIds ? [byAccount, accountIds] : [byType, types];
  }

  return {
    add: (interest, listener) => {
      const entry = { interest, listener };
      const [index, places] = placesOf(interest);
      for (const place of new Set(places)) {
        const there = index.get(place);
        if (there) there.push(entry);
        else index.set(place, [entry]);
      }
    },
    remove: (interest, listener) => {
      const [index, places] = placesOf(interest);
      for (const place of new Set(places)) {
        const there = index.get(place) ?? [];
        const at = there.findIndex((entry) => entry.listener === listener);
        if (at < 0) continue;
        const last = there.pop()!;
        if (at < there.length) there[at] = last;
        if (there.length === 0) index.delete(place);
      }
    },
    of: (event) => {
      const found = new Set<Listener>();
      const look = (entries: readonly Entry<Listener>[] = []) => {
        for (const { interest, listener } of entries) if (interest.passes(event)) found.add(listener);
      };
      look(byType.get(event.type));
      for (const id of event.type === 'GROUP_CHANGED' ? event.groupAccountIds : [event.accountId]) {
        if (id !== null) look(byAccount.get(id));
      }
      if (event.chatId !== null) look(byChat.get(event.chatId));
      return [...found];
    },
  };
}
