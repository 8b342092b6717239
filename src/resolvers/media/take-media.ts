/**
 * From media as they were given to media that can be sent: once, before anything is queued. What is sent to many or tried again is
 * fetched and read no more, and is what it was when the send was accepted.
 */
import { openInRoots } from '../../media-roots.ts';
import { WebFetchError, webFetch } from '../../web-fetch.ts';
import type { MediaSendType, SendContent } from '../../words.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { GatewayError, badInput } from '../errors.ts';
import { readFileName, withExtension } from './file-name.ts';
import { showId } from '../ids.ts';
import { keepToSend, maxUploadBytes, tooLarge } from './keep-media.ts';
import { type Media, type StoredMedia, readMedia } from './read-media.ts';
import { type GivenContent, type GivenMedia, fieldOf } from '../send/send-content.ts';
import { addUpload } from './upload-media.ts';

/** How long what was taken for a send is kept that then was not accepted. */
const keptMs = 3600_000;
/** Somebody waits for the answer. */
const fetchLimits = { headMs: 10_000, totalMs: 30_000, spanMs: 5_000 };

/**
 * What the outbox is to carry. NOT_FOUND for media that the caller may not use, NOT_READY for those that are not there;
 * URL_NOT_ALLOWED, TOO_LARGE and UPSTREAM_… for an address; PATH_NOT_ALLOWED for a path, whatever is wrong with it; BAD_INPUT for what
 * is no picture, video or voice and shall be sent as one.
 */
export async function takeContent(
  app: App,
  caller: Caller,
  given: GivenContent,
  signal: AbortSignal,
): Promise<SendContent> {
  if (given.type === 'TEXT') return given;
  const { type, media } = given;
  const wanted = readFileName(media.name);
  if (media.from === 'upstreamPath') {
    const name = wanted ?? readFileName(media.place) ?? type.toLowerCase();
    return { type, name, upstreamPath: media.place };
  }
  const field = fieldOf(given);
  const { id, stored, name: own } = await takers[media.from](app, caller, media.place, field, signal);
  requireType(type, stored.mime, field);
  const name = wanted ?? own;
  // A picture's name is nobody's business but the upstream's, which may go by its end.
  const shown = name !== null && type === 'FILE' ? name : withExtension(name ?? showId('media', id), stored.mime);
  return { type, name: shown, mediaId: id };
}

type Take = (app: App, caller: Caller, place: string, field: string, signal: AbortSignal) => Promise<StoredMedia>;

const takers: Record<Exclude<GivenMedia['from'], 'upstreamPath'>, Take> = {
  mediaId: takeKnown,
  url: takeFromAddress,
  path: takeFromPath,
};

async function takeKnown(app: App, caller: Caller, id: string, field: string): Promise<StoredMedia> {
  const media = await readMedia(app, caller, id);
  if (isStored(media)) return media;
  const isComing = media.status === 'PENDING';
  const words = isComing ? 'are not there yet' : 'could not be had from their upstream';
  throw new GatewayError('NOT_READY', `The media ${id} ${words}.`, { field, retryable: isComing });
}

async function takeFromAddress(
  app: App,
  caller: Caller,
  url: string,
  field: string,
  signal: AbortSignal,
): Promise<StoredMedia> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    const options = { allowHosts: app.config.allowHosts, maxBytes: maxUploadBytes, ...fetchLimits };
    const { chunks } = await webFetch(url, options, either);
    const stored = await keepToSend(app, chunks, field);
    return await addUpload(app, caller, { stored, name: nameIn(url), keptMs });
  } catch (error) {
    if (!(error instanceof WebFetchError)) throw error;
    throw new GatewayError(error.code, sentence(error.message), { field, retryable: error.retry, cause: error });
  } finally {
    // Whatever of it was not read.
    over.abort();
  }
}

async function takeFromPath(app: App, caller: Caller, path: string, field: string): Promise<StoredMedia> {
  const file = await openInRoots(app.config.mediaRoots, path);
  if (file === null) {
    const words = 'This is no file in the folders that media may be sent from (WXGRAPH_MEDIA_ROOTS).';
    throw new GatewayError('PATH_NOT_ALLOWED', words, { field });
  }
  if (file.size > maxUploadBytes) {
    await file.close();
    throw tooLarge(field);
  }
  const bytes = file.read();
  try {
    const stored = await keepToSend(app, bytes, field);
    return await addUpload(app, caller, { stored, name: readFileName(file.name), keptMs });
  } finally {
    bytes.destroy();
  }
}

function isStored(media: Media): media is StoredMedia {
  return media.stored !== null;
}

const kinds: Partial<Record<MediaSendType, { mime: RegExp; words: string }>> = {
  IMAGE: { mime: /^image\//, words: 'a picture' },
  VIDEO: { mime: /^video\//, words: 'a video' },
  VOICE: { mime: /^audio\//, words: 'a voice' },
};

/** A login page that came in the place of a picture shall not go out as one. */
function requireType(type: MediaSendType, mime: string, field: string): void {
  const kind = kinds[type];
  if (kind === undefined || kind.mime.test(mime)) return;
  throw badInput(field, `By its bytes this is not ${kind.words} but ${mime}; as \`file\` anything can be sent.`);
}

/** The last part of an address. */
function nameIn(url: string): string | null {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  try {
    return readFileName(decodeURIComponent(last));
  } catch {
    return readFileName(last);
  }
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`;
}
