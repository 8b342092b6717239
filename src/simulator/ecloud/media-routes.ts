/** E云's calls that fetch media of received messages: each lays them on its server and tells their address. */
import type { EcloudAccount } from './account.ts';
import { type Developer, type Params, type Route, bad, good, online } from './answers.ts';
import { messageBody } from './callbacks.ts';
import type { MediaMessage } from './media.ts';
import type { MediaKind } from '../wechat.ts';

/** What clients ask for a message as often as they like. */
const gone = '消息已过期，下载失败';
/** How often a video is still on its way when it is asked for. */
const looksBeforeVideo = 1;

/** The fields of a callback that the call must give back as they came. */
function isAsPosted(developer: Developer, account: EcloudAccount, found: MediaMessage, params: Params): boolean {
  const own = found.message.from === account.wxid;
  const data = messageBody(developer.world, account, found.message, own)['data'] as Readonly<
    Record<string, string | number>
  >;
  const given = ['content', 'fromUser', 'bufId', 'length'].filter((name) => params[name] !== undefined);
  return given.every((name) => params[name] === String(data[name]));
}

const download = (kinds: readonly MediaKind[], wanted: readonly string[], video = false): Route =>
  online((developer, account, params) => {
    const found = developer.media.of(account, params['msgId'] ?? '');
    if (found === 'expired') return bad(gone);
    if (found === null || !kinds.includes(found.content.media)) return bad();
    if (wanted.some((name) => params[name] === undefined) || !isAsPosted(developer, account, found, params))
      return bad();
    const url = `${developer.baseUrl()}${developer.media.lay(found.content)}`;
    return good(video ? { id: developer.media.begin(url, looksBeforeVideo) } : { url });
  });

export const mediaRoutes: Readonly<Record<string, Route>> = {
  getMsgImg: download(['image'], ['content']),
  getMsgFile: download(['file'], ['content']),
  getMsgEmoji: download(['emoticon'], ['content']),
  getMsgVoice: download(['voice'], ['length', 'bufId', 'fromUser']),
  asynGetMsgVideo: download(['video', 'microvideo'], ['content'], true),
  getMsgVideoRes: ({ media }, { id = '' }) => {
    const video = media.look(id);
    if (video === undefined) return bad();
    return good({ id, des: null, ...(video.isReady ? { type: 1, url: video.url } : { type: 0, url: null }) });
  },
};
