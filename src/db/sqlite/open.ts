import type { Millis } from '../../words.ts';
import type { Store } from '../store.ts';
import { accept } from './accept.ts';
import * as accounts from './accounts.ts';
import { saveAvatar } from './avatars.ts';
import { markRead } from './chats.ts';
import * as contactChanges from './contact-changes.ts';
import * as contacts from './contacts.ts';
import { checkTables, openDatabase } from './database.ts';
import * as deliveries from './deliveries.ts';
import { type Engine, openEngine } from './engine.ts';
import { forgetFiles } from './files.ts';
import * as groups from './groups.ts';
import * as journal from './journal.ts';
import * as lanes from './lanes.ts';
import { settleMedia } from './media.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openQueries } from './queries/index.ts';
import { moveReader } from './readers.ts';
import { receive } from './receive.ts';
import { markRevoked } from './revokes.ts';
import * as sends from './sends.ts';
import { openSharedCommits } from './shared-commits.ts';
import { take } from './take.ts';
import * as tokens from './tokens.ts';
import { addUpload, expireUploads } from './uploads.ts';
import * as webhooks from './webhooks.ts';

export type SqliteOptions = {
  /** The database file; its folder is made where it is missing. */
  path: string;
  /** `YYYY-MM-DD` in the gateway's time zone. */
  dayOf: (at: Millis) => string;
  /** False: `rung` yields every `pollMs` and is never rung. */
  doorbell?: boolean;
  pollMs?: number;
  /** How long after a dispatch its echo is looked for first; 120 s. */
  echoWindowMs?: number;
  /** For what has no time of its own: take-overs, and which day is today when accounts are read by id. */
  now?: () => Millis;
};

/**
 * Opens the store on one SQLite file, made and migrated as needed. UNAVAILABLE: the file is no database of this program, damaged, or
 * of a newer version.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const raw = openDatabase(options.path);
  try {
    await migrate(raw, migrations);
    checkTables(raw, options.path);
  } catch (error) {
    raw.close();
    throw error;
  }
  return storeOf(openEngine(raw, options));
}

/** The store on a database that is open and migrated. */
export function storeOf(engine: Engine): Store {
  const writing =
    <Args extends unknown[], Result>(step: (engine: Engine, ...args: Args) => Result) =>
    async (...args: Args): Promise<Result> =>
      engine.write(() => step(engine, ...args));
  // The steps of all lanes: what they ask for in one turn of the event loop shares one commit.
  const together = openSharedCommits(engine);
  const sharing =
    <Args extends unknown[], Result>(step: (engine: Engine, ...args: Args) => Result) =>
    (...args: Args): Promise<Result> =>
      together.write(() => step(engine, ...args));
  const reading =
    <Args extends unknown[], Result>(query: (engine: Engine, ...args: Args) => Result) =>
    async (...args: Args): Promise<Result> =>
      engine.read(() => query(engine, ...args));
  return {
    receive: writing(receive),
    read: reading(journal.read),
    bounds: reading(journal.bounds),
    rung: (signal) => engine.bell.rung(signal),
    trim: writing(journal.trim),
    moveReader: writing(moveReader),

    accept: writing(accept),
    take: sharing(take),
    settle: sharing(sends.settle),
    cancel: writing(sends.cancel),
    cancelJob: writing(sends.cancelJob),
    expire: writing(sends.expire),

    join: writing(lanes.join),
    renew: reading(lanes.renew),
    claim: writing(lanes.claim),
    release: writing(lanes.release),

    createAccount: writing(accounts.createAccount),
    updateAccount: writing(accounts.updateAccount),
    wantAccount: writing(accounts.wantAccount),
    deleteAccount: writing(accounts.deleteAccount),
    setState: writing(accounts.setState),
    createGroup: writing(groups.createGroup),
    updateGroup: writing(groups.updateGroup),
    changeGroupMembers: writing(groups.changeGroupMembers),
    deleteGroup: writing(groups.deleteGroup),

    syncProgress: writing(contacts.syncProgress),
    saveContacts: writing(contacts.saveContacts),
    markRead: writing(markRead),
    addContact: writing(contactChanges.addContact),
    changeContact: writing(contactChanges.changeContact),
    removeMembers: writing(contactChanges.removeMembers),
    markRevoked: writing(markRevoked),

    settleMedia: writing(settleMedia),
    addUpload: writing(addUpload),
    expireUploads: writing(expireUploads),
    saveAvatar: writing(saveAvatar),
    forgetFiles: writing(forgetFiles),

    createWebhook: writing(webhooks.createWebhook),
    updateWebhook: writing(webhooks.updateWebhook),
    putCallback: writing(webhooks.putCallback),
    deleteWebhook: writing(webhooks.deleteWebhook),
    replayWebhook: writing(webhooks.replayWebhook),
    planDeliveries: sharing(deliveries.planDeliveries),
    settleDelivery: sharing(deliveries.settleDelivery),
    addDelivery: writing(deliveries.addDelivery),
    forgetDeliveries: writing(deliveries.forgetDeliveries),

    createToken: writing(tokens.createToken),
    putToken: writing(tokens.putToken),
    revokeToken: writing(tokens.revokeToken),
    tokenUsed: writing(tokens.tokenUsed),
    createLoginLink: writing(tokens.createLoginLink),
    openSession: writing(tokens.openSession),
    openTokenSession: writing(tokens.openTokenSession),
    closeSession: writing(tokens.closeSession),
    keyCheck: reading(tokens.keyCheck),
    saveKeyCheck: writing(tokens.saveKeyCheck),

    queries: openQueries(engine),
    close: async () => {
      together.flush();
      close(engine);
    },
  };
}

/** Once more does nothing. */
function close(engine: Engine): void {
  const { raw } = engine.sql;
  engine.bell.close();
  if (!raw.open) return;
  engine.read(() => {
    raw.pragma('wal_checkpoint(TRUNCATE)');
    raw.close();
  });
}
