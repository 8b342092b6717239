/**
 * Cursors: opaque to clients, never parsed or compared by them.
 *
 * A position in the event log is (epoch, seq): the epoch is the database's, so that a position of another database is noticed.
 * Other lists have keys of their own order. The two kinds cannot be taken for one another.
 */
import type { Seq } from '../../db/model.ts';
import type { Store } from '../../db/store.ts';
import type { App } from '../app.ts';
import { GatewayError } from '../errors.ts';

const epochs = new WeakMap<Store, string>();

/** Which database positions belong to. It stays as long as the store is open, and each message that is shown asks for it. */
export function readEpoch({ store }: App): string | Promise<string> {
  return (
    epochs.get(store) ??
    store.bounds().then(({ epoch }) => {
      epochs.set(store, epoch);
      return epoch;
    })
  );
}

/** A position as clients see it. */
export function showPosition(epoch: string, seq: Seq): string {
  return Buffer.from(`e.${epoch}.${seq}`).toString('base64url');
}

/**
 * The position behind a cursor. Throws CURSOR_INVALID with reason MALFORMED, FOREIGN, FUTURE, or, unless `kept` says
 * that what is read is kept for ever, EXPIRED (with `oldestCursor`).
 */
export async function readPosition(
  app: App,
  cursor: string,
  kept: 'messages' | 'events',
  field = 'after',
): Promise<Seq> {
  const { epoch, oldest, newest } = await app.store.bounds();
  const oldestCursor = showPosition(epoch, kept === 'messages' ? 0 : oldest);
  const invalid = (reason: string, words: string) =>
    new GatewayError('CURSOR_INVALID', words, { reason, oldestCursor, field });

  const parts = decode(cursor)?.split('.');
  if (parts?.length !== 3 || parts[0] !== 'e' || !/^\d{1,15}$/.test(parts[2]!)) {
    throw invalid('MALFORMED', 'This is not a position in the event log.');
  }
  if (parts[1] !== epoch) throw invalid('FOREIGN', 'This cursor belongs to another database.');
  const seq = Number(parts[2]);
  if (seq > newest) throw invalid('FUTURE', 'This cursor is later than anything that has happened.');
  if (kept === 'events' && seq < oldest) throw invalid('EXPIRED', 'The events after this cursor are no longer kept.');
  return seq;
}

/** The key of an item of a list that is not in the log's order. */
export function showKey(list: string, key: readonly (string | number)[]): string {
  return Buffer.from(`l.${list}.${JSON.stringify(key)}`).toString('base64url');
}

export function readKey<Key extends readonly (string | number)[]>(
  list: string,
  cursor: string,
  shape: readonly ('string' | 'number')[],
): Key {
  const text = decode(cursor);
  const prefix = `l.${list}.`;
  if (text?.startsWith(prefix)) {
    try {
      const key: unknown = JSON.parse(text.slice(prefix.length));
      if (Array.isArray(key) && key.length === shape.length && key.every((part, i) => typeof part === shape[i])) {
        return key as unknown as Key;
      }
    } catch {
      // Falls through: not a cursor of ours.
    }
  }
  throw new GatewayError('CURSOR_INVALID', 'This is not a cursor of this list.', {
    reason: 'MALFORMED',
    field: 'after',
  });
}

function decode(cursor: string): string | null {
  return /^[\w-]{4,}$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString('utf8') : null;
}
