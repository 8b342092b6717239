import type { Chunks } from '../../media-store/media-store.ts';
import type { Millis, StoredFile } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { readFileName } from './file-name.ts';
import { showId } from '../ids.ts';
import { keepToSend } from './keep-media.ts';
import type { StoredMedia } from './read-media.ts';
import { requireSpace } from '../require-space.ts';

/** How long what is uploaded may be sent for the first time. */
const keptMs = 7 * 24 * 3600_000;

export type Uploaded = { id: string; name: string | null; mime: string; size: number };

/**
 * Keeps a file that is to be sent, durably; its type is what its bytes say. It is forgotten after seven days unless it was sent by then,
 * and else kept with its lines. TOO_LARGE, BAD_INPUT for an empty one, UNAVAILABLE where the disk is nearly full; what the chunks
 * throw passes through.
 */
export async function uploadMedia(
  app: App,
  caller: Caller,
  { chunks, name }: { chunks: Chunks; name: string | null },
): Promise<Uploaded> {
  requireScope(caller, 'SEND');
  await requireSpace(app);
  const stored = await keepToSend(app, chunks, 'file');
  const media = await addUpload(app, caller, { stored, name: readFileName(name), keptMs });
  return { id: showId('media', media.id), name: media.name, mime: media.stored.mime, size: media.stored.size };
}

/** Media of a file that is in the store and nobody's yet; its, where the caller has the same already. */
export async function addUpload(
  app: App,
  caller: Caller,
  { stored, name, keptMs: ms }: { stored: StoredFile; name: string | null; keptMs: Millis },
): Promise<StoredMedia> {
  const now = app.clock.now();
  try {
    return await app.store.addUpload({ tokenId: caller.tokenId, stored, name, expiresAt: now + ms, now });
  } catch (error) {
    // Nothing was written, so nobody knows of it.
    await app.mediaStore.delete(stored.file).catch(() => undefined);
    throw error;
  }
}
