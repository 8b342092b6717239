/**
 * Media to send, as E云 takes them: the address of each, which E云 fetches itself. A file may come as bytes instead.
 */
import { DriverError } from '../driver.ts';
import type { OutgoingContent, OutgoingMedia } from '../media.ts';
import { unsupported } from './client.ts';
import type { Fields } from './fields.ts';

type MediaType = Exclude<OutgoingContent['type'], 'TEXT'>;
type AtGateway = Extract<OutgoingMedia['source'], { at: 'GATEWAY' }>;

/**
 * Files up to this size go as base64: E云 is a cloud, to which the gateway's address may not be open. In bytes; a third more
 * as base64, which with the rest stays below the 1 MiB that web servers take by default.
 */
const largestInlineFile = 750_000;

/** The call for media of this type, without sender and receiver. Throws UNSUPPORTED for what E云 cannot send. */
export async function mediaSend(type: MediaType, media: OutgoingMedia): Promise<{ route: string; body: Fields }> {
  const { source } = media;
  if (source.at === 'UPSTREAM') throw unsupported('E云 has no disk of which a path could be sent');
  if (source.at === 'WECHAT') throw unsupported('E云 gives media no id by which they could be sent again');
  switch (type) {
    case 'IMAGE':
      return { route: 'sendImage2', body: { content: source.url } };
    case 'FILE':
      return fileSend(media, source);
    case 'VIDEO':
      if (source.coverUrl === null) throw unsupported('E云 sends a video only with a cover, a JPEG of at most 50 kB');
      return { route: 'sendVideo', body: { path: source.url, thumbPath: source.coverUrl } };
    case 'VOICE':
      return { route: 'sendVoice', body: { content: source.url, length: voiceLength(media) } };
  }
}

async function fileSend(
  { name, mime, size }: OutgoingMedia,
  source: AtGateway,
): Promise<{ route: string; body: Fields }> {
  if (size === null || size > largestInlineFile) {
    return { route: 'sendFile', body: { path: source.url, fileName: name } };
  }
  const base64 = Buffer.from(await bytesOf(source)).toString('base64');
  // With the head of a data URL, as the documentation's example has it.
  return { route: 'sendFileBase64', body: { fileName: name, base64: `data:${mime};base64,${base64}` } };
}

/** In milliseconds, as WeChat's voicelength. */
function voiceLength({ mime, durationMs }: OutgoingMedia): number {
  if (!/^audio\/(?:x-)?(?:silk|amr)\b/i.test(mime)) throw unsupported('E云 sends a voice only as SILK or AMR');
  if (durationMs === null)
    throw unsupported('E云 sends a voice only with its duration, and that of this one is not known');
  return Math.max(1, Math.round(durationMs));
}

async function bytesOf(source: AtGateway): Promise<Uint8Array> {
  try {
    return await source.read();
  } catch (cause) {
    if (cause instanceof DriverError) throw cause;
    throw new DriverError('INTERNAL', 'the file could not be read', { certain: true, retry: false, cause });
  }
}
