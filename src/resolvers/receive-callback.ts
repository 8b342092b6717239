import { DriverError } from '../drivers/driver.ts';
import { hashSecret } from '../secrets.ts';
import type { Account } from '../db/model.ts';
import type { App } from './app.ts';
import { GatewayError } from './errors.ts';
import { receiveEvents } from './receive-events.ts';
import { readersOf } from './shared-callbacks.ts';

const quarantinedChars = 65_536;

/** A POST of an upstream as it arrived. */
export type ReceivedCallback = { body: Uint8Array; contentType: string | null; query: URLSearchParams };

/**
 * A POST of an upstream to an account's callback address. When this resolves, what it told is durable.
 *
 * NOT_FOUND for an unknown secret, BAD_INPUT for a body that cannot be read, FORBIDDEN for one of another account; the
 * latter two are kept in quarantine first, so that nothing vanishes.
 */
export async function receiveCallback(app: App, secret: string, callback: ReceivedCallback): Promise<void> {
  const account = await app.store.queries.accountByCallback(hashSecret(secret));
  if (!account) throw new GatewayError('NOT_FOUND', 'There is no such callback address.');
  await receiveFor(app, account, callback);
}

/** A POST that is for this account. Errors as of `receiveCallback`. */
export async function receiveFor(app: App, account: Account, callback: ReceivedCallback): Promise<void> {
  const now = app.clock.now();
  let told;
  try {
    told = (await readersOf(app, account, callback)).map(({ account: reader, driver }) => ({
      reader,
      events: driver.decode({ ...callback, self: reader.self, now }),
    }));
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    const body = Buffer.from(callback.body).toString('utf8').slice(0, quarantinedChars);
    await app.commit([{ accountId: account.id, now, type: 'quarantine', body, reason: error.message }]);
    throw new GatewayError(error.code === 'FORBIDDEN' ? 'FORBIDDEN' : 'BAD_INPUT', error.message, { cause: error });
  }
  await Promise.all(told.map(({ reader, events }) => receiveEvents(app, reader, events)));
  app.pollers.posted(account.id, now);
}
