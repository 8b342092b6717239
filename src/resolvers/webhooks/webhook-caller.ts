/** In whose name a webhook acts: whom it shows events to, and who sends what it is answered. */
import type { ApiToken, Webhook } from '../../db/model.ts';
import type { EventFilter } from '../../db/store.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, visibleAccounts } from '../access/caller.ts';
import { eventFilter } from '../events/read-events.ts';

/** A webhook that is to be served now, and in whose name. */
export type Ready = { webhook: Webhook; caller: Caller };

/** One that a token set for itself has that token's rights; one of the administrators' may do what concerns its accounts. */
export async function callerOf(app: App, webhook: Webhook): Promise<Caller | null> {
  const [token] = webhook.tokenId === null ? [] : await app.store.queries.tokensById([webhook.tokenId]);
  return callerBy(webhook, token ?? null, app.clock.now());
}

/** What a webhook is told of; null where its token has ended. */
export function filterOf(webhook: Webhook, token: ApiToken | null, now: Millis): EventFilter | null {
  const caller = callerBy(webhook, token, now);
  return caller && filterFor(webhook, caller);
}

export function filterFor({ types }: Webhook, caller: Caller): EventFilter {
  return eventFilter(caller, { types });
}

/** Null where its token was revoked or has expired. */
function callerBy({ tokenId, accountIds }: Webhook, token: ApiToken | null, now: Millis): Caller | null {
  if (tokenId === null) return { scope: 'SEND', accountIds, tokenId: null, sessionId: null };
  if (token === null || (token.expiresAt !== null && token.expiresAt <= now)) return null;
  const { scope } = token;
  const rights: Caller = { scope, accountIds: token.accountIds, tokenId, sessionId: null };
  return { ...rights, accountIds: visibleAccounts(rights, accountIds) };
}
