/** Media inside a post: voices in hexadecimal, in newer builds the others in base64. */
import type { MediaBytes } from '../media.ts';
import { type Fields, known, text } from './fields.ts';
import { type MediaKind, mediaPrefixes } from './media.ts';

const voiceFields = ['voip_data', 'voice_hex', 'voice_data'];
const base64Fields = Object.values(mediaPrefixes).map((prefix) => `${prefix}_base64`);

/** The bytes that an element or a post holds of media of a kind; null where it holds none that can be read. */
export function bytesIn(kind: MediaKind, from: Fields): MediaBytes | null {
  const bytes = kind === 'VOICE' ? voiceIn(from) : fromBase64(known(from, `${mediaPrefixes[kind]}_base64`));
  return bytes && { bytes, mime: kind === 'VOICE' ? 'audio/silk' : null };
}

/** A voice as WeChat keeps it, in the answer of a download too, whose field has one more name. */
export function voiceIn(from: Fields): Uint8Array | null {
  const told = known(from, ...voiceFields, 'voice_data_hex');
  return fromHex(told) ?? fromBase64(told);
}

/** Bytes in hexadecimal; null for what is not. */
export function fromHex(told: string | null): Uint8Array | null {
  return told !== null && told.length % 2 === 0 && /^[0-9a-f]+$/i.test(told) ? Buffer.from(told, 'hex') : null;
}

/**
 * The same without the media: their length in characters stands in their place. Media that cannot be read stay, as they are
 * nowhere else.
 */
export function withoutMedia(from: Fields): Fields {
  const left = [...voiceFields, ...base64Fields].filter((name) => {
    const told = known(from, name);
    return (voiceFields.includes(name) ? (fromHex(told) ?? fromBase64(told)) : fromBase64(told)) !== null;
  });
  return left.length === 0
    ? from
    : { ...from, ...Object.fromEntries(left.map((name) => [name, text(from[name])?.length])) };
}

function fromBase64(told: string | null): Uint8Array | null {
  const data = told?.replace(/^data:[^,]{0,100},/, '').replaceAll(/\s/g, '') ?? '';
  if (data === '' || !/^[0-9a-z+/]+={0,2}$/i.test(data)) return null;
  const bytes = Buffer.from(data, 'base64');
  return bytes.length > 0 ? bytes : null;
}
