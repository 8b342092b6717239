import { type Chunks, MediaStoreError, type Spooled } from '../../media-store/media-store.ts';
import type { App } from '../app.ts';
import { GatewayError } from '../errors.ts';

export type { Spooled };

/**
 * Puts a body on the disk while it arrives, so that slow large ones take no memory. TOO_LARGE past `maxBytes`, UNAVAILABLE where the
 * disk cannot take it.
 */
export async function spoolBody(app: App, chunks: Chunks, maxBytes: number): Promise<Spooled> {
  try {
    return await app.mediaStore.spool(chunks, maxBytes);
  } catch (error) {
    if (!(error instanceof MediaStoreError)) throw error;
    if (error.code === 'TOO_LARGE') throw new GatewayError('TOO_LARGE', 'The body is too large.', { cause: error });
    throw new GatewayError('UNAVAILABLE', error.message, { cause: error, retryable: true });
  }
}
