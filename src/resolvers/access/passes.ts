/** Tokens for requests that the gateway makes of itself in somebody's name; each is good while its request lasts. */
import type { Caller } from './caller.ts';

export type Passes = {
  /** Runs with a token that stands for this caller until it has ended. */
  use<T>(caller: Caller, run: (token: string) => Promise<T>): Promise<T>;
  /** Whom a token stands for; null where it is no pass, or none any more. */
  callerOf(token: string): Caller | null;
};

export function createPasses(randomHex: (bytes: number) => string): Passes {
  const callers = new Map<string, Caller>();
  return {
    use: async (caller, run) => {
      const token = `pass_${randomHex(32)}`;
      callers.set(token, caller);
      try {
        return await run(token);
      } finally {
        callers.delete(token);
      }
    },
    callerOf: (token) => callers.get(token) ?? null,
  };
}
