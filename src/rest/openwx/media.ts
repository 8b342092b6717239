/** Media of requests: from a path or address, as bytes, or by the id that an earlier answer gave. */
import type { GivenContent } from '../../resolvers/send/send-content.ts';
import { takeUpload } from '../../resolvers/media/take-upload.ts';
import { type Uploaded, uploadMedia } from '../../resolvers/media/upload-media.ts';
import type { MediaSendType, MessageKind } from '../../words.ts';
import type { Call } from './call.ts';
import { Failure } from './failure.ts';

/** Openwx's types of media, and the code of each that ends a media id. */
export const mediaTypes = {
  image: { code: 3, send: 'IMAGE' },
  voice: { code: 34, send: 'VOICE' },
  video: { code: 43, send: 'VIDEO' },
  emoticon: { code: 47, send: 'IMAGE' },
  microvideo: { code: 62, send: 'VIDEO' },
  file: { code: 6, send: 'FILE' },
} as const satisfies Record<string, { code: number; send: MediaSendType }>;

export type MediaType = keyof typeof mediaTypes;

/** Media that the gateway has, by an id that says what they are sent as. */
export type TakenMedia = Uploaded & { type: MediaType; mediaId: string };

/** The type of media of a message. */
export function typeOfKind(kind: MessageKind): MediaType {
  if (kind === 'IMAGE') return 'image';
  if (kind === 'VOICE') return 'voice';
  if (kind === 'VIDEO') return 'video';
  return kind === 'EMOJI' ? 'emoticon' : 'file';
}

export function showMediaId(id: string, type: MediaType): string {
  return `${id}:${mediaTypes[type].code}`;
}

export function contentOf({ id, type }: TakenMedia): GivenContent {
  return { type: mediaTypes[type].send, media: { from: 'mediaId', place: id } };
}

/** Whether a request brings media at all. */
export function bringsMedia({ params }: Call): boolean {
  return (
    params.file !== null ||
    ['media_path', 'media_id', 'media_data'].some((name) => (params.bytes(name)?.length ?? 0) > 0)
  );
}

/**
 * The media of a request, taken before anything is sent. A path may be an address or lie in the folders that media may be sent from;
 * the newline that shells leave at its end is none of it.
 */
export async function takeMedia(call: Call): Promise<TakenMedia> {
  const { app, caller, params, signal } = call;
  const wanted = params.one('media_type');
  const [id = '', code] = (params.one('media_id') ?? '').trim().split(':');
  if (id !== '') return typed(await takeUpload(app, caller, { from: 'mediaId', place: id }, signal), wanted, code);
  const name = params.one('media_name');
  const path = (params.one('media_path') ?? '').trim();
  const bytes = params.file?.bytes ?? params.bytes('media_data');
  if (bytes !== null && bytes.length > 0) {
    const named = name ?? params.file?.name ?? nameIn(path);
    const uploaded = await uploadMedia(app, caller, { chunks: [bytes], name: named });
    return typed(uploaded, wanted, undefined);
  }
  if (path === '') throw new Failure(-1, 'invaild media_path');
  const from = /^https?:\/\//i.test(path) ? 'url' : 'path';
  const media = { from, place: path, ...(name !== null && { name }) } as const;
  return typed(await takeUpload(app, caller, media, signal), wanted, undefined);
}

function nameIn(path: string): string | null {
  return path.split(/[?#]/, 1)[0]!.split(/[/\\]/).at(-1) || null;
}

/** As the request says, else as the id says, else as the bytes are. */
function typed(uploaded: Uploaded, wanted: string | null, code: string | undefined): TakenMedia {
  const all = Object.keys(mediaTypes) as MediaType[];
  const type =
    all.find((one) => one === wanted) ??
    all.find((one) => String(mediaTypes[one].code) === code) ??
    typeOfMime(uploaded.mime);
  return { ...uploaded, type, mediaId: showMediaId(uploaded.id, type) };
}

function typeOfMime(mime: string): MediaType {
  if (mime === 'image/gif') return 'emoticon';
  if (/^video\/(mp4|mpeg)$/.test(mime)) return 'video';
  return mime.startsWith('image/') ? 'image' : 'file';
}
