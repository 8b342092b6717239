/** A voice that browsers play, at an address of its own: its id with `.wav` behind it. */
import type { StoredFile } from '../../words.ts';
import type { App } from '../app.ts';
import { readBytes } from './read-bytes.ts';

const ending = '.wav';
/** A minute, the longest voice of WeChat, has about 200 kB. */
const largest = 1024 * 1024;

/** What stands for the id of a voice in the address of its WAV. */
export function wavIdOf(id: string): string {
  return `${id}${ending}`;
}

/** The id of the voice at the address of a WAV; null for any other address. */
export function ofWavId(id: string): string | null {
  return id.endsWith(ending) ? id.slice(0, -ending.length) : null;
}

/** Whether a file is a voice that is given as WAV. */
export function isSilk({ mime, size }: Pick<StoredFile, 'mime' | 'size'>): boolean {
  return mime === 'audio/silk' && size <= largest;
}

/** Decoded anew for each who asks; null for what is no voice in SILK, and where it cannot be decoded. */
export async function voiceAsWav(app: App, stored: Pick<StoredFile, 'file' | 'mime' | 'size'>): Promise<Buffer | null> {
  if (!isSilk(stored)) return null;
  const silk = await readBytes(app, stored, largest);
  return silk && app.decodeSilk(silk, app.stopping);
}
