import { badInput } from './errors.ts';

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
