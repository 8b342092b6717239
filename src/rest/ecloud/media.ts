/** The bytes of received media: E云 puts them on a server for its clients, the gateway has them and signs an address. */
import type { Account } from '../../resolvers/accounts/read-accounts.ts';
import { badInput, notFound } from '../../resolvers/errors.ts';
import { showId } from '../../resolvers/ids.ts';
import { type Media, readMedia, readMediaUrl } from '../../resolvers/media/read-media.ts';
import { readMessage } from '../../resolvers/messages/read-messages.ts';
import { waitUntil } from '../../resolvers/events/wait-until.ts';
import type { MediaSendType } from '../../words.ts';
import { accountOf, onlineAccountOf } from './account.ts';
import type { Answer, Call } from './call.ts';
import { sendTo } from './send.ts';
import { type Told, bad, good } from './told.ts';

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
export const getMedia: Answer = async (call) => addressOf(call, await mediaOf(call));

/** By what stands in a callback's `content` where WeChat has an address of its own network. */
export const cdnDownFile: Answer = async (call) => {
  const account = await accountOf(call);
  return addressOf(call, await mediaIn(call, account, 'cdnUrl'));
};

/** What an account received goes on to somebody else, by the `content` of its callback. */
export const sendReceived =
  (type: MediaSendType): Answer =>
  async (call) => {
    const account = await onlineAccountOf(call);
    const media = await settled(call, await mediaIn(call, account, 'content'));
    if (media.status !== 'READY') return bad(reasons[media.status]);
    return sendTo(call, account, { type, media: { from: 'mediaId', place: showId('media', media.id) } });
  };

async function addressOf(call: Call, given: Media): Promise<Told> {
  const media = await settled(call, given);
  return media.status === 'READY' ? good({ url: readMediaUrl(call.app, media) }) : bad(reasons[media.status]);
}

/** As they are when their bytes are there, or will not come soon. */
async function settled({ app, caller, signal }: Call, media: Media): Promise<Media> {
  const read = () => readMedia(app, caller, showId('media', media.id));
  await waitUntil(app, media.accountId!, fetchMs, async () => (await read()).status !== 'PENDING' || null, signal);
  return read();
}

/** The media of this account that a field names: alone, or in the XML of a callback. */
async function mediaIn({ app, caller, params }: Call, account: Account, field: string): Promise<Media> {
  const [id] = /(?<![\w.])media_\d{1,16}(?![\w.])/.exec(params.text(field)) ?? [];
  if (id === undefined) throw badInput(field, `${field} must be that of a callback of this gateway.`);
  const media = await readMedia(app, caller, id);
  if (media.accountId !== account.id) throw notFound('media', id);
  return media;
}

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
