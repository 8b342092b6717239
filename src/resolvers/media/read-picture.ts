import type { AvatarOwner } from '../../db/model.ts';
import type { App } from '../app.ts';
import { readAvatar } from './read-avatar.ts';
import { readBytes } from './read-bytes.ts';

/** The bytes of somebody's picture, fetched where it is not there yet; null where there is none. Throws as `readAvatar` does. */
export async function readPicture(app: App, owner: AvatarOwner): Promise<Buffer | null> {
  const stored = await readAvatar(app, owner);
  return stored && readBytes(app, stored, stored.size);
}
