import type { ApiToken } from '../../db/model.ts';
import { hashSecret } from '../../secrets.ts';
import type { Millis, Scope } from '../../words.ts';
import type { App } from '../app.ts';
import { newToken } from './authenticate.ts';
import { type Caller, requireScope } from './caller.ts';
import { type Connection, type PageArgs, connection, keysetPage } from '../connection.ts';
import { badInput, notFound } from '../errors.ts';
import { readId, showId } from '../ids.ts';
import { readText } from '../input.ts';

/** A new token; `secret` is shown once, only its hash is kept. */
export async function createApiToken(
  app: App,
  caller: Caller,
  input: { name: string; scope: Scope; accountIds?: readonly string[] | null; expiresAt?: Millis | null },
): Promise<{ token: ApiToken; secret: string }> {
  requireScope(caller, 'ADMIN');
  const name = readText('name', input.name, 50);
  const now = app.clock.now();
  if (input.expiresAt !== null && input.expiresAt !== undefined && input.expiresAt <= now) {
    throw badInput('expiresAt', 'The token would have expired already.');
  }
  const accountIds = input.accountIds?.map((id) => {
    const accountId = readId('account', id);
    if (accountId === null) throw notFound('account', id);
    return accountId;
  });
  if (accountIds && input.scope === 'ADMIN') {
    throw badInput('accountIds', 'An ADMIN token is for every account; leave accountIds out, or choose READ or SEND.');
  }
  if (accountIds) {
    const known = new Set((await app.store.queries.accountsById(accountIds)).map((account) => account.id));
    const unknown = accountIds.find((id) => !known.has(id));
    if (unknown !== undefined) throw notFound('account', showId('account', unknown));
  }
  const secret = newToken(app);
  const token = await app.store.createToken({
    name,
    hash: hashSecret(secret),
    scope: input.scope,
    accountIds: accountIds ? [...new Set(accountIds)] : null,
    expiresAt: input.expiresAt ?? null,
    now,
  });
  app.log.info({ tokenId: showId('token', token.id), scope: token.scope }, 'token created');
  return { token, secret };
}

export async function revokeApiToken(
  app: App,
  caller: Caller,
  id: string,
): Promise<{ deletedId: string; seq: number }> {
  requireScope(caller, 'ADMIN');
  const tokenId = readId('token', id);
  if (tokenId === null) throw notFound('token', id);
  const [token] = await app.store.queries.tokensById([tokenId]);
  if (!token) throw notFound('token', id);
  const { seq } = await app.store.revokeToken(tokenId, app.clock.now());
  app.log.info({ tokenId: id }, 'token revoked');
  return { deletedId: id, seq };
}

/** By creation. */
export async function readApiTokens(app: App, caller: Caller, args: PageArgs): Promise<Connection<ApiToken>> {
  requireScope(caller, 'ADMIN');
  const page = keysetPage<[number]>('tokens', args, ['number']);
  const slice = await app.store.queries.tokens(page);
  return connection(
    'tokens',
    slice,
    (token) => [token.id],
    () => app.store.queries.countTokens(),
  );
}
