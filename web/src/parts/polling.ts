import { useEffect } from 'react';

/**
 * Asks again and again for what no event tells of: at once, and then so long after each answer, for as long as the page is in sight. `act`
 * does not throw, and is the same function for as long as it asks the same.
 */
export function usePolling(act: () => Promise<unknown>, ms: number): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLeft = false;
    let isAsking = false;
    async function round(): Promise<void> {
      clearTimeout(timer);
      if (isAsking || document.hidden) return;
      isAsking = true;
      await act();
      isAsking = false;
      if (!isLeft) timer = setTimeout(again, ms);
    }
    const again = (): void => void round();
    document.addEventListener('visibilitychange', again);
    void round();
    return () => {
      isLeft = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }, [act, ms]);
}
