/** Whole files of the media store, for clients of systems that put media into their JSON. */
import { buffer } from 'node:stream/consumers';
import { MediaStoreError } from '../../media-store/media-store.ts';
import type { StoredFile } from '../../words.ts';
import type { App } from '../app.ts';

/** The bytes of a file of at most so many; null where it has more, and where it is gone. */
export async function readBytes(
  app: App,
  { file, size }: Pick<StoredFile, 'file' | 'size'>,
  atMost: number,
): Promise<Buffer | null> {
  if (size > atMost) return null;
  try {
    return await buffer(await app.mediaStore.read(file));
  } catch (error) {
    if (error instanceof MediaStoreError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
