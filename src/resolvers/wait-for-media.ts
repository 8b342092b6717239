import type { Media } from '../db/model.ts';
import type { App } from './app.ts';
import { waitUntil } from './wait-until.ts';

/** Media that have not come by then are told without their bytes. */
const waitMs = 10_000;
/** Of an older message they are not on their way just now. */
const recentMs = 60_000;

/** The media of a message, once it is known whether their bytes are to be had; as they are where that takes longer. */
export async function waitForMedia(
  app: App,
  { seq, accountId, receivedAt }: { seq: number; accountId: number; receivedAt: number },
): Promise<Media | null> {
  const read = async () => (await app.store.queries.mediaOfMessages([seq]))[0] ?? null;
  const isRecent = receivedAt > app.clock.now() - recentMs;
  const settled = await waitUntil(app, accountId, isRecent ? waitMs : 0, async () => {
    const media = await read();
    return media?.status === 'PENDING' ? null : { media };
  });
  return settled === null ? read() : settled.media;
}
