/** The live log, for the components. */
import { createContext, use, useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import type { Live, LiveEvent, Liveness } from './follow.ts';

export const LiveContext = createContext<Live | null>(null);

function useLive(): Live {
  const live = use(LiveContext);
  if (live === null) throw new Error('There is no live log here.');
  return live;
}

export function useLiveness(): Liveness {
  const live = useLive();
  return useSyncExternalStore(live.watch, live.liveness);
}

/** Calls with every event that comes while the component is shown. */
export function useLiveEvents(listener: (event: LiveEvent) => void): void {
  const live = useLive();
  const listen = useEffectEvent(listener);
  useEffect(() => live.listen((event) => listen(event)), [live]);
}
