/** Open connections that stay: how many a caller and an address may have, and whether their credentials still hold. */
import type { Logger } from 'pino';
import { GatewayError } from '../resolvers/errors.ts';
import type { Credential } from './guards.ts';

export type Connections = {
  /** Counts one more of this key. Returns its release, or null where the limit is reached. */
  enter(key: string, limit: number): (() => void) | null;
  /** Calls `refused` once the credential no longer holds. Returns how to stop watching. */
  watch(credential: Credential, refused: () => void): () => void;
  /** Checks all credentials again now. */
  recheck(): void;
  close(): void;
};

/**
 * Connections of one server. Credentials are checked again every `recheckMs`, each of them once however many connections
 * it opened; one that cannot be checked just now is kept.
 */
export function createConnections(
  check: (credential: Credential) => Promise<unknown>,
  recheckMs: number,
  log: Logger,
): Connections {
  const counts = new Map<string, number>();
  const watched = new Map<string, { credential: Credential; refused: Set<() => void> }>();
  let running = false;
  let again = false;

  async function sweep(): Promise<void> {
    again = running;
    if (running) return;
    running = true;
    try {
      for (const [key, { credential, refused }] of watched) {
        try {
          await check(credential);
        } catch (error) {
          if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') {
            watched.delete(key);
            for (const tell of refused) tell();
          } else {
            log.warn({ err: error }, 'a credential could not be checked again');
          }
        }
      }
    } finally {
      running = false;
    }
    if (again) await sweep();
  }
  const timer = setInterval(() => void sweep(), recheckMs);
  timer.unref();

  return {
    enter(key, limit) {
      const count = counts.get(key) ?? 0;
      if (count >= limit) return null;
      counts.set(key, count + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        const now = counts.get(key)! - 1;
        if (now === 0) counts.delete(key);
        else counts.set(key, now);
      };
    },
    watch(credential, refused) {
      const key = `${credential.kind}:${credential.value}`;
      let entry = watched.get(key);
      if (!entry) watched.set(key, (entry = { credential, refused: new Set() }));
      entry.refused.add(refused);
      return () => {
        entry.refused.delete(refused);
        if (entry.refused.size === 0 && watched.get(key) === entry) watched.delete(key);
      };
    },
    recheck: () => void sweep(),
    close() {
      clearInterval(timer);
    },
  };
}
