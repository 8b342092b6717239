import type { Account } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { readAccount } from './read-accounts.ts';

/** Answers at once with the state LOADING, on a running account too; what follows comes as events. */
export async function startAccount(app: App, caller: Caller, id: string): Promise<Changed<Account>> {
  requireScope(caller, 'SEND');
  const account = await readAccount(app, caller, id);
  const now = app.clock.now();
  return app.store.wantAccount(account.id, true, { state: 'LOADING', reason: 'Starting.', qrCode: null, now });
}

/** The gateway stops driving the account: no logout, and the upstream's process goes on. */
export async function stopAccount(app: App, caller: Caller, id: string): Promise<Changed<Account>> {
  requireScope(caller, 'SEND');
  const account = await readAccount(app, caller, id);
  const now = app.clock.now();
  return app.store.wantAccount(account.id, false, {
    state: 'STOPPED',
    reason: 'Stopped by its user.',
    qrCode: null,
    now,
  });
}
