/** One WeChat of Windows with the hook inside: its HTTP port, its login, and what it posts. */
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, ownClock } from './clock.ts';
import type { AccountName, Faults } from './faults.ts';
import type { RecordedRequest } from './openwx-front.ts';
import type { RecordedPost } from './openwx-poster.ts';
import { createPchookPoster } from './pchook-poster.ts';
import { type PchookDialect, clientNotice, postsOf } from './pchook-posts.ts';
import { type HookedClient, type Params, answerCall } from './pchook-routes.ts';
import { modulesPng } from './png.ts';
import { qrModules } from './qr-code.ts';
import type { Random } from './random.ts';
import type { World, WorldEvent } from './world.ts';

export type PchookOptions = {
  dialect: PchookDialect;
  /** IANA name of the zone of the hook's computer. */
  timezone: string;
  /** QR codes are scanned, and logins confirmed, after so long; null: on command. */
  scanAfterMs: number | null;
  confirmAfterMs: number | null;
  /** How long each answer takes. */
  answerMs: number;
};

export const pchookDefaults: PchookOptions = {
  dialect: 'V39',
  timezone: 'Asia/Shanghai',
  scanAfterMs: 0,
  confirmAfterMs: 0,
  answerMs: 0,
};

export type PchookFront = {
  readonly number: number;
  readonly wxid: string;
  readonly port: number;
  readonly baseUrl: string;
  /** As IsLoginStatus tells it: 0 to scan, 1 to confirm, 2 logging in, 3 logged in, 5 waits for its button. */
  readonly status: string;
  /** Where it posts; it forgets this with its process. */
  callbackUrl: string | null;
  /** How many calls were under way at once at most. */
  readonly mostAtOnce: number;
  /** Starts the process; `remembered`: it waits for its login button in place of a scan. */
  start(options?: { remembered?: boolean }): Promise<void>;
  die(): Promise<void>;
  scan(): void;
  confirm(): void;
  /** WeChat logs out, and shows a code again. */
  logout(): void;
  /** Somebody opens another chat at this computer. */
  switchChat(wxid: string): void;
  /** Posts what faults no longer hold. */
  release(): void;
};

export type PchookFrontSettings = {
  name: AccountName;
  world: World;
  random: Random;
  clock: Clock;
  faults: Faults;
  host: string;
  port: number;
  options: PchookOptions;
  record: (request: RecordedRequest) => void;
  recordPost: (post: RecordedPost) => void;
  changed: () => void;
};

