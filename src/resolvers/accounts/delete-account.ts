import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { deleteUnusedFiles } from '../media/delete-unused-files.ts';
import { readAccount } from './read-accounts.ts';

/** Cancels what is queued, lets what is in flight end, and takes the account with all that is its own out of every answer. */
export async function deleteAccount(app: App, caller: Caller, id: string): Promise<{ deletedId: string; seq: number }> {
  requireScope(caller, 'ADMIN');
  const account = await readAccount(app, caller, id);
  const { seq } = await app.store.deleteAccount(account.id, app.clock.now());
  app.log.info({ accountId: id }, 'account deleted');
  void deleteUnusedFiles(app);
  return { deletedId: id, seq };
}
