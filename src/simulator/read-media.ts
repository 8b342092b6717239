/** Reads what a send names by path or address, from this machine and over HTTP as the real client does. */
import { readFile, stat } from 'node:fs/promises';
import type { LoadedMedia } from './openwx/options.ts';

async function fromDisk(path: string): Promise<LoadedMedia | null> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return null;
    return { bytes: await readFile(path), mtime: Math.floor(found.mtimeMs / 1000), mime: null, size: found.size };
  } catch {
    return null;
  }
}

async function fromWeb(url: string): Promise<LoadedMedia | undefined> {
  try {
    const response = await fetch(url);
    if (!response.ok) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    return {
      bytes,
      mtime: response.headers.get('last-modified') ?? Math.floor(Date.now() / 1000),
      mime: (response.headers.get('content-type') ?? 'application/octet-stream').replace(/;.*$/, ''),
      size: response.headers.get('content-length') ?? bytes.length,
    };
  } catch {
    return undefined;
  }
}

/** Null for a file that is not there; undefined for an address that cannot be fetched, which the client never notices. */
export function readMedia(path: string): Promise<LoadedMedia | null | undefined> {
  return /^https?:\/\//.test(path) ? fromWeb(path) : fromDisk(path);
}
