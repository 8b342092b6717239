/** The calls of a hooked client that move media. */
import { type HookedClient, type Params, type Route, done, receiverOf, sent } from './client.ts';
import { avatarPng, tinyJpeg } from '../png.ts';
import { readMedia } from '../read-media.ts';
import type { MediaKind, Message } from '../wechat.ts';

export const mediaRoutes: Readonly<Record<string, Route>> = {
  SendPicMsg: async (client, params) => done(client, 'SendPicMsg', await sendMedia(client, params, 'image', 'picpath')),
  SendFileMsg: async (client, params) =>
    done(client, 'SendFileMsg', await sendMedia(client, params, 'file', 'filepath')),
  SendVideoMsg: async (client, params) =>
    done(client, 'SendVideoMsg', await sendMedia(client, params, 'video', 'videopath')),
  SendGIFMsg: async (client, params) =>
    done(client, 'SendGIFMsg', await sendMedia(client, params, 'emoticon', 'gifpath')),
  /** Tells the message's id at once, or 1. */
  SendVoiceMsg: async (client, params) => {
    const isSilk = (bytes: Uint8Array): boolean => Buffer.from(bytes).subarray(0, 10).equals(silkHead);
    const bytes = await bytesOf(client, params, 'voice_file', 'voice_hex');
    const hasLength = /^[1-9]\d*$/.test(params['time_ms'] ?? '');
    const message = bytes !== null && isSilk(bytes) && hasLength && send(client, params, 'voice', 'voice_file', bytes);
    return { MsgSvrID: message ? message.id : '1' };
  },
  GetHeadIMG: ({ world }, { wxid = '' }) => {
    const avatar = (world.people.get(wxid) ?? world.rooms.get(wxid))?.avatar;
    const bytes = avatar === 'png' ? avatarPng(wxid) : avatar === 'jpeg' ? tinyJpeg : null;
    return { img_hex: bytes?.toString('hex').toUpperCase() ?? '' };
  },
  GetGIFURL: (client, { msg_xml = '' }) => {
    const [, key = ''] = / md5="(\w+)"/.exec(msg_xml) ?? [];
    return { GetGIFURL: client.media.has(key) ? client.emojiUrl(key) : '' };
  },
  DownloadVoice: ({ dialect, media }, { clientmsgid = '', msgsvrid = '' }) => {
    const bytes = msgsvrid === '' ? undefined : media.get(clientmsgid.split('_')[0] ?? '');
    const hex = bytes === undefined ? '' : Buffer.from(bytes).toString('hex').toUpperCase();
    return { [dialect === 'V39' ? 'voice_data_hex' : 'voice_hex']: hex };
  },
  CDN_Init: (client) => {
    client.isCdnReady = true;
    return { ret: 0, retmsg: 'ok' };
  },
  download: ({ isCdnReady, media, downloads }, { savePath = '', aeskey = '', fileid = '' }) => {
    const bytes = media.get(fileid.replace(/^3057/, ''));
    if (!isCdnReady || aeskey === '' || bytes === undefined) return { ret: -1, retmsg: 'failed' };
    downloads.set(savePath, bytes);
    return { ret: 0, retmsg: 'ok' };
  },
};

const silkHead = Buffer.from('\x02#!SILK_V3');

async function sendMedia(client: HookedClient, params: Params, media: MediaKind, path: string): Promise<boolean> {
  const bytes = await bytesOf(client, params, path, null);
  return bytes !== null && send(client, params, media, path, bytes) !== null;
}

function send(client: HookedClient, params: Params, media: MediaKind, path: string, bytes: Uint8Array): Message | null {
  const name = params['diyfilename'] ?? params[path]?.split(/[/\\]/).at(-1) ?? '';
  return sent(client, receiverOf(client, params), { type: 'media', media, name, bytes });
}

/** What a send carries: in the newest builds as bytes, else at an address or on this disk. An address needs a name beside it. */
async function bytesOf(
  { dialect }: HookedClient,
  params: Params,
  path: string,
  older: string | null,
): Promise<Uint8Array | null> {
  const hex = dialect === 'NEWEST' ? params['fileData'] : params[older ?? ''];
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  const place = params[path] ?? '';
  if (/^https?:/.test(place) && (params['diyfilename'] ?? '') === '') return null;
  return (await readMedia(place))?.bytes ?? null;
}
