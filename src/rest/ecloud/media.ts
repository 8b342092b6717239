/** The bytes of received media: E云 puts them on a server for its clients, the gateway has them and signs an address. */
import { notFound } from '../../resolvers/errors.ts';
import { showId } from '../../resolvers/ids.ts';
import { type Media, readMedia, readMediaUrl } from '../../resolvers/media/read-media.ts';
import { readMessage } from '../../resolvers/messages/read-messages.ts';
import { waitUntil } from '../../resolvers/events/wait-until.ts';
import { accountOf } from './account.ts';
import type { Answer, Call } from './call.ts';
import { bad, good } from './told.ts';

/** Upstreams take their time to give media. */
const fetchMs = 60_000;
/** Why there is no address. */
const reasons: Record<Exclude<Media['status'], 'READY'>, string> = {
  PENDING: '下载尚未完成，请稍后再试',
  FAILED: '下载失败',
  EXPIRED: '消息已过期，下载失败',
  UNAVAILABLE: '此账号的上游不提供该消息的文件',
};

/** For pictures, files, voices and emojis: the `msgId` of the callback says it all. */
export const getMedia: Answer = async (call) => {
  const { app, caller, signal } = call;
  const media = await mediaOf(call);
  const id = showId('media', media.id);
  await waitUntil(
    app,
    media.accountId!,
    fetchMs,
    async () => (await readMedia(app, caller, id)).status !== 'PENDING' || null,
    signal,
  );
  const now = await readMedia(app, caller, id);
  return now.status === 'READY' ? good({ url: readMediaUrl(app, now) }) : bad(reasons[now.status]);
};

export const beginVideo: Answer = async (call) => good({ id: showId('media', (await mediaOf(call)).id) });

const onItsWay = 0;
const ready = 1;
const failed = 2;

export const getVideo: Answer = async (call) => {
  const id = call.params.text('id').trim();
  const media = await readMedia(call.app, call.caller, id);
  if (media.status === 'READY') return good({ id, type: ready, url: readMediaUrl(call.app, media), des: null });
  const type = media.status === 'PENDING' ? onItsWay : failed;
  return good({ id, type, url: null, des: type === failed ? reasons[media.status] : null });
};

async function mediaOf(call: Call): Promise<Media> {
  const { app, caller, params, loaders } = call;
  const account = await accountOf(call);
  const msgId = params.text('msgId').trim();
  const message = await readMessage(app, caller, `msg_${msgId}`);
  const media = message.accountId === account.id ? await loaders.mediaOfMessage.load(message.seq) : null;
  if (media === null) throw notFound('media of message', msgId);
  return media;
}
