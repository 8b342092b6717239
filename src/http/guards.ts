/** Who calls, over every transport of HTTP: tokens in headers, the browser's session, and what is refused before that. */
import type { IncomingHttpHeaders } from 'node:http';
import type { App } from '../resolvers/app.ts';
import type { Caller } from '../resolvers/access/caller.ts';
import { GatewayError } from '../resolvers/errors.ts';
import { HttpError } from './problem.ts';
import { type OriginRules, isNavigation, originRules } from './origin.ts';
import { type Throttle, createThrottle } from './throttle.ts';

export const sessionCookie = 'wxgraph_session';

/** What a caller proves itself by. */
export type Credential = { kind: 'token' | 'session'; value: string };

/** A request as far as the guards look at it: Fastify's and Node's both fit. */
export type GuardedRequest = {
  method?: string | undefined;
  url?: string | undefined;
  headers: IncomingHttpHeaders;
  socket: { remoteAddress?: string | undefined };
};

export type AuthenticateOptions = {
  /** Whether the browser's session counts here. It does so from the gateway's own pages alone. */
  cookie?: boolean;
};

export type Guards = {
  readonly rules: OriginRules;
  readonly throttle: Throttle;
  /** Refuses a foreign Host (421) and pages of other sites (403). */
  admit(request: GuardedRequest): void;
  /** The credential that a request brings, or null. Throws BAD_INPUT for a token in the address. */
  credentialOf(request: GuardedRequest, options?: AuthenticateOptions): Credential | null;
  /** The caller behind a credential. UNAUTHENTICATED, or RATE_LIMITED after too many wrong ones from one address. */
  check(credential: Credential | null, address: string): Promise<Caller>;
  /** Like `check`, without counting: for connections that were let in before. */
  recheck(credential: Credential): Promise<Caller>;
  /** Both steps for one request. */
  authenticate(request: GuardedRequest, options?: AuthenticateOptions): Promise<Caller>;
};

export type Authenticators = {
  authenticateToken: (app: App, token: string | null | undefined) => Promise<Caller>;
  authenticateSession: (app: App, session: string) => Promise<Caller>;
};

const tokensInQuery = ['token', 'access_token', 'api_key', 'apikey', 'authorization'];

export function createGuards(app: App, { authenticateToken, authenticateSession }: Authenticators): Guards {
  const rules = originRules(app.config);
  const throttle = createThrottle(app.clock);

  const recheck = (credential: Credential) =>
    credential.kind === 'token' ? authenticateToken(app, credential.value) : authenticateSession(app, credential.value);

  const guards: Guards = {
    rules,
    throttle,
    recheck,
    admit(request) {
      if (!rules.knowsHost(request.headers.host)) {
        throw new HttpError(
          421,
          'This gateway does not go by that host name. Set WXGRAPH_PUBLIC_URL to the address you use.',
        );
      }
      if (!rules.mayCall(request.headers) && !isNavigation(request.method ?? '', request.headers)) {
        throw new GatewayError(
          'FORBIDDEN',
          'Pages of this origin may not call the gateway. WXGRAPH_ALLOW_ORIGINS names those that may.',
        );
      }
    },
    credentialOf(request, options = {}) {
      const token = tokenIn(request.headers);
      if (token !== null) return { kind: 'token', value: token };
      if (hasTokenInQuery(request.url)) {
        throw new GatewayError('BAD_INPUT', 'A token belongs into the Authorization header, not into the address.');
      }
      const session = options.cookie ? cookieIn(request.headers.cookie, sessionCookie) : null;
      if (session === null) return null;
      if (!rules.isSameOrigin(request.headers)) {
        throw new GatewayError('FORBIDDEN', 'A session of the browser counts on pages of the gateway itself only.');
      }
      return { kind: 'session', value: session };
    },
    async check(credential, address) {
      // Nobody guesses by giving nothing.
      if (credential === null) return authenticateToken(app, null);
      try {
        return await recheck(credential);
      } catch (error) {
        if (!(error instanceof GatewayError) || error.code !== 'UNAUTHENTICATED') throw error;
        const wait = throttle.failed(address);
        if (wait === 0) throw error;
        throw new GatewayError('RATE_LIMITED', 'Too many wrong tokens from this address.', {
          retryable: true,
          retryAfterMs: wait,
        });
      }
    },
    async authenticate(request, options) {
      return guards.check(guards.credentialOf(request, options), addressOf(request));
    },
  };
  return guards;
}

export function addressOf(request: GuardedRequest): string {
  return request.socket.remoteAddress ?? 'unknown';
}

/** The token behind `Bearer x` or the bare `x` that E云's clients send. */
export function bareToken(header: string): string {
  return header.replace(/^bearer\s+/i, '').trim();
}

/** The value of one cookie, or null. */
export function cookieIn(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name && value) return value.trim();
  }
  return null;
}

function tokenIn(headers: IncomingHttpHeaders): string | null {
  if (headers.authorization !== undefined) return bareToken(headers.authorization);
  const key = headers['x-api-key'];
  return typeof key === 'string' ? key.trim() : null;
}

function hasTokenInQuery(url: string | undefined): boolean {
  const query = url?.split('?', 2)[1];
  if (query === undefined) return false;
  return [...new URLSearchParams(query).keys()].some((key) => tokensInQuery.includes(key.toLowerCase()));
}
