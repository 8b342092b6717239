import type { Media } from '../db/model.ts';
import type { App } from './app.ts';
import { type Caller, maySee } from './caller.ts';
import { notFound } from './errors.ts';
import { readId, showId } from './ids.ts';
import { mediaUrlOf } from './media-address.ts';

export type { Media };

export async function readMedia(app: App, caller: Caller, id: string): Promise<Media> {
  const mediaId = readId('media', id);
  const [media] = mediaId === null ? [] : await app.store.queries.mediaById([mediaId]);
  if (!media || media.accountId === null || !maySee(caller, media.accountId)) throw notFound('media', id);
  return media;
}

/** Where its bytes are to be had; null until they are. */
export function readMediaUrl(app: App, media: Media): string | null {
  return media.stored === null ? null : mediaUrlOf(app, showId('media', media.id));
}
