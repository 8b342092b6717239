/** What the hook posts, as events of ours. Pure. */
import { type Callback, DriverError, type DriverEvent, type Self } from '../driver.ts';
import { JsonError, parseJson, parseJsonVerbatim } from '../../lossless-json.ts';
import { type Setting, decodeElement, timeOf } from './decode-message.ts';
import { type Fields, fields, known, list, messageId } from './fields.ts';
import { bytesIn, withoutMedia } from './media-bytes.ts';
import { fingerprint, isFetchable, mediaFacts, mediaKindOf } from './media.ts';
import { readXml } from './xml.ts';

const rawProtobuf = ['pb_data', 'pb_msg', 'businessdata'];

/**
 * Decodes one callback: a list of messages, the rest of one, or raw protobuf.
 *
 * Throws `DriverError`: BAD_INPUT for what is no post of a hook, FORBIDDEN for what belongs to another person. One element
 * of a list that cannot be read does not spoil the others: it is kept as it came.
 */
export function decode(callback: Callback, build: Pick<Setting, 'timezone' | 'canDownload'>): DriverEvent[] {
  const raw = new TextDecoder().decode(callback.body);
  const { body, verbatim } = readBody(raw);
  const self = known(body, 'selfwxid');
  if (self !== null && callback.self !== null && callback.self.wxid !== self) {
    throw new DriverError('FORBIDDEN', 'the post is of another person', { certain: true, retry: false });
  }
  const setting: Setting = { self: self ?? callback.self?.wxid ?? null, now: callback.now, ...build };
  const events: DriverEvent[] = self !== null && callback.self === null ? [{ type: 'self', self: bare(self) }] : [];
  return [...events, ...decodeBody({ body, verbatim, raw }, setting)];
}

/** A post, read; `verbatim` for being written again, with all digits of its numbers. */
type Read = { body: Fields; verbatim: Fields; raw: string };

function decodeBody(read: Read, setting: Setting): DriverEvent[] {
  const { body, verbatim } = read;
  if ('msglist' in body) {
    const elements = list(body['msglist']);
    const originals = list(verbatim['msglist']);
    if (elements.length === 0) return [{ type: 'skipped', what: 'empty msglist', raw: read.raw }];
    return elements.flatMap((element, at) => {
      const original = originals[at] ?? element;
      const kept = withoutMedia(original);
      const only = elements.length === 1 && kept === original;
      const whole = only ? read.raw : JSON.stringify({ ...verbatim, msglist: [kept] });
      // What the envelope says holds for its elements.
      return decodeSafely({ time: body['time'], sendorrecv: body['sendorrecv'], ...element }, whole, setting);
    });
  }
  const kept = withoutMedia(verbatim);
  const raw = kept === verbatim ? read.raw : JSON.stringify(kept);
  if (known(body, 'fromid', 'fromwxid', 'fromgid') !== null) return decodeSafely(body, raw, setting);
  const rest = decodeRest(body, raw, setting);
  if (rest !== null) return [rest];
  const protobuf = rawProtobuf.find((name) => known(body, name) !== null);
  if (protobuf !== undefined) return [{ type: 'skipped', what: protobuf, raw }];
  if (['selfwxid', 'ServerPort'].every((name) => known(body, name) === null)) {
    throw new DriverError('BAD_INPUT', 'the body is no post of the hook', { certain: true, retry: false });
  }
  return [{ type: 'skipped', what: 'a post without msglist', raw }];
}

function decodeSafely(element: Fields, raw: string, setting: Setting): DriverEvent[] {
  try {
    return decodeElement(element, raw, setting);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    const type = (known(element, 'msgtype') ?? '').slice(0, 40);
    return [{ type: 'skipped', what: `msgtype ${type}: ${error.message}`, raw }];
  }
}

/** The second post about a picture or an emoji has no list and no names: only its id, its path and the same XML. */
function decodeRest(body: Fields, raw: string, setting: Setting): DriverEvent | null {
  const upstreamId = messageId(body['msgsvrid']);
  const xml = readXml(known(body, 'msg') ?? '');
  const kind = mediaKindOf(body, xml);
  if (upstreamId === null || kind === null) return null;
  const held = bytesIn(kind, body);
  const bytes = held ?? (isFetchable(kind, xml, setting.canDownload) ? 'FETCHABLE' : null);
  return {
    type: 'rest',
    rest: {
      upstreamId,
      peerWxid: null,
      kinds: [kind],
      sentAt: timeOf(body, setting),
      media: mediaFacts(kind, body, xml),
      // More than any first post; with the bytes more than a second one too.
      richness: held === null ? 3 : 5,
      fingerprint: fingerprint(kind, xml),
      raw,
      ...(bytes !== null && { bytes }),
    },
  };
}

/** Before its first login an account is whoever its hook says that it is. */
function bare(wxid: string): Self {
  return { wxid, name: null, alias: null, uid: null, avatarUrl: null };
}

function readBody(raw: string): { body: Fields; verbatim: Fields } {
  const parsed = readJson(raw);
  if (parsed === null) {
    throw new DriverError('BAD_INPUT', 'the body is no JSON object', { certain: true, retry: false });
  }
  return parsed;
}

/** The documentation's own example of raw protobuf has a comma too many. */
function readJson(raw: string): { body: Fields; verbatim: Fields } | null {
  for (const source of [raw, raw.replace(/,(?=\s*\}\s*$)/, '')]) {
    try {
      const body = fields(parseJson(source));
      const verbatim = fields(parseJsonVerbatim(source));
      return body === null || verbatim === null ? null : { body, verbatim };
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
    }
  }
  return null;
}
