/** What a driver is given of a send. */
import { buffer } from 'node:stream/consumers';
import type { Media, SendLog } from '../../db/model.ts';
import { DriverError } from '../../drivers/driver.ts';
import type { OutgoingContent, OutgoingMedia } from '../../drivers/media.ts';
import { mimeOfName } from '../../media-store/extension.ts';
import { unknownMime } from '../../media-store/sniff.ts';
import { voiceLength } from '../../media-store/voice-length.ts';
import type { SendContent, StoredFile } from '../../words.ts';
import type { App } from '../app.ts';
import { coverId } from '../media/cover.ts';
import { showId } from '../ids.ts';
import { mediaUrlOf } from '../media/media-address.ts';

/** So long an upstream is believed to have media that it took. */
const knownForMs = 24 * 3600_000;

/** In bytes; WeChat's own end after a minute. */
const longestVoice = 4 * 1024 * 1024;

type MediaContent = Exclude<SendContent, { type: 'TEXT' }>;

/** What to give the driver, and what instead where that is certainly refused; null: nothing. */
export type OutgoingForms = { first: OutgoingContent; instead: OutgoingContent | null };

/**
 * What a line carries, as a driver takes it: media that the upstream has already go by their id, without their bytes. Throws
 * `DriverError` NOT_FOUND where the media are gone, as those of an account that was deleted are.
 */
export async function outgoingForms(app: App, send: Pick<SendLog, 'accountId' | 'content'>): Promise<OutgoingForms> {
  const { content } = send;
  if (content.type === 'TEXT') return { first: content, instead: null };
  const { type, name } = content;
  if ('upstreamPath' in content) {
    const source = { at: 'UPSTREAM', path: content.upstreamPath } as const;
    const mime = mimeOfName(name) ?? unknownMime;
    return { first: { type, media: { name, mime, size: null, durationMs: null, source } }, instead: null };
  }
  const [media] = await app.store.queries.mediaById([content.mediaId]);
  const stored = media?.stored;
  if (!stored) throw new DriverError('NOT_FOUND', 'the media of this send are gone', { certain: true, retry: false });
  const durationMs = media.durationMs ?? (await voiceMs(app, content, stored));
  const from = (source: OutgoingMedia['source']): OutgoingContent => ({
    type,
    media: { name, mime: stored.mime, size: stored.size, durationMs, source },
  });
  const whole = from({
    at: 'GATEWAY',
    url: mediaUrlOf(app, showId('media', media.id)),
    read: () => read(app, stored.file),
    coverUrl: type === 'VIDEO' ? mediaUrlOf(app, coverId) : null,
  });
  const mediaId = await knownId(app, send.accountId, media);
  return mediaId === null
    ? { first: whole, instead: null }
    : { first: from({ at: 'WECHAT', mediaId }), instead: whole };
}

/** The id by which the upstream of an account has these media: of a message that it told, or of a send that it took. */
async function knownId(app: App, accountId: number, media: Media): Promise<string | null> {
  const [account] = await app.store.queries.accountsById([accountId]);
  if (!account || app.drivers[account.driver]?.sendsById !== true) return null;
  const since = app.clock.now() - knownForMs;
  const isOwn = media.accountId === accountId && media.createdAt >= since;
  // What it told of an own send is newer: what it told of a message may have been refused by now.
  const sent = await app.store.queries.sentMediaId(accountId, media.id, since);
  return sent ?? (isOwn ? media.upstreamMediaId : null);
}

/** What cannot be read has no length either; the driver finds out. */
async function voiceMs(app: App, { type }: MediaContent, { file, mime, size }: StoredFile): Promise<number | null> {
  if (type !== 'VOICE' || size > longestVoice) return null;
  return read(app, file).then(
    (bytes) => voiceLength(bytes, mime),
    () => null,
  );
}

async function read(app: App, file: string): Promise<Uint8Array> {
  return buffer(await app.mediaStore.read(file));
}
