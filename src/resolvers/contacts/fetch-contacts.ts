import type { ContactSync } from '../../db/model.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { readAccount } from '../accounts/read-accounts.ts';
import { syncContacts } from './sync-contacts.ts';
import { waitUntil } from '../events/wait-until.ts';

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
  const account = await readAccount(app, caller, id);
  const { state, finishedAt } = account.sync;
  if (state === 'DONE' && app.clock.now() - (finishedAt ?? 0) < freshMs) return account.sync;
  if (state !== 'RUNNING' || account.state !== 'RUNNING') await syncContacts(app, caller, id);
  const look = async () => {
    const { sync } = await readAccount(app, caller, id);
    return sync.state === 'RUNNING' ? null : sync;
  };
  const over = await waitUntil(app, account.id, ms, look, signal);
  return over ?? (await readAccount(app, caller, id)).sync;
}
