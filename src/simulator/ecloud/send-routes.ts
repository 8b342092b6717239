/** E云's calls that send, and the one that takes back. Media come as addresses, which E云 fetches before it answers. */
import type { EcloudAccount } from './account.ts';
import {
  type Answer,
  type Developer,
  type OnlineRoute,
  type Params,
  type Route,
  bad,
  ecloudOrigin,
  good,
  listed,
  online,
} from './answers.ts';
import { shortId, signedId } from './json.ts';
import { remember } from './media.ts';
import { readMedia } from '../read-media.ts';
import { type Content, type MediaKind, isRoomId } from '../wechat.ts';

/** In bytes. */
const largestCover = 50_000;

function reaches({ account, wxid }: EcloudAccount, to: string): boolean {
  return isRoomId(to) ? account.rooms.has(to) : account.contacts.has(to) || to === wxid;
}

/** Sends, unless WeChat refuses. `type` is what the receipt says of it. */
function deliver(
  { world, faults, sent }: Developer,
  account: EcloudAccount,
  to: string,
  content: Content,
  type: number | null,
): Answer {
  const refused = faults.take('refuse', account.name, (fault) => [undefined, to].includes(fault.to));
  if (refused !== undefined) return bad(refused.text ?? '操作太频繁，请稍后再试');
  const result = world.send(account.wxid, to, content, ecloudOrigin);
  if (!result.ok) return bad(result.text);
  const { id, sentAt } = result.message;
  remember(sent, id, result.message);
  const createTime = Math.floor(sentAt / 1000);
  return good({ type, msgId: shortId(id), newMsgId: signedId(id), createTime, wcId: to }, '处理成功');
}

const sendText: OnlineRoute = (developer, account, params) => {
  const { wcId: to = '', content: text = '' } = params;
  if (text === '' || !reaches(account, to)) return bad();
  // A mention is one only if the text shows it.
  const mentions = text.includes('@') ? listed(params['at']) : [];
  return deliver(developer, account, to, { type: 'text', text, mentions }, 1);
};

type Fetched = { bytes: Uint8Array; mime: string; name: string };

/** What lies at an address; null where nothing does. Its name is the address's last part. */
async function fetched(address: string | undefined): Promise<Fetched | null> {
  if (!/^https?:\/\//.test(address ?? '')) return null;
  const loaded = await readMedia(address!);
  if (loaded === null || loaded === undefined) return null;
  const name = decodeURIComponent(new URL(address!).pathname.split('/').at(-1) ?? '');
  return { bytes: loaded.bytes, mime: loaded.mime ?? '', name };
}

/** The bytes and the type of a data URL; null where it is none. */
function decoded(base64: string | undefined): Omit<Fetched, 'name'> | null {
  const [, mime, data] = /^data:([^;,]+);base64,([A-Za-z0-9+/]+={0,2})$/.exec(base64 ?? '') ?? [];
  return mime === undefined || data === undefined ? null : { bytes: Buffer.from(data, 'base64'), mime };
}

/** A send of media, which `read` gets hold of; null where that fails. */
const sendMedia =
  (media: MediaKind, type: number | null, read: (params: Params) => Promise<Fetched | null>): OnlineRoute =>
  async (developer, account, params) => {
    const { wcId: to = '' } = params;
    if (!reaches(account, to)) return bad();
    const found = await read(params);
    return found === null
      ? bad('文件下载失败')
      : deliver(developer, account, to, { type: 'media', media, ...found }, type);
  };

const revokeMsg: OnlineRoute = ({ world, sent }, account, { wcId, msgId, newMsgId, createTime }) => {
  const id = /^-?\d+$/.test(newMsgId ?? '') ? String(BigInt.asUintN(64, BigInt(newMsgId!))) : '';
  const message = sent.get(id);
  const isTold =
    message?.from === account.wxid &&
    message.to === wcId &&
    msgId === String(shortId(id)) &&
    createTime === String(Math.floor(message.sentAt / 1000));
  return isTold && world.revoke(account.wxid, id, ecloudOrigin) ? good(null) : bad();
};

const sends: Readonly<Record<string, OnlineRoute>> = {
  sendText,
  sendImage2: sendMedia('image', null, ({ content }) => fetched(content)),
  sendFile: sendMedia('file', 6, async ({ path, fileName }) => {
    const found = await fetched(path);
    return found === null || !fileName ? null : { ...found, name: fileName };
  }),
  sendFileBase64: sendMedia('file', 6, async ({ fileName, base64 }) => {
    const found = decoded(base64);
    return found === null || !fileName ? null : { ...found, name: fileName };
  }),
  sendVideo: sendMedia('video', null, async ({ path, thumbPath }) => {
    const cover = await fetched(thumbPath);
    return cover === null || cover.bytes.length > largestCover ? null : fetched(path);
  }),
  sendVoice: sendMedia('voice', null, async ({ content, length }) =>
    /^[1-9]\d*$/.test(length ?? '') ? fetched(content) : null,
  ),
};

/** Calls after which something is out, whatever their answer becomes of. */
export const ecloudSends: ReadonlySet<string> = new Set(Object.keys(sends));

export const sendRoutes: Readonly<Record<string, Route>> = {
  ...Object.fromEntries(Object.entries(sends).map(([name, route]) => [name, online(route)])),
  revokeMsg: online(revokeMsg),
};
