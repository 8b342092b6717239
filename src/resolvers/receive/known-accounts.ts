/**
 * Accounts as callbacks need them, kept in memory: reading one from the store and making its driver costs more than all
 * else that a callback needs.
 *
 * What is kept holds exactly as long as the store says that no account has changed, which is asked once in a turn of the event
 * loop, for all callbacks that come in it: it is one number. Nothing has to be told of changes, so nothing can be told too late,
 * whoever writes them.
 */
import type { Account, Seq } from '../../db/model.ts';
import type { Driver } from '../../drivers/driver.ts';
import type { DriverKind } from '../../words.ts';
import type { App } from '../app.ts';
import { connectionOf, createDriver } from '../accounts/driver-of.ts';
import { type PersonIndex, indexPersons } from './index-persons.ts';

const pageSize = 500;

/** An account with its settings and its own person; states, counts and times in it may be old. */
export type KnownAccount = {
  readonly account: Account;
  /** The driver that drives it, which knows its login, else one that is kept for it. */
  driver(): Driver;
};

export type KnownAccounts = {
  /** The account whose callback address has this hash; null for none. */
  byCallback(app: App, callbackHash: string): Promise<KnownAccount | null>;
  /** All accounts with this kind of driver, by id. */
  ofKind(app: App, kind: DriverKind): Promise<readonly KnownAccount[]>;
  /** Those of them that share an upstream's address by this key and are this person. */
  named(app: App, kind: DriverKind, key: string, person: string): Promise<readonly KnownAccount[]>;
};

type Kept = {
  /** Of the store, before any of it was read. */
  changed: Seq;
  byCallback: Map<string, KnownAccount>;
  byKind: Map<DriverKind, Promise<readonly KnownAccount[]>>;
  byPerson: Map<DriverKind, Promise<PersonIndex>>;
};

export function createKnownAccounts(): KnownAccounts {
  let kept: Kept | null = null;
  let asked: Promise<Seq> | null = null;

  function lastChange(app: App): Promise<Seq> {
    if (asked === null) {
      asked = app.store.queries.accountsChanged();
      // Whatever comes after an answer that was given in this turn is read in a later one.
      setImmediate(() => {
        asked = null;
      });
    }
    return asked;
  }

  async function present(app: App): Promise<Kept> {
    const changed = await lastChange(app);
    if (kept?.changed !== changed) kept = { changed, byCallback: new Map(), byKind: new Map(), byPerson: new Map() };
    return kept;
  }

  return {
    byCallback: async (app, callbackHash) => {
      // Whatever is read after the number belongs to it or is newer, and goes with it.
      const { byCallback } = await present(app);
      const known = byCallback.get(callbackHash);
      if (known) return known;
      const account = await app.store.queries.accountByCallback(callbackHash);
      if (!account) return null;
      const fresh = knownAccount(app, account);
      byCallback.set(callbackHash, fresh);
      return fresh;
    },
    ofKind: async (app, kind) => once((await present(app)).byKind, kind, () => readAll(app, kind)),
    named: async (app, kind, key, person) => {
      const { byKind, byPerson } = await present(app);
      const index = await once(byPerson, kind, async () => {
        return indexPersons(await once(byKind, kind, () => readAll(app, kind)));
      });
      return index.named(key, person);
    },
  };
}

/** What is kept, else what is read now and kept unless that fails. */
function once<Value>(
  kept: Map<DriverKind, Promise<Value>>,
  kind: DriverKind,
  read: () => Promise<Value>,
): Promise<Value> {
  const known = kept.get(kind);
  if (known) return known;
  const reading = read();
  kept.set(kind, reading);
  reading.catch(() => kept.delete(kind));
  return reading;
}

async function readAll(app: App, kind: DriverKind): Promise<readonly KnownAccount[]> {
  const accounts: KnownAccount[] = [];
  for (let after: [number] | null = null; ;) {
    const filter = { drivers: [kind], now: app.clock.now() };
    const slice = await app.store.queries.accounts(filter, { first: pageSize, after });
    accounts.push(...slice.items.map((account) => knownAccount(app, account)));
    if (!slice.hasNext) return accounts;
    after = [slice.items.at(-1)!.id];
  }
}

function knownAccount(app: App, account: Account): KnownAccount {
  const madeFor = connectionOf(account);
  let own: Driver | null = null;
  return {
    account,
    driver: () => {
      // Asked each time: a run begins and ends without a change of the account.
      const running = app.runningDrivers.get(account.id);
      return running?.madeFor === madeFor ? running.driver : (own ??= createDriver(app, account));
    },
  };
}
