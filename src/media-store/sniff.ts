/**
 * What a file is, by its first bytes. What a sender or an upstream calls it is never believed: it is served to browsers.
 *
 * Only formats that WeChat carries and that nobody can put a script in are named; SVG, HTML and text are not among them.
 */

export const unknownMime = 'application/octet-stream';

type Sign = { at?: number; bytes: string | readonly number[]; mime: string };

/** The first one that fits. */
const signs: readonly Sign[] = [
  { bytes: [0xff, 0xd8, 0xff], mime: 'image/jpeg' },
  { bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], mime: 'image/png' },
  { bytes: 'GIF87a', mime: 'image/gif' },
  { bytes: 'GIF89a', mime: 'image/gif' },
  { bytes: '#!AMR-WB\n', mime: 'audio/amr-wb' },
  { bytes: '#!AMR\n', mime: 'audio/amr' },
  { bytes: '#!SILK_V3', mime: 'audio/silk' },
  // WeChat's own: one byte before.
  { at: 1, bytes: '#!SILK_V3', mime: 'audio/silk' },
  { bytes: 'ID3', mime: 'audio/mpeg' },
  { bytes: [0xff, 0xfb], mime: 'audio/mpeg' },
  { bytes: [0xff, 0xfa], mime: 'audio/mpeg' },
  { bytes: [0xff, 0xf3], mime: 'audio/mpeg' },
  { bytes: [0xff, 0xf2], mime: 'audio/mpeg' },
  { bytes: [0xff, 0xf1], mime: 'audio/aac' },
  { bytes: [0xff, 0xf9], mime: 'audio/aac' },
  { bytes: 'OggS', mime: 'audio/ogg' },
  { bytes: 'fLaC', mime: 'audio/flac' },
  { bytes: '%PDF-', mime: 'application/pdf' },
  { bytes: 'Rar!\x1a\x07', mime: 'application/vnd.rar' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], mime: 'application/x-7z-compressed' },
  { bytes: [0x1f, 0x8b, 0x08], mime: 'application/gzip' },
];

/** By the major brand of a file of the MP4 family. */
const brands: readonly [RegExp, string][] = [
  [/^(heic|heix|heim|heis|hevc|hevx|mif1|msf1)$/, 'image/heic'],
  [/^avi[fs]$/, 'image/avif'],
  [/^qt {2}$/, 'video/quicktime'],
  [/^M4[ABP] $/, 'audio/mp4'],
  [/^3g/, 'video/3gpp'],
];

const office: readonly [string, string][] = [
  ['word/', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xl/', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['ppt/', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
];

const oldOffice: readonly [string, string][] = [
  ['WordDocument', 'application/msword'],
  ['Workbook', 'application/vnd.ms-excel'],
  ['PowerPoint Document', 'application/vnd.ms-powerpoint'],
];

/** The media type of a file that begins with these bytes; `application/octet-stream` for what is not known. */
export function sniff(head: Uint8Array): string {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const sign = signs.find(({ at = 0, bytes: wanted }) => startsWith(bytes, wanted, at));
  if (sign !== undefined) return sign.mime;
  const word = (at: number) => bytes.toString('latin1', at, at + 4);
  if (word(0) === 'RIFF') return ofRiff(word(8));
  if (word(4) === 'ftyp') return brands.find(([brand]) => brand.test(word(8)))?.[1] ?? 'video/mp4';
  if (startsWith(bytes, [0x1a, 0x45, 0xdf, 0xa3])) {
    return bytes.subarray(0, 64).includes('webm') ? 'video/webm' : 'video/x-matroska';
  }
  if (startsWith(bytes, 'PK\x03\x04')) return ofZip(bytes);
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])) {
    return oldOffice.find(([name]) => bytes.includes(name, 0, 'utf16le'))?.[1] ?? 'application/x-ole-storage';
  }
  if (isBmp(bytes)) return 'image/bmp';
  return unknownMime;
}

function startsWith(bytes: Buffer, wanted: string | readonly number[], at = 0): boolean {
  const sign = typeof wanted === 'string' ? Buffer.from(wanted, 'latin1') : Buffer.from(wanted);
  return bytes.length >= at + sign.length && bytes.compare(sign, 0, sign.length, at, at + sign.length) === 0;
}

function ofRiff(form: string): string {
  if (form === 'WEBP') return 'image/webp';
  if (form === 'WAVE') return 'audio/wav';
  return form === 'AVI ' ? 'video/x-msvideo' : unknownMime;
}

function ofZip(bytes: Buffer): string {
  if (!bytes.includes('[Content_Types].xml')) return 'application/zip';
  return office.find(([folder]) => bytes.includes(folder))?.[1] ?? 'application/zip';
}

/** Two letters alone are too little to go by: the size of the header that follows must be one there is. */
function isBmp(bytes: Buffer): boolean {
  return (
    startsWith(bytes, 'BM') && bytes.length >= 26 && [12, 40, 52, 56, 64, 108, 124].includes(bytes.readUInt32LE(14))
  );
}
