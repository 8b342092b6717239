/** What the inbox shows stands in the address: a link shows the same to somebody else, and "back" goes back. */
import { useLocation, useSearch } from 'wouter';

export type Place = { chat?: string | null; contact?: string | null; info?: string | null };

/** The address of the inbox with these changes; filters stay. */
export function usePlaces(): { hrefOf(place: Place): string; go(place: Place): void; settle(place: Place): void } {
  const search = useSearch();
  const [, navigate] = useLocation();
  const hrefOf = (place: Place): string => {
    const params = new URLSearchParams(search);
    for (const [name, value] of Object.entries(place)) {
      if (value) params.set(name, value);
      else params.delete(name);
    }
    const text = params.toString();
    return `/panel/inbox${text && '?'}${text}`;
  };
  return {
    hrefOf,
    go: (place) => navigate(hrefOf(place)),
    // In place of what stands there: not a step to go back from.
    settle: (place) => navigate(hrefOf(place), { replace: true }),
  };
}
