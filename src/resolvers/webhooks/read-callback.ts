import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import type { CallbackSetting } from './set-callback.ts';
import { mostWebhooks } from './webhook-input.ts';

/** The address that `setCallback` set for this token; null where there is none. */
export async function readCallback(
  app: App,
  { tokenId }: Caller,
  { format, accountId }: Pick<CallbackSetting, 'format' | 'accountId'>,
): Promise<string | null> {
  if (tokenId === null) return null;
  const { items } = await app.store.queries.webhooks({ first: mostWebhooks });
  const own = items.find(
    (webhook) =>
      webhook.tokenId === tokenId && webhook.format === format && (webhook.accountIds?.[0] ?? null) === accountId,
  );
  return own?.url ?? null;
}
