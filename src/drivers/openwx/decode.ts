/**
 * What Mojo-Weixin posts, and answers to check_event, as events of ours. Pure.
 */
import type { Direction } from '../../words.ts';
import { type Callback, type DriverEvent, DriverError, type Self } from '../driver.ts';
import { JsonError, parseJson, parseJsonVerbatim } from '../../lossless-json.ts';
import type { MediaBytes } from '../media.ts';
import { namedClient } from './client-name.ts';
import { decodeEvent } from './decode-event.ts';
import { type Setting, decodeMessage } from './decode-message.ts';
import { type Fields, fields, known, knownId, knownName, number, text } from './fields.ts';

/**
 * Decodes one callback. `client` is the Controller's client that the account stands for.
 *
 * Throws `DriverError`: BAD_INPUT for what is neither a message nor an event, FORBIDDEN for what belongs to another
 * client or another person.
 */
export function decode(callback: Callback, client: string | null): DriverEvent[] {
  const named = namedClient(callback.query);
  if (named !== null && named !== client) throw foreign('the post is of another client of the Controller');
  return decodeBody(new TextDecoder().decode(callback.body), callback);
}

/**
 * Decodes the array of check_event. It is given once, so no entry may spoil the others: what cannot be read, or is
 * another person's, is skipped with its body. A second waiter is answered `[null]` (observed on Mojo-Weixin 1.4.6).
 * Throws `DriverError` with BAD_INPUT if it is no array.
 */
export function decodeEntries(body: string, setting: Setting): DriverEvent[] {
  const entries = readable(() => parseJsonVerbatim(body)) ?? [];
  if (!Array.isArray(entries)) throw badInput('check_event answered no array');
  let { self } = setting;
  return entries
    .filter((entry) => entry !== null)
    .flatMap((entry): DriverEvent[] => {
      const raw = JSON.stringify(entry);
      try {
        const events = decodeBody(raw, { ...setting, self });
        self = events.findLast((event) => event.type === 'self')?.self ?? self;
        return events;
      } catch (error) {
        if (!(error instanceof DriverError)) throw error;
        const what = error.code === 'FORBIDDEN' ? 'foreign entry of check_event' : 'unreadable entry of check_event';
        return [{ type: 'skipped', what, raw }];
      }
    });
}

function decodeBody(raw: string, setting: Setting): DriverEvent[] {
  const body = fields(readable(() => parseJson(raw)));
  if (body === null) throw badInput('the body is no JSON object');
  const postType = known(body['post_type']);
  if (postType === 'event' || (postType === null && known(body['event']) !== null)) {
    const events = decodeEvent(body, raw, setting);
    for (const event of events) if (event.type === 'self') assertSame(event.self.uid, setting.self);
    return events;
  }
  const direction = directionOf(body, postType);
  if (direction === null) return undirected(body, raw, postType, setting);
  const own = direction === 'OUTGOING' ? 'sender' : 'receiver';
  assertSame(knownId(body[`${own}_uid`]), setting.self);
  const self = changedSelf(body, own, setting.self);
  const events: DriverEvent[] = self === null ? [] : [{ type: 'self', self }];
  // A send that WeChat refused is posted too; it is no message, and its answer has told the failure.
  if (direction === 'OUTGOING' && failed(body)) return [...events, { type: 'skipped', what: 'failed send' }];
  const message = decodeMessage(body, direction, withoutMediaData(body, raw), {
    ...setting,
    self: self ?? setting.self,
  });
  const bytes = message.content.type === 'Media' ? bytesIn(body) : null;
  return [...events, { type: 'message', message: { ...message, ...(bytes && { bytes }) } }];
}

/** A post of a kind that we do not know: kept where it has the look of a message, counted where it does not. */
function undirected(body: Fields, raw: string, postType: string | null, setting: Setting): DriverEvent[] {
  const isMessage = [body['sender_id'], body['group_id']].some((id) => known(id) !== null);
  if (isMessage) {
    return [{ type: 'message', message: decodeMessage(body, 'INCOMING', withoutMediaData(body, raw), setting, true) }];
  }
  if (postType === null) throw badInput('the body is neither a message nor an event');
  return [{ type: 'skipped', what: `post_type ${postType.slice(0, 40)}`, raw }];
}

function directionOf(body: Fields, postType: string | null): Direction | null {
  const kind = known(body['class']);
  // The documentation's card has a class and no post_type.
  if (kind === 'send' && (postType === null || postType.endsWith('_message'))) return 'OUTGOING';
  if (kind === 'recv' && (postType === null || postType.endsWith('_message'))) return 'INCOMING';
  if (postType === 'send_message') return 'OUTGOING';
  return postType === 'receive_message' ? 'INCOMING' : null;
}

/** Mojo-Weixin's own words, or WeChat's code, which is "" when all went well. */
function failed(body: Fields): boolean {
  return known(body['msg']) === '发送失败' || (number(body['code']) ?? 0) !== 0;
}

/** The id changes with every QR login; the uid, where it is known, does not. */
function assertSame(uid: string | null, self: Self | null): void {
  const own = knownId(self?.uid);
  if (uid !== null && own !== null && uid !== own) throw foreign('the post is of another person');
}

/** The account's own person if this post shows an id that is new; null if it shows the known one or none. */
function changedSelf(body: Fields, own: 'sender' | 'receiver', self: Self | null): Self | null {
  const wxid = known(body[`${own}_id`]);
  if (wxid === null || wxid === self?.wxid) return null;
  // In a chat room the nickname is in markname; in a friend's chat markname is nobody's name for oneself.
  const inRoom = known(body['group_id']) !== null;
  const name = knownName(body[`${own}_name`]) ?? (inRoom ? knownName(body[`${own}_markname`]) : null);
  return {
    wxid,
    name: name ?? self?.name ?? null,
    alias: known(body[`${own}_account`]) ?? self?.alias ?? null,
    uid: knownId(body[`${own}_uid`]) ?? self?.uid ?? null,
    avatarUrl: self?.avatarUrl ?? null,
  };
}

/** The body as it came; media in base64 are left out, and their length in characters stands in their place. */
function withoutMediaData(body: Fields, raw: string): string {
  const data = text(body['media_data']);
  if (data === null || data === '') return raw;
  return JSON.stringify({ ...fields(parseJsonVerbatim(raw)), media_data: data.length });
}

/** The media that a post carries (post_media_data); null where it carries none. Base64 in lines of 76 characters. */
function bytesIn(body: Fields): MediaBytes | null {
  const data = (known(body['media_data']) ?? '').replaceAll(/\s+/g, '');
  if (data === '' || data.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return null;
  return { bytes: Buffer.from(data, 'base64'), mime: known(body['media_mime']) };
}

function readable(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw badInput(cause.message, cause);
  }
}

function badInput(message: string, cause?: unknown): DriverError {
  return new DriverError('BAD_INPUT', message, { certain: true, retry: false, cause });
}

function foreign(message: string): DriverError {
  return new DriverError('FORBIDDEN', message, { certain: true, retry: false });
}
