/** Media as posts tell them: where they lie, and, as far as the build does, their bytes. */
import { readBytes } from '../../resolvers/read-bytes.ts';
import { readMediaUrl } from '../../resolvers/read-media.ts';
import type { Message } from '../../resolvers/read-messages.ts';
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
 * Nothing while the gateway does not have them. In the place of a path there is an address of the gateway, which needs no header and
 * lives for ten minutes. Voices come with their bytes, in the newest builds other media too.
 */
export async function readMediaFields(shown: Shown, { seq }: Message, kind: MediaKind): Promise<Fields> {
  const { app, loaders, dialect, mediaData } = shown;
  const media = await loaders.mediaOfMessage.load(seq);
  const url = media && readMediaUrl(app, media);
  if (!media?.stored || url === null) return {};
  const prefix = prefixes[kind];
  const fields = {
    [`${prefix}_path`]: url,
    [`${prefix}_len`]: String(media.stored.size),
    ...(kind === 'EMOJI' && { gif_url: url }),
  };
  const hasInside = mediaData && (kind === 'VOICE' || dialect === 'NEWEST');
  const bytes = hasInside ? await readBytes(app, media.stored, mostInside) : null;
  if (bytes === null) return fields;
  if (kind !== 'VOICE') return { ...fields, [`${prefix}_base64`]: bytes.toString('base64') };
  const hex = bytes.toString('hex').toUpperCase();
  return { ...fields, voip_data: hex, voice_hex: hex };
}
