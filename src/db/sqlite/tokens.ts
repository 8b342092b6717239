/** Access: tokens, sign-in links, sessions, and what proves the key file. */
import { sql, type Selectable } from 'kysely';
import type { Millis, Scope } from '../../words.ts';
import type { ApiToken, BrowserSession, Seq } from '../model.ts';
import { type NewToken, StoreError } from '../store.ts';
import type { Engine } from './engine.ts';
import { append } from './journal.ts';
import { build, insertion, statement } from './sql.ts';
import type { TokenTable } from './tables.ts';
import { deleteWebhooksOf } from './webhooks.ts';

export function tokenOf(row: Selectable<TokenTable>): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    accountIds: row.account_ids === null ? null : (JSON.parse(row.account_ids) as number[]),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  };
}

const insertToken = insertion('token', ['name', 'hash', 'scope', 'account_ids', 'created_at', 'expires_at']);
const selectToken = statement(({ id }: { id: number }) =>
  build.selectFrom('token').selectAll().where('id', '=', id).where('revoked_at', 'is', null),
);
const selectTokenNamed = statement(({ name }: { name: string }) =>
  build.selectFrom('token').selectAll().where('name', '=', name).where('revoked_at', 'is', null).orderBy('id').limit(1),
);
const updateToken = statement((v: Pick<TokenTable, 'hash' | 'scope' | 'account_ids' | 'expires_at'> & { id: number }) =>
  build
    .updateTable('token')
    .set({ hash: v.hash, scope: v.scope, account_ids: v.account_ids, expires_at: v.expires_at })
    .where('id', '=', v.id),
);
const updateRevoked = statement((v: { id: number; at: Millis }) =>
  build.updateTable('token').set({ revoked_at: v.at }).where('id', '=', v.id),
);
const updateUsed = statement((v: { id: number; at: Millis }) =>
  build.updateTable('token').set({ last_used_at: v.at }).where('id', '=', v.id),
);

function expectToken(engine: Engine, id: number): Selectable<TokenTable> {
  const row = engine.sql.first(selectToken, { id });
  if (row === undefined) throw new StoreError('NOT_FOUND', `there is no token ${id}`);
  return row;
}

function accountIdsJson(accountIds: readonly number[] | null): string | null {
  return accountIds === null ? null : JSON.stringify(accountIds);
}

/** See `Store.createToken`. */
export function createToken(engine: Engine, input: NewToken): ApiToken {
  const { id } = engine.sql.run(insertToken, {
    name: input.name,
    hash: input.hash,
    scope: input.scope,
    account_ids: accountIdsJson(input.accountIds),
    created_at: input.now,
    expires_at: input.expiresAt,
  });
  return tokenOf(expectToken(engine, id));
}

/** See `Store.putToken`. A changed value is told, so that what the old one opened is closed. */
export function putToken(engine: Engine, input: NewToken): ApiToken {
  const before = engine.sql.first(selectTokenNamed, { name: input.name });
  if (before === undefined) return createToken(engine, input);
  const { id } = before;
  const after = {
    ...before,
    hash: input.hash,
    scope: input.scope,
    account_ids: accountIdsJson(input.accountIds),
    expires_at: input.expiresAt,
  };
  if (JSON.stringify(after) !== JSON.stringify(before)) {
    engine.sql.run(updateToken, after);
    append(engine, { kind: 'TOKEN_CHANGED', at: input.now, accountId: null, ref: id });
  }
  return tokenOf(expectToken(engine, id));
}

/** See `Store.revokeToken`. */
export function revokeToken(engine: Engine, id: number, now: Millis): { seq: Seq } {
  expectToken(engine, id);
  engine.sql.run(updateRevoked, { id, at: now });
  deleteWebhooksOf(engine, id, now);
  return { seq: append(engine, { kind: 'TOKEN_CHANGED', at: now, accountId: null, ref: id }) };
}

/** See `Store.tokenUsed`. */
export function tokenUsed(engine: Engine, id: number, at: Millis): void {
  engine.sql.run(updateUsed, { id, at });
}

const insertLink = insertion('login_link', ['hash', 'scope', 'expires_at']);
const spendLink = statement(
  (v: { hash: string; now: Millis }) =>
    sql<{ scope: Scope }>`delete from login_link where hash = ${v.hash} and expires_at > ${v.now} returning scope`,
);
const deleteOldLinks = statement(({ now }: { now: Millis }) =>
  build.deleteFrom('login_link').where('expires_at', '<=', now),
);
const insertSession = insertion('session', ['hash', 'scope', 'expires_at', 'token_id']);
const deleteSession = statement(({ hash }: { hash: string }) => build.deleteFrom('session').where('hash', '=', hash));
const deleteOldSessions = statement(({ now }: { now: Millis }) =>
  build.deleteFrom('session').where('expires_at', '<=', now),
);

/** See `Store.createLoginLink`. */
export function createLoginLink(engine: Engine, link: { hash: string; scope: Scope; expiresAt: Millis }): void {
  engine.sql.run(insertLink, { hash: link.hash, scope: link.scope, expires_at: link.expiresAt });
}

/** See `Store.openSession`. */
export function openSession(
  engine: Engine,
  input: { linkHash: string; sessionHash: string; expiresAt: Millis; now: Millis },
): BrowserSession | null {
  const { linkHash, sessionHash, expiresAt, now } = input;
  const spent = engine.sql.first(spendLink, { hash: linkHash, now });
  engine.sql.run(deleteOldLinks, { now });
  engine.sql.run(deleteOldSessions, { now });
  if (spent === undefined) return null;
  const session = { hash: sessionHash, scope: spent.scope, expires_at: expiresAt, token_id: null };
  const { id } = engine.sql.run(insertSession, session);
  return { id, scope: spent.scope, accountIds: null, tokenId: null, expiresAt };
}

/** See `Store.openTokenSession`. */
export function openTokenSession(
  engine: Engine,
  input: { tokenId: number; sessionHash: string; expiresAt: Millis; now: Millis },
): void {
  const { scope } = expectToken(engine, input.tokenId);
  engine.sql.run(deleteOldSessions, { now: input.now });
  const session = { hash: input.sessionHash, scope, expires_at: input.expiresAt, token_id: input.tokenId };
  engine.sql.run(insertSession, session);
}

/** See `Store.closeSession`. */
export function closeSession(engine: Engine, sessionHash: string): void {
  engine.sql.run(deleteSession, { hash: sessionHash });
}

const selectKeyCheck = statement(() => build.selectFrom('gateway').select('key_check'));
const updateKeyCheck = statement(({ sealed }: { sealed: string }) =>
  build.updateTable('gateway').set({ key_check: sealed }),
);

/** See `Store.keyCheck`. */
export function keyCheck(engine: Engine): string | null {
  return engine.sql.first(selectKeyCheck, {})?.key_check ?? null;
}

/** See `Store.saveKeyCheck`. */
export function saveKeyCheck(engine: Engine, sealed: string): void {
  engine.sql.run(updateKeyCheck, { sealed });
}
