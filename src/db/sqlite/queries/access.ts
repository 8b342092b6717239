import { sql } from 'kysely';
import type { ApiToken, BrowserSession } from '../../model.ts';
import type { Page, Slice } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { build, statement } from '../sql.ts';
import { tokenOf } from '../tokens.ts';
import { sliceOf } from './paging.ts';

const selectTokens = statement((v: { after: number; limit: number }) =>
  build
    .selectFrom('token')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where('id', '>', v.after)
    .orderBy('id')
    .limit(v.limit),
);
const selectCount = statement(() =>
  build
    .selectFrom('token')
    .select(sql<number>`count(*)`.as('count'))
    .where('revoked_at', 'is', null),
);
const selectByIds = statement(({ ids }: { ids: string }) =>
  build
    .selectFrom('token')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where(sql<boolean>`id in (select value from json_each(${ids}))`),
);
const selectByHash = statement(({ hash }: { hash: string }) =>
  build.selectFrom('token').selectAll().where('hash', '=', hash).where('revoked_at', 'is', null),
);
const selectSession = statement(({ hash }: { hash: string }) =>
  build.selectFrom('session').selectAll().where('hash', '=', hash),
);

/** See `Queries.tokens`. */
export function tokens(engine: Engine, page: Page<[id: number]>): Slice<ApiToken> {
  const rows = engine.sql.all(selectTokens, { after: page.after?.[0] ?? 0, limit: page.first + 1 });
  return sliceOf(rows, page.first, page.after !== null && page.after !== undefined, tokenOf);
}

/** See `Queries.countTokens`. */
export function countTokens(engine: Engine): number {
  return engine.sql.first(selectCount, {})?.count ?? 0;
}

/** See `Queries.tokensById`. */
export function tokensById(engine: Engine, ids: readonly number[]): ApiToken[] {
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map(tokenOf);
}

/** See `Queries.tokenByHash`. */
export function tokenByHash(engine: Engine, hash: string): ApiToken | null {
  const row = engine.sql.first(selectByHash, { hash });
  return row === undefined ? null : tokenOf(row);
}

/** See `Queries.sessionByHash`. */
export function sessionByHash(engine: Engine, hash: string): BrowserSession | null {
  const row = engine.sql.first(selectSession, { hash });
  if (row === undefined) return null;
  const { id, scope, token_id: tokenId, expires_at: expiresAt } = row;
  if (tokenId === null) return { id, scope, accountIds: null, tokenId, expiresAt };
  const [token] = tokensById(engine, [tokenId]);
  if (token === undefined) return null;
  const { scope: ofToken, accountIds } = token;
  return { id, scope: ofToken, accountIds, tokenId, expiresAt: Math.min(expiresAt, token.expiresAt ?? expiresAt) };
}
