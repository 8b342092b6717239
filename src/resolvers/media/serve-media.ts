import { Readable } from 'node:stream';
import type { AvatarOwner } from '../../db/model.ts';
import { extensionOf } from '../../media-store/extension.ts';
import { MediaStoreError } from '../../media-store/media-store.ts';
import type { Millis, StoredFile } from '../../words.ts';
import type { App } from '../app.ts';
import { coverBytes, coverId, coverMime, coverSha256 } from './cover.ts';
import { notFound } from '../errors.ts';
import { type IdKind, kindOfId, readId } from '../ids.ts';
import { type MediaAddress, readMediaAddress } from './media-address.ts';
import { readAvatar } from './read-avatar.ts';
import { ofWavId, voiceAsWav } from './voice-as-wav.ts';

/** A file as it is given out. */
export type ServedFile = Pick<StoredFile, 'sha256' | 'size' | 'mime'> & {
  name: string;
  /** When its address ends. */
  expiresAt: Millis;
  /** Its bytes, or those from one to another, both included. */
  read(range?: { from: number; to: number }): Promise<Readable>;
};

/**
 * What lies at a signed address: media of a message or uploaded, a voice as WAV, the cover of a video, or a picture of an account,
 * contact or member, which is fetched where it is not there or old; null for whoever has none. NOT_FOUND, all the same, for an address that
 * is forged or over, and for what is gone or not there yet; the failure of an upstream that could not give a picture.
 */
export async function serveMedia(app: App, address: MediaAddress): Promise<ServedFile | null> {
  const { id } = address;
  const expiresAt = readMediaAddress(app, address);
  if (expiresAt !== null && id === coverId) return cover(expiresAt);
  if (expiresAt === null) throw notFound('media', id);
  const voiceId = ofWavId(id);
  if (voiceId !== null) return wav(app, voiceId, expiresAt);
  const found = await find(app, id);
  if (found === null) return null;
  const { stored } = found;
  return {
    sha256: stored.sha256,
    size: stored.size,
    mime: stored.mime,
    name: found.name ?? `${id}.${extensionOf(stored.mime)}`,
    expiresAt,
    read: (range) =>
      app.mediaStore.read(stored.file, range).catch((error: unknown) => {
        if (!(error instanceof MediaStoreError)) throw error;
        app.log.error({ err: error, id }, 'a file of the media store is missing');
        throw notFound('media', id);
      }),
  };
}

function cover(expiresAt: Millis): ServedFile {
  return fromBytes(coverBytes, { sha256: coverSha256, mime: coverMime, name: 'cover.jpg', expiresAt });
}

async function wav(app: App, id: string, expiresAt: Millis): Promise<ServedFile> {
  const found = await find(app, id);
  const bytes = found && (await voiceAsWav(app, found.stored));
  if (!bytes) throw notFound('media', id);
  // The same voice gives the same WAV.
  return fromBytes(bytes, { sha256: `${found.stored.sha256}-wav`, mime: 'audio/wav', name: `${id}.wav`, expiresAt });
}

function fromBytes(bytes: Uint8Array, facts: Omit<ServedFile, 'size' | 'read'>): ServedFile {
  return {
    ...facts,
    size: bytes.length,
    read: (range) => Promise.resolve(Readable.from([range ? bytes.subarray(range.from, range.to + 1) : bytes])),
  };
}

type Found = { stored: Omit<StoredFile, 'width' | 'height'>; name: string | null };

async function find(app: App, id: string): Promise<Found | null> {
  const kind = kindOfId(id);
  if (kind === 'media') {
    const [media] = await app.store.queries.mediaById([readId('media', id)!]);
    if (!media?.stored) throw notFound('media', id);
    return { stored: media.stored, name: media.name };
  }
  const of = kind === null ? undefined : owners[kind];
  const stored = of === undefined ? null : await readAvatar(app, { of, id: readId(kind!, id)! });
  return stored && { stored, name: null };
}

const owners: Partial<Record<IdKind, AvatarOwner['of']>> = {
  account: 'ACCOUNT',
  contact: 'CONTACT',
  member: 'MEMBER',
};
