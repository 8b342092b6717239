import type { DriverKind } from '../../words.ts';
import type { App } from '../app.ts';
import { GatewayError } from '../errors.ts';
import { type ReceivedCallback, receiveFor } from './receive-callback.ts';

/**
 * A POST of an upstream to the address that its own documentation gives, the same for all accounts: it goes to those that it
 * names, and before their first login to those whose upstream has the port that it names.
 *
 * BAD_INPUT for a body that cannot be read, FORBIDDEN for one that is nobody's here.
 */
export async function receiveUnaddressed(app: App, kind: DriverKind, callback: ReceivedCallback): Promise<void> {
  const addressee = app.drivers[kind]?.addresseeOf?.(callback.body) ?? null;
  if (addressee === null) throw new GatewayError('BAD_INPUT', 'The body does not tell whom it is for.');
  const accounts = await app.knownAccounts.ofKind(app, kind);
  const named = accounts.filter(({ account: { self } }) => addressee.wxid !== null && self?.wxid === addressee.wxid);
  const found =
    named.length > 0
      ? named
      : accounts.filter(
          ({ account: { self, connection } }) => self === null && portOf(connection.baseUrl) === addressee.port,
        );
  if (found.length === 0) {
    app.log.warn({ kind, bytes: callback.body.length }, 'a post is for no account of this gateway');
    throw new GatewayError('FORBIDDEN', 'The post is for no account of this gateway.');
  }
  // Two accounts on one upstream are deduped each for itself.
  for (const one of found) await receiveFor(app, one, callback);
}

function portOf(baseUrl: string): string | null {
  const url = URL.parse(baseUrl);
  return url && (url.port || (url.protocol === 'https:' ? '443' : '80'));
}
