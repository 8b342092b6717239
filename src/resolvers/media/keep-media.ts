/** Bytes of media go to the disk, within what the disk can bear: then the file is durable, and nobody's yet. */
import { type Chunks, MediaStoreError } from '../../media-store/media-store.ts';
import type { StoredFile } from '../../words.ts';
import type { App } from '../app.ts';
import { GatewayError, badInput } from '../errors.ts';

/** The largest file that is taken, in bytes. */
export const maxUploadBytes = 100 * 1024 * 1024;
const megabyte = 1_000_000;
/** What was posted comes once, so it is taken as long as messages are. */
export const leftByPosts = 50 * megabyte;
/** What can be fetched can wait. */
const leftByFetches = 200 * megabyte;

/** Of a message that was posted. UNAVAILABLE where the disk cannot take it. */
export async function keepPosted(app: App, bytes: Uint8Array): Promise<StoredFile> {
  try {
    return await app.mediaStore.put([bytes], { maxBytes: maxUploadBytes, leaveFree: leftByPosts });
  } catch (error) {
    if (!(error instanceof MediaStoreError)) throw error;
    throw new GatewayError('UNAVAILABLE', error.message, { cause: error, retryable: true });
  }
}

/** Of media that were fetched; at most 100 MiB unless told otherwise. Throws MediaStoreError, and what the chunks throw. */
export function keepFetched(app: App, chunks: Chunks, atMost = maxUploadBytes): Promise<StoredFile> {
  return app.mediaStore.put(chunks, { maxBytes: atMost, leaveFree: leftByFetches });
}

/**
 * To be sent. TOO_LARGE, BAD_INPUT for no bytes, UNAVAILABLE where the disk is nearly full; what the chunks throw passes through.
 * `field` is the input that they came by.
 */
export async function keepToSend(app: App, chunks: Chunks, field: string): Promise<StoredFile> {
  try {
    return await app.mediaStore.put(chunks, { maxBytes: maxUploadBytes, leaveFree: leftByFetches });
  } catch (error) {
    if (!(error instanceof MediaStoreError)) throw error;
    switch (error.code) {
      case 'TOO_LARGE':
        throw tooLarge(field);
      case 'EMPTY':
        throw badInput(field, 'A file must not be empty.');
      default:
        throw new GatewayError('UNAVAILABLE', error.message, { cause: error, retryable: true });
    }
  }
}

export function tooLarge(field: string): GatewayError {
  return new GatewayError('TOO_LARGE', `A file may have at most ${maxUploadBytes} bytes.`, { field });
}

/** Whether the disk has room for more than what is posted. */
export function hasRoomForFetches(app: App): Promise<boolean> {
  return app.mediaStore.hasRoom(leftByFetches);
}
