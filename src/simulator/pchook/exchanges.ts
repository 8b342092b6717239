/** Requests to a hook and its answers, with what the faults want of them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { drip } from '../drip.ts';
import type { AccountName, Faults } from '../faults.ts';
import type { RecordedRequest } from '../openwx/front.ts';
import { type HookedClient, type Params, emojiPath } from './client.ts';
import { answerCall } from './routes.ts';

export type PchookExchanges = {
  take(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** How many calls were under way at once at most. */
  mostAtOnce(): number;
};

export type PchookExchangeSettings = {
  client: HookedClient;
  name: AccountName;
  clock: Clock;
  faults: Faults;
  /** How long each answer takes. */
  answerMs: number;
  record: (request: RecordedRequest) => void;
  changed: () => void;
};

type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  endpoint: string;
  params: Params;
  recorded: RecordedRequest;
};

/** Calls that do something at WeChat, which the faults of sends strike. */
const deeds =
  /^(?:Send|RevokeMsg|CreateChatRoom|AddFriendToChatRoom|InviteFriend|ChatRoom|AddNewFriend|VerifyFriend|EditFriendMark|StickyChat|UnpinChat)/;

export function createPchookExchanges(settings: PchookExchangeSettings): PchookExchanges {
  const { client, name, clock, faults, changed } = settings;
  let atOnce = 0;
  let mostAtOnce = 0;

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://hook');
    if (url.pathname.startsWith(emojiPath)) return serve(response, client.media.get(url.pathname.split('/').at(-1)!));
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.once('close', () => (atOnce -= 1));
    const params = { ...Object.fromEntries(url.searchParams), ...(await readParams(request)) };
    const recorded = {
      account: name.number,
      method: request.method ?? '',
      path: request.url ?? '/',
      params,
      at: clock.now(),
      status: null,
    };
    const exchange = { request, response, endpoint: url.pathname.slice(1), params, recorded };
    settings.record(recorded);
    if (settings.answerMs === 0) await answer(exchange);
    else clock.after(settings.answerMs, () => void answer(exchange).catch(() => request.socket.destroy()));
  }

  async function answer({ request, response, endpoint, params, recorded }: Exchange): Promise<void> {
    const isDeed = deeds.test(endpoint);
    const fits = (fault: { route?: string }): boolean => fault.route === undefined || endpoint.endsWith(fault.route);
    const drop = (ms = 0): void => void clock.after(ms, () => request.socket.destroy());
    const reply = (status: number, body: string): void => {
      recorded.status = status;
      response.writeHead(status, { 'content-type': 'application/json' });
      const slowly = faults.take('drip', name, fits);
      if (slowly === undefined) response.end(body);
      else drip(response, body, slowly.ms, clock);
      changed();
    };
    if (faults.take('reset', name, fits) || (isDeed && faults.take('reset-before-send', name))) {
      request.socket.resetAndDestroy();
      return;
    }
    if (faults.take('hang', name, fits)) return;
    const error = faults.take('error', name, fits);
    if (error) return reply(error.status ?? 500, 'Internal Server Error');
    const early = isDeed ? faults.take('timeout-before-send', name) : undefined;
    if (early) return drop(early.ms);
    if (endpoint === 'localfile' && client.dialect === 'NEWEST') {
      return serve(response, client.downloads.get(params['path'] ?? ''));
    }
    const refusal = isDeed ? faults.take('refuse', name, ({ to }) => to === undefined || is(params, to)) : undefined;
    const told = refusal ? { [endpoint]: '0' } : await answerCall(client, endpoint, params);
    const late = isDeed ? faults.take('timeout-after-send', name) : undefined;
    if (late) return drop(late.ms);
    if (isDeed && faults.take('reset-after-send', name)) {
      request.socket.resetAndDestroy();
      return;
    }
    const slow = faults.take('slow', name, fits);
    const garbage = faults.take('garbage', name, fits);
    const finish = (): void => {
      if (told === undefined) reply(404, 'Not Found');
      else if (garbage) reply(garbage.status ?? 200, '<html>502 Bad Gateway</html>');
      else reply(200, JSON.stringify(told));
    };
    if (slow) clock.after(slow.ms, finish);
    else finish();
  }

  return { take, mostAtOnce: () => mostAtOnce };
}

/** A file, or JSON that says that there is none. */
function serve(response: ServerResponse, bytes: Uint8Array | undefined): void {
  const contentType = bytes === undefined ? 'application/json' : 'application/octet-stream';
  response.writeHead(bytes === undefined ? 404 : 200, { 'content-type': contentType });
  response.end(bytes ?? '{"ret":-1,"retmsg":"no such file"}');
}

function is(params: Params, to: string): boolean {
  return [params['wxid'], params['toid'], params['gid']].includes(to);
}

/** A body may lack its content type, and be empty; integers keep their digits. */
async function readParams(request: IncomingMessage): Promise<Params> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8').trim();
  const told = text === '' ? {} : (JSON.parse(text, asWritten) as Record<string, unknown>);
  return Object.fromEntries(Object.entries(told).map(([key, value]) => [key, String(value)]));
}

function asWritten(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? value) : value;
}
