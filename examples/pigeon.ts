import { type DriverFactory, DriverError } from '../src/drivers/driver.ts';
import { JsonError, decimalId, parseJson } from '../src/lossless-json.ts';
import { request } from '../src/drivers/request.ts';

export const pigeonCapabilities = ['RECEIVE', 'SEND_TEXT'] as const;

export const pigeon: DriverFactory = ({ baseUrl }, _secrets, { timeoutMs = 10_000 }) => {
  const ask = async (path: string, body: object, signal: AbortSignal) => {
    const headers = { 'content-type': 'application/json' };
    const call = { method: 'POST', url: baseUrl + path, headers, body: JSON.stringify(body), timeoutMs } as const;
    const told = read((await request(call, signal)).text, 'UPSTREAM_REJECTED');
    // `ok: false` is Pigeon's own no. Anything else tells nothing: what was asked for may be done.
    if (told['ok'] !== true) throw failure('UPSTREAM_REJECTED', 'Pigeon refused', told['ok'] === false);
    return told;
  };
  return {
    kind: 'OPENWX',
    capabilities: pigeonCapabilities,
    decode({ body, self }) {
      const raw = new TextDecoder().decode(body);
      const { me, id, peer, name = '', mine, text, at } = read(raw, 'BAD_INPUT');
      if (!isText(me) || !isText(peer) || !isText(text))
        throw failure('BAD_INPUT', 'a post without account, peer or text');
      if (self && self.wxid !== me) throw failure('FORBIDDEN', 'a post of another account');
      const friend = { wxid: peer, kind: 'FRIEND', name: String(name) } as const;
      const sender = { wxid: mine ? me : peer, name: mine ? null : friend.name, displayName: null };
      const told = { upstreamId: decimalId(id), kind: 'TEXT', text, content: { type: 'Text', text }, raw } as const;
      const direction = mine ? 'OUTGOING' : 'INCOMING';
      const rest = { direction, sentAt: Number(at), mentions: [], mentionsMe: false, richness: 1 } as const;
      return [{ type: 'message', message: { ...told, peer: friend, sender, ...rest } }];
    },
    async send({ receiver, content, mentions }, signal) {
      if (content.type !== 'TEXT' || mentions.length > 0) throw failure('UNSUPPORTED', 'Pigeon carries plain text');
      if (receiver === '' || content.text === '') throw failure('BAD_INPUT', 'a receiver and a text are needed');
      const id = decimalId((await ask('/send', { to: receiver, text: content.text }, signal))['id']);
      return { upstreamId: id, reference: id };
    },
    async *login(signal) {
      const { id, name } = await ask('/me', {}, signal);
      const self = { wxid: String(id), name: String(name), alias: null, uid: null, avatarUrl: null };
      yield { state: 'RUNNING', reason: 'Pigeon is logged in.', self };
    },
    setCallback: async (url, signal) => void (await ask('/callback', { url }, signal)),
  };
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function read(text: string, code: DriverError['code']): Record<string, unknown> {
  try {
    const told = parseJson(text);
    if (typeof told === 'object' && told !== null && !Array.isArray(told)) return told as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  throw failure(code, 'no JSON object', code === 'BAD_INPUT');
}

function failure(code: DriverError['code'], message: string, certain = true): DriverError {
  return new DriverError(code, message, { certain, retry: false });
}
