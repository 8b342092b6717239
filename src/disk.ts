import { statfs } from 'node:fs/promises';
import type { Clock } from './clock.ts';

const askedEveryMs = 5_000;

/** What is left on the disk of a folder, in bytes, asked anew every five seconds; null where the system does not tell. */
export function watchDisk(folder: string, clock: Clock): () => Promise<number | null> {
  let known: Promise<number | null> | null = null;
  let askedAt = 0;
  return () => {
    if (known === null || clock.elapsed() - askedAt >= askedEveryMs) {
      askedAt = clock.elapsed();
      known = statfs(folder).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null,
      );
    }
    return known;
  };
}
