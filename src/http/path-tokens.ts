/**
 * Tokens in the address, for old clients that can send no header: `/t/<token>/openwx/…` is `/openwx/…` asked with that token.
 *
 * Only where WXGRAPH_PATH_TOKENS is on, and only for the routes that such clients know: those of the faces.
 */
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../resolvers/errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route may be called by a token in the address. */
    pathToken?: boolean;
  }
}

export type PathTokens = {
  /** The address that is routed: the one that was asked for, without its token, which becomes the request's header. */
  rewrite(request: IncomingMessage): string;
  /** Throws NOT_FOUND for a request whose token was in the address, on a route that takes none there. */
  admit(request: { raw: IncomingMessage; routeOptions: { config: { pathToken?: boolean } } }): void;
};

export function createPathTokens(on: boolean): PathTokens {
  const rewritten = new WeakSet<IncomingMessage>();
  return {
    rewrite(request) {
      const url = request.url ?? '/';
      const [, token, rest] = (on && /^\/t\/([^/?]+)(\/[^]*)$/.exec(url)) || [];
      if (token === undefined || rest === undefined) return url;
      rewritten.add(request);
      request.headers.authorization = `Bearer ${decoded(token)}`;
      delete request.headers['x-api-key'];
      return rest;
    },
    admit({ raw, routeOptions }) {
      if (rewritten.has(raw) && routeOptions.config.pathToken !== true) {
        throw new GatewayError('NOT_FOUND', 'There is nothing at this address.');
      }
    },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // No token has this form: it is a wrong one.
    return text;
  }
}
