import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { showId } from '../ids.ts';
import { readMedia } from './read-media.ts';
import { requireSpace } from '../require-space.ts';
import { type GivenMedia, checkContent } from '../send/send-content.ts';
import { takeContent } from './take-media.ts';
import type { Uploaded } from './upload-media.ts';

/**
 * Media that are to be sent, taken now and sent by their id later. As `takeContent`: whatever is wrong with an address or path is
 * told before anything is queued.
 */
export async function takeUpload(app: App, caller: Caller, media: GivenMedia, signal: AbortSignal): Promise<Uploaded> {
  requireScope(caller, 'SEND');
  const given = { type: 'FILE', media } as const;
  checkContent(given);
  await requireSpace(app);
  const taken = await takeContent(app, caller, given, AbortSignal.any([app.stopping, signal]));
  const id = 'mediaId' in taken ? showId('media', taken.mediaId) : '';
  const { name, stored, mime, size } = await readMedia(app, caller, id);
  return { id, name, mime: stored?.mime ?? mime ?? '', size: stored?.size ?? size ?? 0 };
}
