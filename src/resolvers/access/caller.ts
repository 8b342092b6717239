/** Who asks, and what they may. Every use case asks here, so that no face can forget it. */
import type { Scope } from '../../words.ts';
import { GatewayError, notFound } from '../errors.ts';

export type Caller = {
  scope: Scope;
  /** null: every account. */
  accountIds: readonly number[] | null;
  tokenId: number | null;
  sessionId: number | null;
};

const rank: Record<Scope, number> = { READ: 0, SEND: 1, ADMIN: 2 };

/** Throws FORBIDDEN unless the caller has this scope. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (rank[caller.scope] < rank[scope]) {
    throw new GatewayError('FORBIDDEN', `This needs the scope ${scope}; the token has ${caller.scope}.`);
  }
}

/** Throws NOT_FOUND for an account that the caller may not see, as for one that does not exist. */
export function requireAccount(caller: Caller, accountId: number, shownId: string): void {
  if (!maySee(caller, accountId)) throw notFound('account', shownId);
}

export function maySee(caller: Caller, accountId: number | null): boolean {
  return caller.accountIds === null || (accountId !== null && caller.accountIds.includes(accountId));
}

/** The asked ids that the caller may see; null only where everything was asked and everything may be seen. */
export function visibleAccounts(caller: Caller, asked: readonly number[] | null | undefined): readonly number[] | null {
  if (caller.accountIds === null) return asked ?? null;
  if (asked === null || asked === undefined) return caller.accountIds;
  return asked.filter((id) => caller.accountIds?.includes(id));
}

/** Whose idempotency keys these are. */
export function keyScope(caller: Caller): string {
  return caller.tokenId !== null ? `token:${caller.tokenId}` : `session:${caller.sessionId}`;
}
