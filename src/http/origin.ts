/** Which hosts the gateway answers to, and which pages of a browser may call it. */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Config } from '../config.ts';

export type OriginRules = {
  /** Whether the gateway goes by this Host: a page that had its name pointed at the gateway's address is refused so. */
  knowsHost(host: string | undefined): boolean;
  /** Whether a page of this origin may call: the gateway's own, or an allowed one. */
  mayCall(headers: IncomingHttpHeaders): boolean;
  /** Whether it is certain that the request comes from a page of the gateway itself. Only then does a cookie count. */
  isSameOrigin(headers: IncomingHttpHeaders): boolean;
  /** The other origin that is allowed to call, where the request has one. */
  allowedOrigin(headers: IncomingHttpHeaders): string | null;
  readonly secure: boolean;
};

export function originRules(config: Pick<Config, 'host' | 'publicUrl' | 'allowOrigins'>): OriginRules {
  const own = config.publicUrl === null ? null : new URL(config.publicUrl);
  const names = new Set(['localhost', config.host.toLowerCase(), ...(own ? [own.hostname] : [])]);

  function isOwn(origin: string, host: string | undefined): boolean {
    if (own && origin === own.origin) return true;
    // A page that came over plain HTTP is not the gateway's own where that is served over HTTPS.
    if (own && own.protocol === 'https:' && host === own.host) return false;
    return host !== undefined && origin === URL.parse(`http://${host}`)?.origin;
  }

  // Nearly all requests name the same host, and reading it costs as much as the rest of these rules.
  let lastKnown: string | undefined;
  const rules: OriginRules = {
    secure: own?.protocol === 'https:',
    knowsHost(host) {
      if (host !== undefined && host === lastKnown) return true;
      const name = host === undefined ? undefined : URL.parse(`http://${host}`)?.hostname.replace(/\.$/, '');
      if (name === undefined) return false;
      const isKnown = names.has(name) || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
      if (isKnown) lastKnown = host;
      return isKnown;
    },
    allowedOrigin({ origin }) {
      return origin !== undefined && config.allowOrigins.includes(origin) ? origin : null;
    },
    mayCall(headers) {
      if (headers.origin !== undefined) {
        return isOwn(headers.origin, headers.host) || rules.allowedOrigin(headers) !== null;
      }
      return headers['sec-fetch-site'] !== 'cross-site';
    },
    isSameOrigin(headers) {
      if (headers.origin !== undefined) return isOwn(headers.origin, headers.host);
      const site = headers['sec-fetch-site'];
      if (site !== undefined) return site === 'same-origin';
      // Browsers send Sec-Fetch-Site to HTTPS and loopback alone; no page can choose its Referer's origin.
      const referer = headers.referer === undefined ? null : URL.parse(headers.referer);
      return referer !== null && isOwn(referer.origin, headers.host);
    },
  };
  return rules;
}

/** Somebody follows a link or types an address: harmless, as what is shown then does nothing by itself. */
export function isNavigation(method: string, headers: IncomingHttpHeaders): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers.origin === undefined &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}
