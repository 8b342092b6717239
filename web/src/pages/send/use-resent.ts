import { useState } from 'react';

/** Which lines were sent again from here, and as which new ones. */
export type Resent = { get(logId: string): string | undefined; add(logId: string, newLogId: string): void };

export function useResent(): Resent {
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(new Map());
  return {
    get: (logId) => known.get(logId),
    add: (logId, newLogId) => setKnown((before) => new Map(before).set(logId, newLogId)),
  };
}
