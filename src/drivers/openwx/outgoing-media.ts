/**
 * Pictures, videos and files on their way to Mojo-Weixin. What its parameters do is read from its source (1.4.6).
 */
import { DriverError } from '../driver.ts';
import type { OutgoingContent, OutgoingMedia } from '../media.ts';
import type { OpenwxClient } from './client.ts';
import { known } from './fields.ts';
import type { Form } from './form-body.ts';

type MediaContent = Exclude<OutgoingContent, { type: 'TEXT' }>;

/** What the program sends something as, and the code of it that ends a media id. */
type MediaType = { name: 'image' | 'emoticon' | 'video' | 'file'; code: 3 | 47 | 43 | 6 };

/** A request of Mojolicious may have 16 MiB, head and all; the program's own limit of a file is 20 MiB. */
const maxPostedBytes = 16 * 1024 * 1024 - 64 * 1024;

/**
 * The parameters of a send for media. What can fail before anything is sent fails here, and is certain. Throws
 * `DriverError`.
 *
 * The gateway's own media go as bytes: an address that the program cannot fetch is never answered, which leaves the
 * outcome of a send unknown. Beside the bytes stands their address, without which the program forgets the send (any
 * `media_path` would do for it; versions before the end of 2016 know no bytes and fetch the address).
 */
export async function mediaForm(client: OpenwxClient, content: MediaContent, signal: AbortSignal): Promise<Form> {
  const { media } = content;
  const type = typeOf(content);
  const names = namesOf(media, type);
  const { source } = media;
  if (source.at === 'WECHAT') return { media_id: mediaIdAs(source.mediaId, type), ...sizeOf(media), ...names };
  if (source.at === 'UPSTREAM') {
    if (/^https?:/i.test(source.path)) throw refused('BAD_INPUT', 'a path of the upstream is no address');
    return { media_path: source.path, media_type: type.name, ...names };
  }
  const fetched = { media_path: source.url, media_type: type.name, media_mime: media.mime, ...names };
  if ((media.size ?? 0) > maxPostedBytes) {
    return { media_id: await upload(client, fetched, signal), ...sizeOf(media), ...names };
  }
  const bytes = await source.read().catch((cause: unknown) => {
    throw new DriverError('INTERNAL', 'the file could not be read', { certain: true, retry: false, cause });
  });
  // Of nothing the program uploads piece after piece without end.
  if (bytes.length === 0) throw refused('BAD_INPUT', 'a file must not be empty');
  return { ...fetched, media_data: bytes };
}

/** A voice would go out as a file that says it is a voice: the program has no other call for it. */
function typeOf({ type, media }: MediaContent): MediaType {
  if (type === 'VOICE') throw refused('UNSUPPORTED', 'Openwx cannot send voices');
  if (type === 'VIDEO') return { name: 'video', code: 43 };
  if (type === 'FILE') return { name: 'file', code: 6 };
  // A picture that moves is an emoticon to web WeChat, as the program sends it by itself, too.
  return media.mime === 'image/gif' ? { name: 'emoticon', code: 47 } : { name: 'image', code: 3 };
}

/** The program writes a file's name into XML as it is, and into a header. */
function namesOf({ name }: OutgoingMedia, type: MediaType): Form {
  const plain = name.replaceAll(/[\p{Cc}/\\"]/gu, '_');
  const extension = /\.([a-z\d]{1,16})$/i.exec(plain)?.[1];
  const written = plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return {
    ...(plain !== '' && { media_name: type.name === 'file' ? written : plain }),
    ...(extension !== undefined && { media_ext: extension }),
  };
}

/** Of media that are not uploaded in the same call a file's size is shown as it is told here. */
function sizeOf({ size }: OutgoingMedia): Form {
  return size === null ? {} : { media_size: String(size) };
}

/** `<MediaId>:<code>`. A number is the id of a received message, by which web WeChat gives media but does not send them. */
function mediaIdAs(mediaId: string, type: MediaType): string {
  if (mediaId === '') throw refused('BAD_INPUT', 'a media id must not be empty');
  if (/^\d+(?::\d+)?$/.test(mediaId)) {
    throw refused('UNSUPPORTED', 'Openwx sends again what it sent itself, and received files, but no other media');
  }
  return /:\d+$/.test(mediaId) ? mediaId : `${mediaId}:${type.code}`;
}

/** Has the program fetch and upload media without sending them to anybody, so that every failure is certain. */
async function upload(client: OpenwxClient, form: Form, signal: AbortSignal): Promise<string> {
  const answer = await client.call('upload_media', form, client.timings.mediaMs, signal).catch((error: unknown) => {
    if (!(error instanceof DriverError)) throw error;
    throw new DriverError(error.code, error.message, { certain: true, retry: error.retry, cause: error });
  });
  const mediaId = known(answer['media_id']);
  // It does not say why.
  if (mediaId === null) throw refused('UPSTREAM_REJECTED', 'the upstream could not upload the file');
  return mediaId;
}

function refused(code: DriverError['code'], message: string): DriverError {
  return new DriverError(code, message, { certain: true, retry: false });
}
