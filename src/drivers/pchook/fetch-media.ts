/**
 * Fetching media of received messages, and avatars.
 *
 * Emojis lie at an address; a voice that was not posted along (those of chat rooms) is given by a call. Pictures, videos and
 * files can be had from the newest builds alone: they download them into their own folder and serve that. Older ones only
 * put files on the disk of their computer.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type AvatarOf, DriverError, type DriverSettings } from '../driver.ts';
import { JsonError, parseJson, parseJsonVerbatim } from '../../lossless-json.ts';
import type { IncomingMedia, MediaBody } from '../media.ts';
import { type PchookClient, unreadable } from './client.ts';
import { type Fields, fields, known, list } from './fields.ts';
import { downloadKey, voiceId } from './media.ts';
import { fromHex, voiceIn } from './media-bytes.ts';
import { readXml } from './xml.ts';

type Download = DriverSettings['download'];

/** How often the hook's folder is looked at for a file that is not there yet. */
const looks = 5;

/**
 * The bytes of media that were decoded as FETCHABLE. Throws `DriverError`: UNSUPPORTED for what this build does not give,
 * NOT_FOUND for what it does not find.
 */
export async function fetchMedia(
  client: PchookClient,
  media: IncomingMedia,
  download: Download,
  signal: AbortSignal,
): Promise<MediaBody> {
  const msg = xmlIn(media.raw);
  if (media.kind === 'EMOJI') return fetchEmoji(client, media, msg, download, signal);
  if (media.kind === 'VOICE') return fetchVoice(client, media, msg, signal);
  return fetchFile(client, media, msg, signal);
}

async function fetchEmoji(
  client: PchookClient,
  media: IncomingMedia,
  msg: string,
  download: Download,
  signal: AbortSignal,
): Promise<MediaBody> {
  if (download === undefined) throw unsupported('nothing can be fetched from addresses');
  const told = media.facts.upstreamMediaId;
  const url = isAddress(told) ? told : await askEmojiUrl(client, msg, signal);
  return download(url, signal);
}

async function askEmojiUrl(client: PchookClient, msg: string, signal: AbortSignal): Promise<string> {
  if (msg === '') throw notFound('the message tells no emoji');
  const answer = await client.object('GetGIFURL', { msg_xml: msg }, client.timings.callMs, signal);
  const url = known(answer, 'GetGIFURL', 'url');
  if (!isAddress(url)) throw notFound('WeChat told no address of this emoji');
  return url;
}

/** Told by the client's id of the voice and, in full digits, the server's of its message. */
async function fetchVoice(
  client: PchookClient,
  media: IncomingMedia,
  msg: string,
  signal: AbortSignal,
): Promise<MediaBody> {
  const clientmsgid = voiceId(readXml(msg));
  const id = media.upstreamId;
  if (clientmsgid === null || id === null || !/^\d{1,20}$/.test(id)) throw notFound('the message tells no voice');
  const body = {
    clientmsgid,
    length: media.facts.size ?? 0,
    fromgid: media.peerWxid.endsWith('@chatroom') ? media.peerWxid : '',
    msgsvrid: parseJsonVerbatim(id),
  };
  const bytes = voiceIn(await client.object('DownloadVoice', body, client.timings.callMs, signal));
  if (bytes === null) throw notFound('WeChat no longer has this voice');
  return { chunks: [bytes], mime: 'audio/silk', name: null };
}

/** Makes the hook download into its own folder, and reads from there. */
async function fetchFile(
  client: PchookClient,
  { kind, facts, upstreamId }: IncomingMedia,
  msg: string,
  signal: AbortSignal,
): Promise<MediaBody> {
  if (client.dialect() === 'V39') throw unsupported('this build gives no pictures, videos and files');
  const key = downloadKey(readXml(msg));
  if (key === null || upstreamId === null) throw notFound('the message does not tell where WeChat keeps it');
  const { callMs, mediaMs, pauseMs } = client.timings;
  // Needed once a start of WeChat, which nobody tells of; more often does no harm.
  await client.ask('CDN_Init', {}, callMs, signal);
  const path = `downloads/${upstreamId.replaceAll(/\W/g, '_')}`;
  const body = { savePath: path, ...key, chatType: 0, fileType: kind === 'IMAGE' ? 1 : 2 };
  const answer = await client.object('download', body, mediaMs, signal);
  const ret = known(answer, 'ret');
  if (ret !== null && ret !== '0') throw notFound(`WeChat does not give it: ${ret.slice(0, 20)}`);
  for (let look = 1; ; look += 1) {
    const file = await client.read(`localfile?${String(new URLSearchParams({ path }))}`, mediaMs, signal);
    const isFile = file.status === 200 && file.bytes.length > 0 && !file.contentType?.includes('json');
    if (isFile) return { chunks: [file.bytes], mime: null, name: facts.name };
    if (look === looks) throw notFound('the hook has not downloaded it', true);
    await wait(pauseMs, undefined, { signal }).catch(() => {
      throw new DriverError('UPSTREAM_TIMEOUT', 'the download was given up', { certain: true, retry: true });
    });
  }
}

/** A picture of somebody: from WeChat itself, else from its address. Throws `DriverError`. */
export async function fetchAvatar(
  client: PchookClient,
  { wxid, avatarUrl }: AvatarOf,
  download: Download,
  signal: AbortSignal,
): Promise<MediaBody> {
  const answer = await client
    .object('GetHeadIMG', { wxid }, client.timings.callMs, signal)
    .catch((error: unknown): Fields => {
      if (!(error instanceof DriverError) || error.retry) throw error;
      return {};
    });
  const bytes = fromHex(known(answer, 'img_hex'));
  if (bytes !== null) return { chunks: [bytes], mime: null, name: null };
  if (download !== undefined && isAddress(avatarUrl)) return download(avatarUrl, signal);
  throw notFound('WeChat has no picture of this contact');
}

/** The XML that a kept body, or the first of several, tells of the media. */
function xmlIn(raw: string): string {
  try {
    for (const post of [parseJson(raw)].flat(Infinity)) {
      const told = fields(post) ?? {};
      for (const element of [...('msglist' in told ? list(told['msglist']) : []), told]) {
        const msg = known(element, 'msg') ?? '';
        if (msg.includes('<')) return msg.slice(msg.indexOf('<'));
      }
    }
    return '';
  } catch (error) {
    if (error instanceof JsonError) throw unreadable('the body of the message cannot be read', error);
    throw error;
  }
}

function isAddress(told: string | null): told is string {
  return told !== null && /^https?:\/\//i.test(told);
}

function unsupported(message: string): DriverError {
  return new DriverError('UNSUPPORTED', message, { certain: true, retry: false });
}

function notFound(message: string, retry = false): DriverError {
  return new DriverError('NOT_FOUND', message, { certain: true, retry });
}
