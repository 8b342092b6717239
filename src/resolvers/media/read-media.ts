import type { Media, StoredMedia } from '../../db/model.ts';
import type { App } from '../app.ts';
import { type Caller, maySee } from '../access/caller.ts';
import { notFound } from '../errors.ts';
import { readId, showId } from '../ids.ts';
import { mediaUrlOf } from './media-address.ts';
import { isSilk, wavIdOf } from './voice-as-wav.ts';

export type { Media, StoredMedia };

export async function readMedia(app: App, caller: Caller, id: string): Promise<Media> {
  const mediaId = readId('media', id);
  const [media] = mediaId === null ? [] : await app.store.queries.mediaById([mediaId]);
  if (!media || !maySeeMedia(caller, media)) throw notFound('media', id);
  return media;
}

/** Media of a message are its account's. An upload is of the token that it came by, and of those who see every account. */
export function maySeeMedia(caller: Caller, { accountId, tokenId }: Media): boolean {
  return maySee(caller, accountId) || (accountId === null && tokenId !== null && tokenId === caller.tokenId);
}

/** Where its bytes are to be had; null until they are. */
export function readMediaUrl(app: App, media: Media): string | null {
  return media.stored === null ? null : mediaUrlOf(app, showId('media', media.id));
}

/** Where a voice in SILK is to be had as WAV; null for other media, for one that is too large for that, and until its bytes are there. */
export function readWavUrl(app: App, { id, stored }: Media): string | null {
  return stored !== null && isSilk(stored) ? mediaUrlOf(app, wavIdOf(showId('media', id))) : null;
}
