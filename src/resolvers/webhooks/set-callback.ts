/** Where an old client wants to be called, as the calls of the old systems set it. */
import type { WebhookFormat } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { checkDestination } from './destination.ts';
import type { FormatOptions } from '../events/event-format.ts';
import { showId } from '../ids.ts';
import { readAccount } from '../accounts/read-accounts.ts';
import { mostWebhooks } from './webhook-input.ts';

export type CallbackSetting = {
  format: Exclude<WebhookFormat, 'STANDARD'>;
  /** Null: every account that the caller may see. */
  accountId: number | null;
  /** Null: nowhere any more. */
  url: string | null;
  options?: Partial<FormatOptions> & { allowReply?: boolean };
};

/**
 * The one webhook that a token has for itself in this format for this account: made, changed or removed. It acts with the token's
 * rights and ends with it; setting it again is nothing new. SEND.
 *
 * Throws NOT_FOUND for an account that is not the caller's to see, BAD_INPUT and URL_NOT_ALLOWED for an address, and CONFLICT where
 * there are as many webhooks as may be.
 */
export async function setCallback(
  app: App,
  caller: Caller,
  { format, accountId, url, options = {} }: CallbackSetting,
): Promise<void> {
  requireScope(caller, 'SEND');
  if (accountId !== null) await readAccount(app, caller, showId('account', accountId));
  const { tokenId } = caller;
  const of = { tokenId, format, accountId, now: app.clock.now() };
  if (url === null) {
    await app.store.putCallback(of, null, mostWebhooks);
    return;
  }
  const { events = null, mediaData = true, allowReply = false } = options;
  const to = {
    url: await checkDestination(app, 'url', url),
    events: events && [...events],
    mediaData,
    // The other systems take nothing from an answer.
    allowReply: allowReply && format === 'OPENWX',
  };
  await app.store.putCallback(of, to, mostWebhooks);
}
