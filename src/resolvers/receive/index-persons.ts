/** Whom a callback names, among accounts that share an upstream's address: without looking at all of them. */
import type { KnownAccount } from './known-accounts.ts';

export type PersonIndex = {
  /** The accounts that share the address of this key and are this person now. */
  named(key: string, person: string): readonly KnownAccount[];
};

/**
 * Who an account is, is asked of its driver each time, as a login may have told it a moment ago. Once it is known it is never somebody
 * else, so that only those of whom it is not known have to be asked whoever is named.
 */
export function indexPersons(accounts: readonly KnownAccount[]): PersonIndex {
  const settled = new Map<string, KnownAccount[]>();
  let unsettled: readonly KnownAccount[] = accounts;

  function settle(): void {
    unsettled = unsettled.filter((known) => {
      const place = placeOf(known);
      if (place !== null) settled.set(place, [...(settled.get(place) ?? []), known]);
      return place === null && known.driver().sharedCallback !== undefined;
    });
  }

  return {
    named: (key, person) => {
      settle();
      return settled.get(placeFor(key, person)) ?? [];
    },
  };
}

function placeOf(known: KnownAccount): string | null {
  const { sharedCallback } = known.driver();
  const person = sharedCallback?.person() ?? null;
  return person === null ? null : placeFor(sharedCallback!.key, person);
}

const placeFor = (key: string, person: string): string => JSON.stringify([key, person]);
