/** Pictures of people and chat rooms. */
import { type AvatarOf, DriverError } from '../driver.ts';
import type { MediaBody } from '../media.ts';
import { asNotFound, unsupported } from './client.ts';
import { avatarOf } from './contacts.ts';
import { objects } from './fields.ts';
import type { EcloudSession } from './session.ts';

/** See `Driver.fetchAvatar`. An address that leads nowhere any more is asked for again: each new picture has another. */
export async function fetchAvatar(session: EcloudSession, of: AvatarOf, signal: AbortSignal): Promise<MediaBody> {
  const { download } = session.settings;
  if (download === undefined) throw unsupported('pictures of E云 lie at an address, and none can be fetched here');
  if (of.avatarUrl === null) return download(await addressOf(session, of, signal), signal);
  try {
    return await download(of.avatarUrl, signal);
  } catch (error) {
    if (!(error instanceof DriverError) || error.code !== 'NOT_FOUND') throw error;
    const now = await addressOf(session, of, signal);
    if (now === of.avatarUrl) throw error;
    return download(now, signal);
  }
}

/** Throws NOT_FOUND where E云 knows of no picture. */
async function addressOf(session: EcloudSession, { wxid, roomWxid }: AvatarOf, signal: AbortSignal): Promise<string> {
  const asked =
    roomWxid === null
      ? session.ask('getContact', { wcId: wxid }, signal)
      : session.ask('getChatRoomMemberInfo', { chatRoomId: roomWxid, userList: wxid }, signal);
  const described = objects(
    await asked.catch((error: unknown) => {
      throw asNotFound(error);
    }),
  ).find((one) => one['userName'] === wxid);
  const address = described === undefined ? null : avatarOf(described);
  if (address === null) {
    throw new DriverError('NOT_FOUND', 'E云 knows of no picture', { certain: true, retry: false });
  }
  return address;
}
