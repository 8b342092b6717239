/** Media as posts tell them: where they lie, and, as far as the build does, their bytes. */
import { readBytes } from '../../resolvers/media/read-bytes.ts';
import { readMediaUrl } from '../../resolvers/media/read-media.ts';
import type { Message } from '../../resolvers/messages/read-messages.ts';
import type { MessageKind } from '../../words.ts';
import type { Fields, Shown } from './encode-message.ts';

export type MediaKind = Extract<MessageKind, 'IMAGE' | 'VOICE' | 'VIDEO' | 'FILE' | 'EMOJI'>;

/** The names that fields of a kind begin with. */
const prefixes: Record<MediaKind, string> = {
  IMAGE: 'img',
  VOICE: 'voice',
  VIDEO: 'video',
  FILE: 'file',
  EMOJI: 'gif',
};

/** In bytes; what is larger is told by its address alone. */
const mostInside = 4 * 1024 * 1024;

export function isMediaKind(kind: MessageKind): kind is MediaKind {
  return kind in prefixes;
}

/**
 * Where the gateway has them there is an address in the place of a path, which needs no header and lives for ten minutes; else what the
 * upstream told of its own disk, and nothing where it told nothing. Voices come with their bytes, in the newest builds other media too.
 */
export async function readMediaFields(shown: Shown, { seq }: Message, kind: MediaKind): Promise<Fields> {
  const { app, loaders, dialect, mediaData } = shown;
  const media = await loaders.mediaOfMessage.load(seq);
  if (media === null) return {};
  const place = readMediaUrl(app, media) ?? media.upstreamPath;
  const fields: Record<string, string> = {};
  const prefix = prefixes[kind];
  if (place !== null) fields[`${prefix}_path`] = place;
  if (kind === 'EMOJI') Object.assign(fields, animationFields(readMediaUrl(app, media) ?? media.upstreamMediaId));
  if (media.stored === null) return fields;
  fields[`${prefix}_len`] = String(media.stored.size);
  const hasInside = mediaData && (kind === 'VOICE' || dialect === 'NEWEST');
  const bytes = hasInside ? await readBytes(app, media.stored, mostInside) : null;
  if (bytes === null) return fields;
  if (kind !== 'VOICE') return { ...fields, [`${prefix}_base64`]: bytes.toString('base64') };
  const hex = bytes.toString('hex').toUpperCase();
  return { ...fields, voip_data: hex, voice_hex: hex };
}

function animationFields(url: string | null): Fields {
  return url !== null && /^https?:/i.test(url) ? { gif_url: url } : {};
}
