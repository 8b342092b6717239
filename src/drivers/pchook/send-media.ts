/**
 * Sending pictures, files, videos and voices through the hook.
 *
 * Every build takes a path of its own computer or an http address, at which the name has to be told apart. The newest takes
 * the bytes as well (`fileData`, hexadecimal), which is better than an address: where the hook says that it took them
 * nothing can go wrong with fetching them any more. Voices have no form with an address, only a path and bytes; the name of
 * the bytes differs between the builds.
 */
import type { PchookDialect } from '../../words.ts';
import { DriverError } from '../driver.ts';
import type { OutgoingContent, OutgoingMedia } from '../media.ts';
import { wechatVoice } from './silk.ts';

/** One call, without its receiver. */
export type MediaCall = { endpoint: string; body: Readonly<Record<string, string | number>> };

type Sendable = Exclude<OutgoingContent, { type: 'TEXT' }>;

/** Larger media are sent by their address in every build: as bytes they would be in memory several times. */
const mostBytesInCall = 16 * 1024 * 1024;

const calls = {
  IMAGE: { endpoint: 'SendPicMsg', path: 'picpath' },
  FILE: { endpoint: 'SendFileMsg', path: 'filepath' },
  VIDEO: { endpoint: 'SendVideoMsg', path: 'videopath' },
  GIF: { endpoint: 'SendGIFMsg', path: 'gifpath' },
} as const;

/**
 * The call that sends these media in a dialect. Throws `DriverError`, always certain: UNSUPPORTED for what this hook does not
 * take.
 */
export async function mediaCall(
  dialect: PchookDialect | null,
  { type, media }: Sendable,
  signal: AbortSignal,
): Promise<MediaCall> {
  if (media.source.at === 'WECHAT') throw unsupported('the hook cannot send media again by their id');
  if (type === 'VOICE') return voiceCall(dialect, media, signal);
  const asBytes = dialect === 'NEWEST' && media.source.at === 'GATEWAY' && (media.size ?? 0) <= mostBytesInCall;
  // An animation by its address: only as a picture, since the call for animations has no place for its name.
  const isAnimation = type === 'IMAGE' && media.mime === 'image/gif' && (asBytes || media.source.at === 'UPSTREAM');
  const { endpoint, path } = calls[isAnimation ? 'GIF' : type];
  if (media.source.at === 'UPSTREAM') return { endpoint, body: { [path]: media.source.path } };
  const name = { diyfilename: media.name };
  if (!asBytes) return { endpoint, body: { [path]: media.source.url, ...name } };
  return { endpoint, body: { [path]: media.name, ...name, fileData: hex(await read(media.source, signal)) } };
}

async function voiceCall(dialect: PchookDialect | null, media: OutgoingMedia, signal: AbortSignal): Promise<MediaCall> {
  const endpoint = 'SendVoiceMsg';
  const { source, durationMs, mime, name } = media;
  if (source.at === 'GATEWAY') {
    const voice = wechatVoice(await read(source, signal));
    if (voice === null) throw unsupported('the hook takes voices as SILK alone');
    const data = hex(voice.bytes);
    const bytes = { ...(dialect !== 'NEWEST' && { voice_hex: data }), ...(dialect !== 'V39' && { fileData: data }) };
    return { endpoint, body: { voice_file: name, ...bytes, time_ms: Math.round(durationMs ?? voice.durationMs) } };
  }
  if (source.at !== 'UPSTREAM') throw unsupported('the hook cannot send media again by their id');
  if (mime !== 'audio/silk' && !/\.silk$/i.test(source.path)) throw unsupported('the hook takes voices as SILK alone');
  if (durationMs === null) throw unsupported('the hook must be told how long a voice on its own disk is');
  return { endpoint, body: { voice_file: source.path, time_ms: Math.round(durationMs) } };
}

type GatewaySource = Extract<OutgoingMedia['source'], { at: 'GATEWAY' }>;

/** A failure here is certain: nothing has been sent. */
async function read(source: GatewaySource, signal: AbortSignal): Promise<Uint8Array> {
  try {
    signal.throwIfAborted();
    return await source.read();
  } catch (cause) {
    const code = signal.aborted ? 'UPSTREAM_TIMEOUT' : 'INTERNAL';
    throw new DriverError(code, 'the media could not be read', { certain: true, retry: true, cause });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
}

function unsupported(message: string): DriverError {
  return new DriverError('UNSUPPORTED', message, { certain: true, retry: false });
}
