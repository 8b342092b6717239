/**
 * Getting the bytes of received media: E云 fetches them from WeChat, puts them on a server of its own for some days and
 * tells their address.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { DriverError } from '../driver.ts';
import { JsonError, parseJson } from '../../lossless-json.ts';
import type { IncomingMedia, MediaBody } from '../media.ts';
import { asNotFound, unreadable, unsupported } from './client.ts';
import { type Fields, fields, known, number } from './fields.ts';
import { type MediaCall, mediaCallOf } from './media-call.ts';
import type { EcloudSession } from './session.ts';
import { attribute, find, readXml } from './xml.ts';

/** What getMsgVideoRes says of a video: 0 is on its way. */
const ready = 1;
const failed = 2;

/** See `Driver.fetchMedia`. A refusal that does not say that the media are gone may be another answer a little later. */
export async function fetchMedia(
  session: EcloudSession,
  media: IncomingMedia,
  signal: AbortSignal,
): Promise<MediaBody> {
  const { download } = session.settings;
  if (download === undefined) throw unsupported('media of E云 lie at an address, and none can be fetched here');
  const call = callOf(media);
  if (call === null) throw unsupported('the message does not tell what E云 wants to fetch its media');
  const body = await download(await addressOf(session, media, call, signal), signal);
  return { ...body, name: media.facts.name ?? body.name };
}

function callOf({ kind, raw }: IncomingMedia): MediaCall | null {
  try {
    return mediaCallOf(kind, fields(fields(parseJson(raw))?.['data']) ?? {});
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}

async function addressOf(
  session: EcloudSession,
  { kind }: IncomingMedia,
  call: MediaCall,
  signal: AbortSignal,
): Promise<string> {
  try {
    if (kind === 'VIDEO') return await videoAddress(session, call, signal);
    if (kind === 'IMAGE') return await imageAddress(session, call, signal);
    return await addressFrom(session, call, signal);
  } catch (error) {
    throw later(asNotFound(error));
  }
}

async function addressFrom(session: EcloudSession, { route, body }: MediaCall, signal: AbortSignal): Promise<string> {
  const data = await session.ask(route, body, signal, session.client.timings.mediaMs);
  const address = known(fields(data)?.['url'], data);
  if (address === null) throw unreadable(`${route} answered no address`);
  return address;
}

/** 1 is the picture as it was taken, 0 as WeChat shows it. Some have but one of them, which E云 does not tell before. */
async function imageAddress(session: EcloudSession, call: MediaCall, signal: AbortSignal): Promise<string> {
  const img = find(readXml(String(call.body['content'])), 'img');
  const hasOriginal = (number(attribute(img, 'hdlength')) ?? 0) > 0 || attribute(img, 'cdnbigimgurl') !== null;
  const [first, second] = hasOriginal ? ([1, 0] as const) : ([0, 1] as const);
  const of = (type: 0 | 1): MediaCall => ({ ...call, body: { ...call.body, type } });
  try {
    return await addressFrom(session, of(first), signal);
  } catch (error) {
    if (!(error instanceof DriverError) || error.code !== 'UPSTREAM_REJECTED' || !error.certain) throw error;
    return addressFrom(session, of(second), signal);
  }
}

async function videoAddress(session: EcloudSession, call: MediaCall, signal: AbortSignal): Promise<string> {
  const { callMs, mediaMs, videoMs, videoLookMs } = session.client.timings;
  const id = known(fields(await session.ask(call.route, call.body, signal, mediaMs))?.['id']);
  if (id === null) throw unreadable(`${call.route} answered no id`);
  for (let waited = 0; waited < videoMs; waited += videoLookMs) {
    const told: Fields = fields(await session.client.call('getMsgVideoRes', { id }, callMs, signal)) ?? {};
    const state = number(told['type']);
    const address = known(told['url']);
    if (state === ready && address !== null) return address;
    if (state === failed) {
      const why = known(told['des'])?.slice(0, 200) ?? 'no reason told';
      throw new DriverError('UPSTREAM_REJECTED', `E云 could not fetch the video: ${why}`, {
        certain: true,
        retry: false,
      });
    }
    await wait(videoLookMs, undefined, { signal }).catch(() => {
      throw new DriverError('UPSTREAM_TIMEOUT', 'the fetch of a video was given up', { certain: true, retry: true });
    });
  }
  throw new DriverError('UPSTREAM_TIMEOUT', 'E云 did not fetch the video in time', { certain: true, retry: true });
}

/** WeChat's servers fail now and then: what only reads may be tried again. */
function later(error: unknown): unknown {
  if (!(error instanceof DriverError) || error.code !== 'UPSTREAM_REJECTED' || error.retry) return error;
  return new DriverError(error.code, error.message, { certain: error.certain, retry: true, cause: error });
}
