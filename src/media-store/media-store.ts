/**
 * Where the bytes of media lie: files of one folder, written once and never changed.
 *
 * A file is written under another name, flushed and then named: whatever happens in between, no half a file is ever found,
 * and what `put` has answered survives a power cut. Which file is whose only the database knows.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { StoredFile } from '../words.ts';
import { pictureSize } from './picture-size.ts';
import { sniff } from './sniff.ts';

export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export type MediaStore = {
  /**
   * Keeps these bytes; durable when it resolves, and nothing of them is left when it rejects. Throws MediaStoreError: TOO_LARGE
   * past `maxBytes`, EMPTY for none, UNAVAILABLE where the disk would have less than `leaveFree` bytes or cannot be written;
   * what the chunks themselves throw passes through.
   */
  put(chunks: Chunks, options: { maxBytes: number; leaveFree: number }): Promise<StoredFile>;
  /** The bytes of a file, or from one of them to another, both included. Throws MediaStoreError NOT_FOUND. */
  read(file: string, range?: { from: number; to: number }): Promise<Readable>;
  /** Once more does nothing. */
  delete(file: string): Promise<void>;
  /** Whether the disk has more than so many bytes left. */
  hasRoom(leaveFree: number): Promise<boolean>;
  /**
   * Puts bytes aside that are too many to hold while they arrive. Not durable, and gone at the next start. Throws as `put`
   * does, whatever the disk has left.
   */
  spool(chunks: Chunks, maxBytes: number): Promise<Spooled>;
};

/** Bytes that were put aside. */
export type Spooled = { read(): Promise<Buffer>; delete(): Promise<void> };

export class MediaStoreError extends Error {
  override readonly name = 'MediaStoreError';
  readonly code: 'TOO_LARGE' | 'EMPTY' | 'NOT_FOUND' | 'UNAVAILABLE';

  constructor(code: MediaStoreError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export type MediaStoreOptions = {
  /** Made where it is missing, for its owner alone. */
  folder: string;
  randomHex: (bytes: number) => string;
  /** Bytes that the disk of a folder has left. */
  freeBytes?: (folder: string) => Promise<number>;
};

/** Formats tell themselves and their size in this much of their beginning; a JPEG may carry a profile before. */
const headBytes = 256 * 1024;

/** Opens the folder; what was left half written by an earlier run is gone when this resolves. */
export async function openMediaStore({
  folder,
  randomHex,
  freeBytes = freeOf,
}: MediaStoreOptions): Promise<MediaStore> {
  const drafts = join(folder, 'drafts');
  await rm(drafts, { recursive: true, force: true });
  await mkdir(drafts, { recursive: true, mode: 0o700 });

  const pathOf = (file: string): string => {
    if (!/^[0-9a-f]{32}$/.test(file)) throw new MediaStoreError('NOT_FOUND', 'there is no such file');
    return join(folder, file.slice(0, 2), file.slice(2, 4), file);
  };
  const hasRoom = async (leaveFree: number) => (await available(freeBytes(folder))) > leaveFree;

  async function writeDraft(path: string, chunks: Chunks, maxBytes: number): Promise<Omit<StoredFile, 'file'>> {
    const handle = await available(open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600));
    try {
      const written = await writeAll(handle, chunks, maxBytes);
      await available(handle.sync());
      return written;
    } finally {
      await handle.close();
    }
  }

  return {
    hasRoom,
    async put(chunks, { maxBytes, leaveFree }) {
      if (!(await hasRoom(leaveFree))) throw new MediaStoreError('UNAVAILABLE', 'the disk is nearly full');
      const file = randomHex(16);
      const draft = join(drafts, file);
      const path = pathOf(file);
      try {
        const written = await writeDraft(draft, chunks, maxBytes);
        await available(makeFolder(dirname(path)));
        await available(rename(draft, path));
        await available(syncFolder(dirname(path)));
        return { file, ...written };
      } catch (error) {
        await Promise.all([draft, path].map((left) => rm(left, { force: true }).catch(() => undefined)));
        throw error;
      }
    },
    async read(file, range) {
      const handle = await open(pathOf(file), constants.O_RDONLY).catch((cause: unknown) => {
        throw new MediaStoreError('NOT_FOUND', 'there is no such file', { cause });
      });
      return handle.createReadStream(range && { start: range.from, end: range.to });
    },
    async delete(file) {
      await available(rm(pathOf(file), { force: true }));
    },
    async spool(chunks, maxBytes) {
      const path = join(drafts, randomHex(16));
      const drop = () => rm(path, { force: true });
      const handle = await available(open(path, 'wx', 0o600));
      try {
        await writeAll(handle, chunks, maxBytes);
      } catch (error) {
        await drop().catch(() => undefined);
        throw error;
      } finally {
        await handle.close();
      }
      return { read: () => available(readFile(path)), delete: drop };
    },
  };

  async function makeFolder(path: string): Promise<void> {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    // Each new folder is a name in the one above it.
    await syncFolder(dirname(path));
    await syncFolder(folder);
  }
}

async function writeAll(handle: FileHandle, chunks: Chunks, maxBytes: number): Promise<Omit<StoredFile, 'file'>> {
  const hash = createHash('sha256');
  const head: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    if (size < headBytes) head.push(chunk.subarray(0, headBytes - size));
    size += chunk.byteLength;
    if (size > maxBytes) throw new MediaStoreError('TOO_LARGE', `these are more than ${maxBytes} bytes`);
    hash.update(chunk);
    await available(handle.writeFile(chunk));
  }
  if (size === 0) throw new MediaStoreError('EMPTY', 'there are no bytes');
  const start = Buffer.concat(head);
  const mime = sniff(start);
  const picture = pictureSize(start, mime);
  return {
    sha256: hash.digest('hex'),
    size,
    mime,
    width: picture?.width ?? null,
    height: picture?.height ?? null,
  };
}

/** Whatever keeps the disk from doing it: nothing was kept, and the same may work later. */
async function available<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new MediaStoreError('UNAVAILABLE', `the media store cannot be used now: ${words}`, { cause });
  }
}

async function freeOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
