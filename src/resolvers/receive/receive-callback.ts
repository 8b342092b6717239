import { DriverError } from '../../drivers/driver.ts';
import { hashSecret } from '../../secrets.ts';
import type { App } from '../app.ts';
import { GatewayError } from '../errors.ts';
import { findReaders } from './find-readers.ts';
import type { KnownAccount } from './known-accounts.ts';
import { receiveEvents } from './receive-events.ts';

const quarantinedChars = 65_536;

/** A POST of an upstream as it arrived. */
export type ReceivedCallback = { body: Uint8Array; contentType: string | null; query: URLSearchParams };

/**
 * A POST of an upstream to an account's callback address. When this resolves, what it told is durable.
 *
 * NOT_FOUND for an unknown secret, BAD_INPUT for a body that cannot be read, FORBIDDEN for one of another account; the
 * latter two are counted and kept in quarantine first, so that nothing vanishes.
 */
export async function receiveCallback(app: App, secret: string, callback: ReceivedCallback): Promise<void> {
  const addressee = await app.knownAccounts.byCallback(app, hashSecret(secret));
  if (!addressee) throw new GatewayError('NOT_FOUND', 'There is no such callback address.');
  await receiveFor(app, addressee, callback);
}

/** A POST that is for this account, or for those that it names. Errors as of `receiveCallback`. */
export async function receiveFor(app: App, addressee: KnownAccount, callback: ReceivedCallback): Promise<void> {
  const now = app.clock.now();
  let told;
  try {
    told = (await findReaders(app, addressee, callback)).map(({ account, driver }) => ({
      account,
      events: driver.decode({ ...callback, self: account.self, now }),
    }));
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    const code = error.code === 'FORBIDDEN' ? 'FORBIDDEN' : 'BAD_INPUT';
    const body = Buffer.from(callback.body).toString('utf8').slice(0, quarantinedChars);
    const refused = { accountId: addressee.account.id, now };
    await app.commit([
      { ...refused, type: 'skipped', what: `callback refused: ${code}` },
      { ...refused, type: 'quarantine', body, reason: error.message },
    ]);
    throw new GatewayError(code, error.message, { cause: error });
  }
  await Promise.all(told.map(({ account, events }) => receiveEvents(app, account, events)));
  for (const { account } of told) app.pollers.posted(account.id, now);
}
