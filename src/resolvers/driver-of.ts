import type { Account } from '../db/model.ts';
import type { Driver } from '../drivers/driver.ts';
import { connectionContext } from './account-secrets.ts';
import type { App } from './app.ts';
import { GatewayError } from './errors.ts';

/** A driver for this account as it is now. Drivers are cheap and hold no state that matters between two of them. */
export function driverOf(app: App, account: Account): Driver {
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
  });
}
