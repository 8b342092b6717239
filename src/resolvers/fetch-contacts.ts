import type { ContactSync } from '../db/model.ts';
import type { Millis } from '../words.ts';
import type { App } from './app.ts';
import { type Caller, requireScope } from './caller.ts';
import { followLog } from './follow-log.ts';
import { readAccount } from './read-accounts.ts';
import { syncContacts } from './sync-contacts.ts';

/** Contacts that were fetched a moment ago are not fetched again: some upstreams take long over it, and allow few calls. */
const freshMs = 60_000;

/** All contacts are fetched again, as `syncContacts` does, unless they just were; waits until that is over, or for `ms` milliseconds. */
export async function fetchContactsAndWait(
  app: App,
  caller: Caller,
  id: string,
  ms: Millis,
  signal: AbortSignal,
): Promise<ContactSync> {
  requireScope(caller, 'SEND');
  const { sync } = await readAccount(app, caller, id);
  if (sync.state === 'DONE' && app.clock.now() - (sync.finishedAt ?? 0) < freshMs) return sync;
  const { newest: from } = await app.store.bounds();
  const { object: account } = await syncContacts(app, caller, id);
  const over = new AbortController();
  const giveUp = AbortSignal.any([over.signal, app.stopping, signal]);
  void app.clock.sleep(ms, giveUp).then(() => over.abort());
  try {
    for await (const { events } of followLog(app, from, giveUp)) {
      const synced = events.findLast((event) => event.type === 'CONTACTS_SYNCED' && event.accountId === account.id);
      if (synced?.type === 'CONTACTS_SYNCED' && synced.sync.state !== 'RUNNING') return synced.sync;
    }
    return (await readAccount(app, caller, id)).sync;
  } finally {
    over.abort();
  }
}
