/** What was sent: taken back; what is to be sent: brought. */
import { findOwnMessage } from '../../resolvers/messages/find-own-message.ts';
import { showId } from '../../resolvers/ids.ts';
import { revokeMessage } from '../../resolvers/messages/revoke-message.ts';
import { told } from './call.ts';
import { Failure, failureOf } from './failure.ts';
import { takeMedia } from './media.ts';

/** A failure has a code of its own: with Openwx only the words told it. */
export const revoke = told(async (call) => {
  const { app, caller, params, signal } = call;
  const id = params.one('id') ?? '';
  if (id === '') throw new Failure(-1, 'msg id not found', { id: null, msg_id: null });
  const ids = { id, msg_id: id };
  try {
    const message = await findOwnMessage(app, await call.account(), id, signal);
    if (message === null) throw new Failure(100, 'no such message');
    await revokeMessage(app, caller, showId('message', message.seq));
    return { code: 0, ...ids, status: 'revoke success' };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null || failure.code === 1 || failure.code === -6) throw error;
    throw new Failure(failure.code, `revoke failure: ${failure.message}`, ids);
  }
});

const noMedia = {
  media_code: null,
  media_ext: null,
  media_id: null,
  media_mime: null,
  media_mtime: null,
  media_name: null,
  media_size: null,
  media_type: null,
} as const;

/** Nothing of it is sent: the id is good for sends of seven days. */
export const upload = told(async (call) => {
  const { app, params } = call;
  const path = (params.one('media_path') ?? '').trim();
  try {
    // An id chooses the account that the sends are of; media are the token's.
    await call.account();
    const media = await takeMedia(call);
    const name = media.name ?? '';
    return {
      code: 0,
      status: 'success',
      media_code: media.mediaId.split(':')[1]!,
      media_ext: /\.([A-Za-z\d]{1,16})$/.exec(name)?.[1] ?? 'dat',
      media_id: media.mediaId,
      media_mime: media.mime,
      media_mtime: Math.floor(app.clock.now() / 1000),
      media_name: path === '' ? name : path,
      media_path: path,
      media_size: media.size,
      media_type: media.type,
    };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    throw new Failure(failure.code, failure.message, { ...noMedia, media_path: path });
  }
});
