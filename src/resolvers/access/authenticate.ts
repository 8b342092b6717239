/** Who asks: by a token, or by the session of a browser that opened a one-time link. */
import { hashSecret } from '../../secrets.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import type { Caller } from './caller.ts';
import { GatewayError } from '../errors.ts';

const sessionMs = 7 * 24 * 3600_000;
const linkMs = 24 * 3600_000;
/** `lastUsedAt` is written at most this often. */
const usedEveryMs = 60_000;

/** The caller behind a token. UNAUTHENTICATED, in the same words, for a missing, unknown, revoked or expired one. */
export async function authenticateToken(app: App, token: string | null | undefined): Promise<Caller> {
  const own = token ? app.passes.callerOf(token) : null;
  if (own) return own;
  const found = token ? await app.store.queries.tokenByHash(hashSecret(token)) : null;
  const now = app.clock.now();
  if (!found || (found.expiresAt !== null && found.expiresAt <= now)) throw unauthenticated();
  if (found.lastUsedAt === null || found.lastUsedAt < now - usedEveryMs) {
    // Not worth failing a request for: a full disk must not stop reading.
    app.store
      .tokenUsed(found.id, now)
      .catch((error: unknown) => app.log.warn({ err: error }, 'last use of a token not noted'));
  }
  return { scope: found.scope, accountIds: found.accountIds, tokenId: found.id, sessionId: null };
}

/** The caller behind a browser's session. */
export async function authenticateSession(app: App, session: string): Promise<Caller> {
  const found = await app.store.queries.sessionByHash(hashSecret(session));
  if (!found || found.expiresAt <= app.clock.now()) throw unauthenticated();
  return { scope: found.scope, accountIds: found.accountIds, tokenId: found.tokenId, sessionId: found.id };
}

/** Exchanges a token for a session that may the same, and ends with the token at the latest. The value is for the cookie. */
export async function openTokenSession(app: App, token: string): Promise<{ session: string; expiresAt: Millis }> {
  const { tokenId } = await authenticateToken(app, token);
  const session = app.randomHex(32);
  const now = app.clock.now();
  const expiresAt = now + sessionMs;
  await app.store.openTokenSession({ tokenId: tokenId!, sessionHash: hashSecret(session), expiresAt, now });
  return { session, expiresAt };
}

/** Ends a session, for whoever has its value. */
export async function closeSession(app: App, session: string): Promise<void> {
  await app.store.closeSession(hashSecret(session));
}

/** A link's secret that opens one ADMIN session within a day. */
export async function createLoginLink(app: App): Promise<string> {
  const link = app.randomHex(24);
  await app.store.createLoginLink({ hash: hashSecret(link), scope: 'ADMIN', expiresAt: app.clock.now() + linkMs });
  return link;
}

/** Spends a link. The session's value is for the cookie; only its hash is kept. */
export async function openSession(app: App, link: string): Promise<{ session: string; expiresAt: Millis }> {
  const session = app.randomHex(32);
  const now = app.clock.now();
  const expiresAt = now + sessionMs;
  const opened = await app.store.openSession({
    linkHash: hashSecret(link),
    sessionHash: hashSecret(session),
    expiresAt,
    now,
  });
  if (!opened) throw unauthenticated();
  return { session, expiresAt };
}

/**
 * The token that a new gateway starts with: the one of WXGRAPH_ADMIN_TOKEN, or, where there is no token at all, a new one
 * that is returned to be printed once.
 */
export async function ensureFirstToken(app: App): Promise<string | null> {
  const now = app.clock.now();
  const admin = { scope: 'ADMIN', accountIds: null, expiresAt: null, now } as const;
  if (app.config.adminToken !== null) {
    await app.store.putToken({ ...admin, name: 'environment', hash: hashSecret(app.config.adminToken) });
    return null;
  }
  if ((await app.store.queries.countTokens()) > 0) return null;
  const token = newToken(app);
  await app.store.createToken({ ...admin, name: 'first', hash: hashSecret(token) });
  return token;
}

/** 256 random bits. */
export function newToken(app: App): string {
  return `wxg_${app.randomHex(32)}`;
}

function unauthenticated(): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'A valid token is needed: `Authorization: Bearer <token>`.');
}
