/**
 * Messages that an upstream announces under one id and brings whole under another, in either order: one message.
 *
 * A whole one goes on naming the announcement when somebody forwards it, so that only what is in the same chat and was not
 * joined yet is taken for it.
 */
import type { Seq } from '../model.ts';
import type { NewMessage } from '../store.ts';
import type { Engine } from './engine.ts';
import { insertKey, selectKey, selectMessage, updateKey } from './message-keys.ts';

const announcement = 0;
/** No upstream's id looks like this. */
const awaitedKey = (id: string): string => `announced:${id}`;

/** The message that this one, of which nothing is known by its own id, is the other half of. From now on that id is its, too. */
export function joinAnnouncement(
  engine: Engine,
  accountId: number,
  chatId: number,
  message: NewMessage,
): { seq: Seq; richness: number } | undefined {
  const key = otherKey(message);
  const known = key === null ? undefined : engine.sql.first(selectKey, { accountId, key });
  if (key === null || known === undefined) return undefined;
  if (message.richness > announcement && known.richness > announcement) return undefined;
  const other = engine.sql.first(selectMessage, { seq: known.seq });
  if (other?.chat_id !== chatId || other.direction !== message.direction) return undefined;
  const richness = Math.max(known.richness, message.richness);
  engine.sql.run(updateKey, { accountId, key, richness, updatedSeq: null });
  engine.sql.run(insertKey, { account_id: accountId, key: message.key, seq: known.seq, richness: known.richness });
  return known;
}

/** A whole message came first: its announcement may follow. */
export function awaitAnnouncement(engine: Engine, accountId: number, seq: Seq, message: NewMessage): void {
  if (message.announcedAs === undefined) return;
  const key = awaitedKey(message.announcedAs);
  if (engine.sql.first(selectKey, { accountId, key }) !== undefined) return;
  engine.sql.run(insertKey, { account_id: accountId, key, seq, richness: message.richness });
}

function otherKey(message: NewMessage): string | null {
  if (message.announcedAs !== undefined) return message.announcedAs;
  return message.richness === announcement && message.upstreamId !== null ? awaitedKey(message.upstreamId) : null;
}
