/** Idempotency keys: one key, one job. */
import { createHash } from 'node:crypto';
import type { NewJob } from '../../db/store.ts';
import { type Gate, createGate } from '../../gate.ts';
import type { Millis } from '../../words.ts';
import { type Caller, keyScope } from '../access/caller.ts';
import { GatewayError, badInput } from '../errors.ts';

const keptMs = 7 * 24 * 3600_000;

/**
 * The key of one send: the input's own, else the header's. BAD_INPUT where they differ, and where a header would stand for
 * several sends of one request.
 */
export function chooseKey(input: string | null | undefined, header: string | null, sends: number): string | null {
  if (header === null) return input ?? null;
  if (sends > 1) throw badInput('idempotencyKey', 'One Idempotency-Key header cannot stand for several sends.');
  if (input !== null && input !== undefined && input !== header) {
    throw badInput('idempotencyKey', 'The Idempotency-Key header and the input name different keys.');
  }
  return header;
}

/** What a caller's key stands for: `input` is all that decides what is done. Null without a key; BAD_INPUT for one that cannot be. */
export function readKey(
  caller: Caller,
  operation: string,
  key: string | null | undefined,
  input: readonly unknown[],
  now: Millis,
): NewJob['idempotency'] {
  if (key === null || key === undefined) return null;
  if (key.length === 0 || key.length > 255) throw badInput('idempotencyKey', 'A key has 1 to 255 characters.');
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  return { scope: keyScope(caller), operation, key, hash, expiresAt: now + keptMs };
}

/** Lets requests with the same key in one after the other; resolves with what ends a turn. */
export type KeyTurns = (
  key: Pick<NonNullable<NewJob['idempotency']>, 'scope' | 'operation' | 'key'>,
) => Promise<() => void>;

export function createKeyTurns(): KeyTurns {
  const turns = new Map<string, { enter: Gate; users: number }>();
  return async ({ scope, operation, key }) => {
    const name = JSON.stringify([scope, operation, key]);
    const turn = turns.get(name) ?? { enter: createGate(1), users: 0 };
    turns.set(name, turn);
    turn.users += 1;
    const leave = await turn.enter();
    return () => {
      leave();
      turn.users -= 1;
      if (turn.users === 0) turns.delete(name);
    };
  };
}

/** The key was used for something else. */
export function keyReused(): GatewayError {
  return new GatewayError('CONFLICT', 'This idempotency key was used for another input.', {
    field: 'idempotencyKey',
    reason: 'KEY_REUSED',
  });
}
