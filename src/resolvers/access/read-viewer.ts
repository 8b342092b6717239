import type { ApiToken } from '../../db/model.ts';
import type { Scope } from '../../words.ts';
import type { App } from '../app.ts';
import type { Caller } from './caller.ts';

export type Viewer = { scope: Scope; accountIds: readonly number[] | null; token: ApiToken | null };

export async function readViewer(app: App, caller: Caller): Promise<Viewer> {
  const [token] = caller.tokenId === null ? [] : await app.store.queries.tokensById([caller.tokenId]);
  return { scope: caller.scope, accountIds: caller.accountIds, token: token ?? null };
}
