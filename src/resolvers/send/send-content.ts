/** What a send is to carry, as it was given and as it is shown. */
import type { MediaSendType, SendContent } from '../../words.ts';
import { badInput } from '../errors.ts';

/** Where the media of a send are to be taken from; `name` goes before the name that they have there. */
export type GivenMedia = { from: 'mediaId' | 'url' | 'path' | 'upstreamPath'; place: string; name?: string };

export type GivenContent = { type: 'TEXT'; text: string } | { type: MediaSendType; media: GivenMedia };

/** Exactly one of these is given. */
export type MediaInput = {
  mediaId?: string | null;
  url?: string | null;
  path?: string | null;
  upstreamPath?: string | null;
};

/** Exactly one of these is given. */
export type SendContentInput = {
  text?: string | null;
  image?: MediaInput | null;
  file?: MediaInput | null;
  video?: MediaInput | null;
  voice?: MediaInput | null;
};

const maxTextLength = 16_384;
const maxPlaceLength = 8_192;

export function readSendContent({ text, image, file, video, voice }: SendContentInput): GivenContent {
  if (typeof text === 'string') return { type: 'TEXT', text };
  if (image) return { type: 'IMAGE', media: readMediaInput(image) };
  if (file) return { type: 'FILE', media: readMediaInput(file) };
  if (video) return { type: 'VIDEO', media: readMediaInput(video) };
  if (voice) return { type: 'VOICE', media: readMediaInput(voice) };
  throw badInput('content', 'A send carries exactly one content.');
}

function readMediaInput(input: MediaInput): GivenMedia {
  for (const from of ['mediaId', 'url', 'path', 'upstreamPath'] as const) {
    const place = input[from];
    if (typeof place === 'string') return { from, place };
  }
  throw badInput('content', 'Media are taken from exactly one place.');
}

/** What can be said of a content alone. Throws BAD_INPUT. */
export function checkContent(content: GivenContent): void {
  if (content.type === 'TEXT') return checkText(content.text);
  const { from, place } = content.media;
  const field = fieldOf(content);
  if (place.trim() === '') throw badInput(field, `${from} must not be empty.`);
  if (place.length > maxPlaceLength) throw badInput(field, `${from} may have at most ${maxPlaceLength} characters.`);
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(place) || !place.isWellFormed()) {
    throw badInput(field, `${from} must not have control characters or half characters.`);
  }
}

function checkText(text: string): void {
  const field = 'content.text';
  if (text.trim() === '') throw badInput(field, 'The text must not be empty.');
  if (text.length > maxTextLength) throw badInput(field, `The text may have at most ${maxTextLength} characters.`);
  if (text.includes('\u0000')) throw badInput(field, 'The text must not have NUL characters.');
  if (!text.isWellFormed()) throw badInput(field, 'The text has half a character (a lone surrogate).');
}

/** The input that media were given in, such as `content.image.url`. */
export function fieldOf({ type, media }: Exclude<GivenContent, { type: 'TEXT' }>): string {
  return `content.${type.toLowerCase()}.${media.from}`;
}

/** The text, or the file's name. */
export function showContent(content: SendContent): string {
  return content.type === 'TEXT' ? content.text : content.name;
}
