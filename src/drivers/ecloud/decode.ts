/**
 * What E云 posts, as events of ours. Pure. Codes and fields as `upstreams` has gathered them; bodies that nobody has
 * described (30000, 30001, chat room events) are read from every field in which clients look for them.
 */
import { type Callback, type DriverEvent, DriverError, type Self } from '../driver.ts';
import { JsonError, parseJson } from '../../lossless-json.ts';
import { decodeContactChange, decodeFriendRequest } from './decode-contact.ts';
import { decodeMessage, isMessage } from './decode-message.ts';
import { decodeRoomEvent } from './decode-room.ts';
import { type Fields, fields, known } from './fields.ts';

/** One callback, opened. */
export type Body = {
  /** Five digits. */
  code: string;
  data: Fields;
  /** Whose callback it is. */
  wcId: string;
  raw: string;
  now: number;
};

/** E云 tries a callback address with this. */
const test = '00000';
const offline = '30000';

/**
 * Decodes one callback for the account of `person`. Throws `DriverError`: BAD_INPUT for what is no callback of E云 or does
 * not tell whose it is, FORBIDDEN for what is another account's.
 */
export function decode(callback: Callback, person: string | null): DriverEvent[] {
  const { raw, body, code } = open(callback.body);
  if (code === test) return [];
  const own = person ?? callback.self?.wxid ?? null;
  const named = wcIdOf(body, code);
  // A logout that does not say whose it is, is that of the account whose address it came to.
  const wcId = named ?? (code === offline ? own : null);
  if (wcId === null) throw badInput('the callback does not tell whose it is');
  if (wcId !== own) throw new DriverError('FORBIDDEN', 'the callback is of another account', certainly);
  return decodeBody({ code, data: fields(body['data']) ?? {}, wcId, raw, now: callback.now }, body, callback.self);
}

/** Whose callback it is; null where it does not say, as E云's test of an address. Throws BAD_INPUT for no callback. */
export function accountOf(callback: Pick<Callback, 'body'>): string | null {
  const { body, code } = open(callback.body);
  return wcIdOf(body, code);
}

type Opened = { raw: string; body: Fields; code: string };

/** Whose a callback is, is asked before it is decoded, for each account that it is for: it is read once. */
const opened = new WeakMap<Uint8Array, Opened>();
const utf8 = new TextDecoder();

function open(bytes: Uint8Array): Opened {
  const before = opened.get(bytes);
  if (before !== undefined) return before;
  const raw = utf8.decode(bytes);
  const body = read(raw);
  const fresh = { raw, body, code: codeOf(body) };
  opened.set(bytes, fresh);
  return fresh;
}

function decodeBody(body: Body, whole: Fields, self: Self | null): DriverEvent[] {
  const { code, data, raw } = body;
  if (code === offline) {
    const told = known(data['reason'], data['message'], data['content'], whole['reason'], whole['message']);
    const reason = told === null ? 'E云 says that the account is offline' : `E云 says: ${told.slice(0, 300)}`;
    return [{ type: 'state', state: 'OFFLINE', reason }];
  }
  if (code === '30001') return [decodeFriendRequest(body)];
  if (code === '30002' || code === '30003') return [{ type: 'skipped', what: `messageType ${code}` }];
  if (code.startsWith('65') || code === '95001') return decodeContactChange(body);
  if (code.startsWith('85')) return decodeRoomEvent(body);
  if (isMessage(body)) return [{ type: 'message', message: decodeMessage(body, self) }];
  return [{ type: 'skipped', what: `messageType ${code}`, raw }];
}

/** messageType is text; as a number it would lose its zeros. */
function codeOf(body: Fields): string {
  const code = known(body['messageType'])?.trim().padStart(5, '0');
  if (code === undefined || !/^\d{5,6}$/.test(code)) throw badInput('the body has no messageType');
  return code;
}

/** Only logouts name the account elsewhere than at the top. */
function wcIdOf(body: Fields, code: string): string | null {
  const data = fields(body['data']);
  const wcId = known(body['wcId'], ...(code === offline ? [data?.['wcId'], data?.['toUser']] : []));
  return wcId?.trim() ?? null;
}

function read(raw: string): Fields {
  try {
    const body = fields(parseJson(raw));
    if (body !== null) return body;
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw badInput(cause.message, cause);
  }
  throw badInput('the body is no JSON object');
}

const certainly = { certain: true, retry: false } as const;

function badInput(message: string, cause?: unknown): DriverError {
  return new DriverError('BAD_INPUT', message, { ...certainly, cause });
}
