/**
 * Addresses that somebody else chose, asked without becoming their way into this network.
 *
 * The name is resolved once, by the connection itself: every address that it gives is checked and no other is connected to,
 * so that a name cannot show one address to the check and another to the connection.
 */
import { type LookupAddress, lookup } from 'node:dns';
import { lookup as lookUp } from 'node:dns/promises';
import { type LookupFunction, isIP } from 'node:net';
import { buildConnector } from 'undici';
import { isPublicAddress } from './public-address.ts';

/** It is no http or https address, or lies in a private network. Its message names the host alone. */
export class AddressNotAllowed extends Error {
  override readonly name = 'AddressNotAllowed';
}

/** The address where it may be asked, so far as itself tells. Throws AddressNotAllowed. */
export function checkedUrl(address: string, allowHosts: readonly string[]): URL {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '') {
    throw new AddressNotAllowed('This is not an http or https address.');
  }
  // The connection asks nobody for the address of a literal.
  const literal = literalOf(url);
  if (isIP(literal) !== 0 && !isPublicAddress(literal) && !isAllowed(url, allowHosts)) throw notAllowed(url);
  return url;
}

/** As `checkedUrl`, with what the name stands for now; a name that nobody knows may be known later. */
export async function lookedUpUrl(address: string, allowHosts: readonly string[]): Promise<URL> {
  const url = checkedUrl(address, allowHosts);
  if (isIP(literalOf(url)) !== 0 || isAllowed(url, allowHosts)) return url;
  const found = await lookUp(url.hostname, { all: true }).catch(() => []);
  if (!found.every((one) => isPublicAddress(one.address))) throw notAllowed(url);
  return url;
}

/** Connects to addresses that were checked, and to no others. */
export function guardedConnector(url: URL, allowHosts: readonly string[]): buildConnector.connector {
  const guarded: LookupFunction = (name, options, done) => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0);
      const isFine = isAllowed(url, allowHosts) || addresses.every(({ address }) => isPublicAddress(address));
      if (!isFine) return done(notAllowed(url), '', 0);
      if (options.all) return (done as unknown as (error: null, all: LookupAddress[]) => void)(null, addresses);
      const [first] = addresses;
      done(null, first!.address, first!.family);
    });
  };
  return buildConnector({ timeout: 10_000, allowH2: false, lookup: guarded });
}

/** That a connection was refused here: what the lookup threw comes back as it is, or behind the connection's own error. */
export function refusalIn(error: unknown): AddressNotAllowed | null {
  if (error instanceof AddressNotAllowed) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof AddressNotAllowed ? cause : null;
}

function literalOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function isAllowed(url: URL, allowHosts: readonly string[]): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return allowHosts.some((host) => host === url.hostname || host === `${url.hostname}:${port}`);
}

function notAllowed(url: URL): AddressNotAllowed {
  return new AddressNotAllowed(
    `${url.host} is in a private network. WXGRAPH_ALLOW_HOSTS names the hosts that may be asked all the same.`,
  );
}
