import type { App } from '../app.ts';
import { showId } from '../ids.ts';
import type { Loaders } from '../load.ts';
import { mediaUrlOf } from './media-address.ts';
import { capabilitiesOf } from '../accounts/read-accounts.ts';

/** Whose picture: an account, contact or member, with where its upstream says that the picture lies. */
export type Pictured = {
  kind: 'account' | 'contact' | 'member';
  id: number;
  accountId: number;
  avatarUrl: string | null;
};

/** The gateway's own address of a picture; null where there is none to be had. */
export async function readAvatarUrl(app: App, loaders: Loaders, of: Pictured): Promise<string | null> {
  if (of.avatarUrl === null) {
    const account = await loaders.account.load(of.accountId);
    if (!account || !capabilitiesOf(app, account).includes('AVATAR')) return null;
  }
  return mediaUrlOf(app, showId(of.kind, of.id));
}
