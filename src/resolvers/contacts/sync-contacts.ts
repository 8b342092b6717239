import type { Account } from '../../db/model.ts';
import type { Changed, NewContact } from '../../db/store.ts';
import type { Driver } from '../../drivers/driver.ts';
import { contactKinds } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { driverOf } from '../accounts/driver-of.ts';
import { GatewayError } from '../errors.ts';
import { readAccount } from '../accounts/read-accounts.ts';

/** Begins to fetch all contacts again and answers at once; `Account.contactSync` and ContactsSynced tell how it goes. */
export async function syncContacts(app: App, caller: Caller, id: string): Promise<Changed<Account>> {
  requireScope(caller, 'SEND');
  const account = await readAccount(app, caller, id);
  const driver = driverOf(app, account);
  if (!driver.fetchContacts) {
    throw new GatewayError('UNSUPPORTED', `The driver ${account.driver} cannot do CONTACTS.`);
  }
  if (account.state !== 'RUNNING') {
    throw new GatewayError(
      'NOT_READY',
      `The account is ${account.state}: contacts can be fetched while it is RUNNING.`,
    );
  }
  await app.store.syncProgress(account.id, { done: 0, total: null }, app.clock.now());
  void fetchContacts(app, account, driver, app.stopping);
  return { object: await readAccount(app, caller, id), seq: app.tail.latest() };
}

/** Contacts older than this are fetched again when the account comes to RUNNING. */
const freshMs = 3600_000;

/** After a login, when ids may have changed; after a mere restart of the gateway fresh contacts are kept. */
export async function refreshContacts(
  app: App,
  { before, now }: { before: Account | null; now: Account },
  driver: Driver,
  signal: AbortSignal,
): Promise<void> {
  if (!driver.fetchContacts) return;
  const isFresh =
    now.sync.state === 'DONE' &&
    now.self?.wxid === before?.self?.wxid &&
    app.clock.now() - (now.sync.finishedAt ?? 0) < freshMs;
  if (isFresh) return;
  await app.store.syncProgress(now.id, { done: 0, total: null }, app.clock.now());
  void fetchContacts(app, now, driver, signal);
}

/** Fetches all contacts, page by page, and stores them at the end. Never rejects: a failure is shown as the sync's state. */
export async function fetchContacts(app: App, account: Account, driver: Driver, signal: AbortSignal): Promise<void> {
  try {
    const contacts: NewContact[] = [];
    for await (const page of driver.fetchContacts!(signal)) {
      contacts.push(...page.contacts);
      await app.store.syncProgress(account.id, { done: contacts.length, total: page.total }, app.clock.now());
    }
    if (signal.aborted) return;
    await app.store.saveContacts(account.id, contacts, contactKinds, app.clock.now());
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    app.log.warn({ accountId: account.id, err: error }, 'contacts not fetched');
    await app.store
      .syncProgress(account.id, { error: words }, app.clock.now())
      .catch((failure: unknown) => app.log.error({ err: failure }, 'sync state not stored'));
  }
}
