/** What somebody writes, as a request of the control API tells it. */
import { z } from 'zod';
import { ControlError, personOf } from './action.ts';
import { avatarPng } from '../png.ts';
import type { Simulator } from '../simulator.ts';
import { type Content, type MediaKind, textContent } from '../wechat.ts';

/** True: a name is made up. */
const media = z.union([z.literal(true), z.string().min(1)]).optional();
const link = {
  title: z.string(),
  description: z.string().default(''),
  url: z.string().default(''),
  appName: z.string().default(''),
  appId: z.string().default(''),
};

/** The fields of a request that say what is written. One of them, but for `text` and `data` beside media. */
export const contentFields = {
  text: z.string().optional(),
  image: media,
  voice: media,
  video: media,
  emoji: media,
  file: media,
  /** The bytes of media, in base64. */
  data: z.base64().optional(),
  link: z.strictObject(link).optional(),
  /** Whose card. */
  card: z.string().optional(),
  payment: z.string().optional(),
};
type ContentInput = z.infer<z.ZodObject<typeof contentFields>>;

const mediaKinds: Readonly<Record<'image' | 'voice' | 'video' | 'emoji' | 'file', readonly [MediaKind, string]>> = {
  image: ['image', 'picture.png'],
  voice: ['voice', 'voice.silk'],
  video: ['video', 'video.mp4'],
  emoji: ['emoticon', 'emoji.gif'],
  file: ['file', 'file.txt'],
};
const kinds = [...Object.keys(mediaKinds), 'link', 'card', 'payment'] as const;

/** Throws where it says several things at once, or none. */
export function contentOf(simulator: Simulator, input: ContentInput): Content {
  const named = kinds.filter((kind) => input[kind as keyof ContentInput] !== undefined);
  if (named.length > 1) throw new ControlError(400, `one message holds one of ${named.join(', ')}`);
  const { link: shared, card, payment, text } = input;
  if (shared !== undefined) return { type: 'link', ...shared };
  if (card !== undefined) return { type: 'card', wxid: personOf(simulator, card) };
  if (payment !== undefined) return { type: 'payment', text: payment };
  const [kind] = named as (keyof typeof mediaKinds)[];
  if (kind !== undefined) return mediaContent(simulator, kind, input);
  if (text === undefined || input.data !== undefined)
    throw new ControlError(400, `text, or one of ${kinds.join(', ')}, is missing`);
  return textContent(text);
}

/** The bytes are those that are given, or those of the text, or made up: a picture, or a few that are like no others. */
function mediaContent(simulator: Simulator, kind: keyof typeof mediaKinds, input: ContentInput): Content {
  const [type, usualName] = mediaKinds[kind];
  const named = input[kind];
  const name = typeof named === 'string' ? named : usualName;
  return { type: 'media', media: type, name, bytes: bytesOf(simulator, kind, input) };
}

function bytesOf({ clock }: Simulator, kind: keyof typeof mediaKinds, { data, text }: ContentInput): Uint8Array {
  if (data !== undefined) return Buffer.from(data, 'base64');
  if (text !== undefined) return Buffer.from(text);
  if (kind === 'image') return avatarPng(`${clock.now()}`);
  const heads = { voice: '\u0002#!SILK_V3', video: '\0\0\0\u0018ftypmp42', emoji: 'GIF89a', file: '' };
  return Buffer.from(`${heads[kind]}${clock.now()}`, 'latin1');
}
