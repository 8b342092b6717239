/**
 * Reads files that a client names by their paths, and nothing outside of the folders that it may read from.
 *
 * Nobody is told what there is outside: whatever cannot be had is refused in the same words. What a path leads to may change
 * while it is looked at, so that in the end only that counts which was opened: a file, whose place the system itself tells.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';

export type OpenedFile = {
  /** The last part of the path that was asked for. */
  name: string;
  /** Bytes, when it was opened. */
  size: number;
  /** The whole file, to be read to its end or destroyed: then it is closed. */
  read(): Readable;
  /** For who does not read it. */
  close(): Promise<void>;
};

/** `O_NOFOLLOW` is not on Windows. A FIFO must not make the gateway wait for somebody who writes to it. */
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file by a path that is absolute, or relative to one of these folders, in whose order it is looked for. Null, whatever is
 * in the way: it lies outside of all of them, is none, or cannot be read. Symbolic links are followed as long as they stay inside.
 */
export async function openInRoots(roots: readonly string[], path: string): Promise<OpenedFile | null> {
  const places = isAbsolute(path) ? [path] : roots.map((root) => resolve(root, path));
  const folders = (await Promise.all(roots.map((root) => real(root)))).filter((root) => root !== null);
  for (const place of places) {
    const opened = await openInside(folders, place);
    if (opened !== null) return { ...opened, name: basename(path) };
  }
  return null;
}

async function openInside(folders: readonly string[], place: string): Promise<Omit<OpenedFile, 'name'> | null> {
  // Nothing outside is even opened: that alone may do something, to a device for example.
  const way = await real(place);
  if (way === null || !isIn(folders, way)) return null;
  const handle = await open(way, flags).catch(() => null);
  if (handle === null) return null;
  try {
    const found = await handle.stat({ bigint: true });
    const isFile = found.isFile() && isIn(folders, (await placeOf(handle, way, found)) ?? '');
    if (isFile) {
      return { size: Number(found.size), read: () => handle.createReadStream(), close: () => handle.close() };
    }
  } catch {
    // As if it were not there.
  }
  await handle.close();
  return null;
}

/** Where an opened file lies; null where that cannot be said. */
async function placeOf(handle: FileHandle, way: string, found: { dev: bigint; ino: bigint }): Promise<string | null> {
  // The kernel's own word, which no change of a folder or link on the way there can make wrong.
  if (process.platform === 'linux') return readlink(`/proc/self/fd/${handle.fd}`);
  const again = await real(way);
  if (again === null) return null;
  const there = await stat(again, { bigint: true });
  return there.dev === found.dev && there.ino === found.ino ? again : null;
}

function isIn(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

async function real(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}
