import type { Media } from '../../db/model.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { waitUntil } from '../events/wait-until.ts';

/** Media that have not come by then are told without their bytes. */
const fetchMs = 10_000;
/** Some upstreams tell of them in a second post, which follows at once or never. */
const secondPostMs = 3_000;
/** Of an older message they are not on their way just now. */
const recentMs = 60_000;

/** The media of a message, once it is known whether their bytes are to be had; as they are where that takes longer. */
export async function waitForMedia(
  app: App,
  { seq, accountId, receivedAt }: { seq: number; accountId: number; receivedAt: Millis },
): Promise<Media | null> {
  const read = async () => (await app.store.queries.mediaOfMessages([seq]))[0] ?? null;
  const not = (status: Media['status'], ms: Millis) =>
    waitUntil(app, accountId, ms, async () => {
      const media = await read();
      return media?.status === status ? null : { media };
    });
  if (receivedAt <= app.clock.now() - recentMs) return read();
  await not('UNAVAILABLE', secondPostMs);
  const settled = await not('PENDING', fetchMs);
  return settled === null ? read() : settled.media;
}