/** A hooked client whose process does not live yet. */
export function createPchookFront(settings: PchookFrontSettings): PchookFront {
  const { name, world, random, faults, options, changed } = settings;
  const account = world.accounts.get(name.wxid);
  if (account === undefined) throw new Error(`no account ${name.wxid}`);
  const clock = ownClock(settings.clock);
  const zoned = new Intl.DateTimeFormat('sv-SE', {
    timeZone: options.timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const localTime = (at: number): string => zoned.format(at);
  let { port } = settings;
  let server: http.Server | null = null;
  let atOnce = 0;
  let mostAtOnce = 0;
  let png: Buffer | null = null;
  let waiting: WorldEvent[] = [];

  const client: HookedClient & { status: string } = {
    world,
    account,
    dialect: options.dialect,
    status: '0',
    callbackUrl: null,
    qrCode: () => (client.status === '0' ? png : null),
    refreshQrCode: () => {
      png = modulesPng(qrModules(`https://login.weixin.qq.com/l/${random.hex(10)}==`), 6, 4);
    },
    click: () => {
      if (client.status === '5') moveTo('1');
    },
    logout: () => {
      if (client.status !== '3') return;
      poster.post(clientNotice('退出登录微信', localTime(clock.now())));
      moveTo('0');
    },
  };
  const poster = createPchookPoster({
    ...settings,
    url: () => client.callbackUrl,
    envelope: () => ({ ServerPort: String(port), selfwxid: name.wxid }),
    record: settings.recordPost,
  });

  function moveTo(status: string): void {
    client.status = status;
    changed();
    if (status === '0') {
      client.refreshQrCode();
      after(options.scanAfterMs, status, '1');
    } else if (status === '1') after(options.confirmAfterMs, status, '3');
  }

  function after(ms: number | null, from: string, to: string): void {
    if (ms === null) return;
    clock.after(ms, () => {
      if (server !== null && client.status === from) moveTo(to);
    });
  }

  function tell(): void {
    while (faults.find('silence', name) === undefined) {
      const event = waiting.shift();
      if (event === undefined) return;
      const told = { world, self: name.wxid, now: clock.now(), dialect: options.dialect, localTime };
      for (const post of postsOf(event, told)) poster.post(post);
    }
  }

  world.on((event) => {
    if (event.account !== name.wxid || server === null || client.status !== '3') return;
    waiting.push(event);
    tell();
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.once('close', () => (atOnce -= 1));
    const params = await readParams(request);
    const path = request.url ?? '/';
    const recorded = {
      account: name.number,
      method: request.method ?? '',
      path,
      params,
      at: clock.now(),
      status: null,
    };
    const exchange = { request, response, endpoint: path.slice(1), params, recorded };
    settings.record(recorded);
    if (options.answerMs === 0) answer(exchange);
    else clock.after(options.answerMs, () => answer(exchange));
  }

  function answer({ request, response, endpoint, params, recorded }: Exchange): void {
    const isSend = endpoint.startsWith('Send');
    const fits = (fault: { route?: string }): boolean => fault.route === undefined || endpoint.endsWith(fault.route);
    const drop = (ms = 0): void => void clock.after(ms, () => request.socket.destroy());
    const reply = (status: number, body: string): void => {
      recorded.status = status;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body);
      changed();
    };
    if (faults.take('reset', name, fits) || (isSend && faults.take('reset-before-send', name))) {
      request.socket.resetAndDestroy();
      return;
    }
    if (faults.take('hang', name, fits)) return;
    if (faults.take('error', name, fits)) return reply(500, 'Internal Server Error');
    const early = isSend ? faults.take('timeout-before-send', name) : undefined;
    if (early) return drop(early.ms);
    const refusal = isSend ? faults.take('refuse', name, ({ to }) => to === undefined || is(params, to)) : undefined;
    const told = refusal ? { [endpoint]: '0' } : answerCall(client, endpoint, params);
    const late = isSend ? faults.take('timeout-after-send', name) : undefined;
    if (late) return drop(late.ms);
    if (isSend && faults.take('reset-after-send', name)) {
      request.socket.resetAndDestroy();
      return;
    }
    const slow = faults.take('slow', name, fits);
    const garbage = faults.take('garbage', name, fits);
    const finish = (): void => {
      if (told === undefined) reply(404, 'Not Found');
      else reply(200, garbage ? '<html>502 Bad Gateway</html>' : JSON.stringify(told));
    };
    if (slow) clock.after(slow.ms, finish);
    else finish();
  }

  const front: PchookFront = {
    number: name.number,
    wxid: name.wxid,
    get port() {
      return port;
    },
    get baseUrl() {
      return `http://${settings.host}:${port}`;
    },
    get status() {
      return client.status;
    },
    get callbackUrl() {
      return client.callbackUrl;
    },
    set callbackUrl(url) {
      client.callbackUrl = url;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    async start({ remembered = false } = {}) {
      if (server !== null) return;
      const made = http.createServer((request, response) => {
        take(request, response).catch(() => request.socket.destroy());
      });
      server = made;
      await new Promise<void>((resolve, reject) => {
        made.once('error', reject);
        made.listen(port, settings.host, resolve);
      });
      ({ port } = made.address() as AddressInfo);
      moveTo(remembered ? '5' : '0');
    },
    async die() {
      clock.cancelAll();
      client.callbackUrl = null;
      waiting = [];
      poster.stop();
      const ended = server;
      server = null;
      ended?.closeAllConnections();
      await new Promise<void>((resolve) => (ended === null ? resolve() : ended.close(() => resolve())));
      changed();
    },
    scan: () => {
      if (client.status === '0') moveTo('1');
    },
    confirm: () => {
      if (client.status === '1') moveTo('3');
    },
    logout: () => client.logout(),
    switchChat: (wxid) => {
      const person = world.people.get(wxid);
      const more = { current_wxid: wxid, name: person?.name ?? '', nickname: '' };
      poster.post(clientNotice('切换聊天对象', localTime(clock.now()), more));
    },
    release: () => {
      poster.release();
      tell();
    },
  };
  return front;
}

type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  endpoint: string;
  params: Params;
  recorded: RecordedRequest;
};

function is(params: Params, to: string): boolean {
  return [params['wxid'], params['toid'], params['gid']].includes(to);
}

/** A body may lack its content type, and be empty. */
async function readParams(request: IncomingMessage): Promise<Params> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8').trim();
  const told = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return Object.fromEntries(Object.entries(told).map(([key, value]) => [key, String(value)]));
}
