/** Everything that upstreams tell comes in here. */
import { sql } from 'kysely';
import type { Millis } from '../../words.ts';
import type { Incoming, Received } from '../store.ts';
import { liveAccount } from './account-rows.ts';
import { setSelf, setState } from './accounts.ts';
import { type Batch, openBatch } from './batch.ts';
import { receiveContact, saveContacts } from './contacts.ts';
import type { Engine } from './engine.ts';
import { dropFile } from './files.ts';
import { receiveMember } from './members.ts';
import { receiveMessage } from './receive-message.ts';
import { receiveRest } from './rests.ts';
import { build, insertion, statement } from './sql.ts';

const quarantinedBytes = 64 * 1024;
/** The oldest ones make room. */
const quarantinedBodies = 10_000;

/** See `Store.receive`. */
export function receive(engine: Engine, items: readonly Incoming[]): Received[] {
  const batch = openBatch(engine);
  const received = items.map((item) => receiveItem(engine, batch, item));
  batch.writeCounts();
  return received;
}

const applied: Received = { result: 'APPLIED', messageSeq: null };

function receiveItem(engine: Engine, batch: Batch, item: Incoming): Received {
  const { accountId, now } = item;
  if (!batch.isLive(accountId)) {
    countSkipped(engine, accountId, `${item.type} of an account that is gone`, now);
    if (item.type === 'message') dropFile(engine, item.message.bytes);
    if (item.type === 'rest') dropFile(engine, item.rest.bytes);
    return applied;
  }
  switch (item.type) {
    case 'message':
      return receiveMessage(engine, batch, accountId, item.message, now);
    case 'rest': {
      const received = receiveRest(engine, accountId, item.rest, now);
      if (received === null) {
        countSkipped(engine, accountId, 'the rest of a message that is not known', now);
        quarantine(engine, accountId, item.rest.raw, 'the rest of a message that is not known', now);
      }
      return received ?? applied;
    }
    case 'state':
      // Who stopped an account wants it shown as stopped, whatever its upstream goes on to do.
      if (liveAccount(engine, accountId)?.wanted === 1) setState(engine, accountId, item.change);
      else countSkipped(engine, accountId, 'state while stopped', now);
      break;
    case 'self':
      setSelf(engine, accountId, item.self, now);
      break;
    case 'contact':
      receiveContact(engine, item);
      batch.forgetPeers();
      break;
    case 'member':
      receiveMember(engine, item);
      batch.forgetPeers();
      break;
    case 'contacts':
      // Conversations may become one.
      batch.writeCounts();
      saveContacts(engine, accountId, item.contacts, item.kinds, now);
      batch.forgetPeers();
      break;
    case 'quarantine':
      quarantine(engine, accountId, item.body, item.reason, now);
      break;
    case 'skipped':
      countSkipped(engine, accountId, item.what, now);
      break;
  }
  return applied;
}

const insertQuarantined = insertion('quarantine', ['account_id', 'at', 'body', 'reason']);
const deleteQuarantined = statement(({ through }: { through: number }) =>
  build.deleteFrom('quarantine').where('id', '<=', through),
);

function quarantine(engine: Engine, accountId: number, body: string, reason: string, at: Millis): void {
  const kept = Buffer.byteLength(body) > quarantinedBytes ? firstBytes(body, quarantinedBytes) : body;
  const { id } = engine.sql.run(insertQuarantined, { account_id: accountId, at, body: kept, reason });
  engine.sql.run(deleteQuarantined, { through: id - quarantinedBodies });
}

/** Not more than so many bytes, no character cut in two. */
function firstBytes(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}

const upsertSkipped = statement(
  (v: { accountId: number; what: string; at: Millis }) =>
    sql`insert into skipped_count (account_id, what, count, last_at) values (${v.accountId}, ${v.what}, 1, ${v.at})
      on conflict (account_id, what) do update set count = count + 1, last_at = excluded.last_at`,
);

function countSkipped(engine: Engine, accountId: number, what: string, at: Millis): void {
  engine.sql.run(upsertSkipped, { accountId, what, at });
}
