import type { Account } from '../../db/model.ts';
import type { Driver } from '../../drivers/driver.ts';
import { connectionContext } from './account-secrets.ts';
import type { App } from '../app.ts';
import { download } from '../media/download.ts';
import { GatewayError } from '../errors.ts';

/** The drivers of accounts that are being driven, by account, with the connection that each was made for. */
export type RunningDrivers = Map<number, { madeFor: string; driver: Driver }>;

/**
 * The driver of this account as it is now: the one that drives it, which knows its login, else a new one. A new one holds no
 * state that matters between two of them.
 */
export function driverOf(app: App, account: Account): Driver {
  const running = app.runningDrivers.get(account.id);
  return running?.madeFor === connectionOf(account) ? running.driver : createDriver(app, account);
}

/** A driver of its own. */
export function createDriver(app: App, account: Account): Driver {
  const type = app.drivers[account.driver];
  if (!type) throw new GatewayError('UNSUPPORTED', `This gateway has no driver ${account.driver}.`);
  const secrets =
    account.sealedSecrets === null
      ? {}
      : (JSON.parse(app.seal.unseal(account.sealedSecrets, connectionContext(account.callbackHash))) as Record<
          string,
          string
        >);
  return type.create(account.connection, secrets, {
    now: () => app.clock.now(),
    self: account.self,
    timezone: app.config.timezone,
    download: (url, signal) => download(app, account.connection.baseUrl, url, signal),
  });
}

/** All that a driver is made of; another one is another upstream or another login. */
export function connectionOf(account: Account): string {
  return JSON.stringify([account.connection, account.sealedSecrets]);
}
