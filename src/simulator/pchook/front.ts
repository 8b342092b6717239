/** One WeChat of Windows with the hook inside: its HTTP port, its login, and what it posts. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, ownClock } from '../clock.ts';
import type { AccountName, Faults } from '../faults.ts';
import type { RecordedRequest } from '../openwx/front.ts';
import type { RecordedPost } from '../openwx/poster.ts';
import { type HookedClient, emojiPath } from './client.ts';
import { createPchookExchanges } from './exchanges.ts';
import { createPchookPoster } from './poster.ts';
import { type PchookDialect, clientNotice, keyOf, postsOf } from './posts.ts';
import { modulesPng } from '../png.ts';
import { qrModules } from '../qr-code.ts';
import type { Random } from '../random.ts';
import type { World, WorldEvent } from '../world.ts';

export type PchookOptions = {
  dialect: PchookDialect;
  /** IANA name of the zone of the hook's computer. */
  timezone: string;
  /** QR codes are scanned, and logins confirmed, after so long; null: on command. */
  scanAfterMs: number | null;
  confirmAfterMs: number | null;
  /** How long each answer takes. */
  answerMs: number;
  /** Whether posts carry pictures, videos, files and emojis in base64, as some of the newest builds do. */
  postBase64: boolean;
};

/** Media that can still be asked for; older ones are forgotten. */
const rememberedMedia = 200;

export const pchookDefaults: PchookOptions = {
  dialect: 'V39',
  timezone: 'Asia/Shanghai',
  scanAfterMs: 0,
  confirmAfterMs: 0,
  answerMs: 0,
  postBase64: false,
};

export type PchookFront = {
  readonly number: number;
  readonly wxid: string;
  readonly port: number;
  readonly baseUrl: string;
  /** As IsLoginStatus tells it: 0 to scan, 1 to confirm, 2 logging in, 3 logged in, 5 waits for its button. */
  readonly status: string;
  /** The QR code that waits to be scanned. */
  readonly qrCode: Buffer | null;
  /** Where it posts; it forgets this with its process. */
  callbackUrl: string | null;
  /** How many calls were under way at once at most. */
  readonly mostAtOnce: number;
  /** Starts the process; `remembered`: it waits for its login button in place of a scan. */
  start(options?: { remembered?: boolean }): Promise<void>;
  die(): Promise<void>;
  scan(): void;
  confirm(): void;
  /** The code was not scanned or confirmed in time; WeChat shows another one. */
  expireQrCode(): void;
  /** WeChat logs out, and shows a code again. */
  logout(): void;
  /** Somebody opens another chat at this computer. */
  switchChat(wxid: string): void;
  /** From now on the media that came so far are gone. */
  expireMedia(): void;
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
  let png: Buffer | null = null;
  let waiting: WorldEvent[] = [];

  const client: HookedClient & { status: string } = {
    world,
    account,
    dialect: options.dialect,
    status: '0',
    callbackUrl: null,
    media: new Map(),
    downloads: new Map(),
    roomRemarks: new Map(),
    isCdnReady: false,
    emojiUrl: (key) => `${front.baseUrl}${emojiPath}${key}`,
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
    // A process that is gone moves nowhere.
    if (server === null) return;
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
      const { dialect, postBase64 } = options;
      const { emojiUrl } = client;
      const told = { world, self: name.wxid, now: clock.now(), dialect, localTime, emojiUrl, postBase64 };
      for (const post of postsOf(event, told)) poster.post(post);
    }
  }

  world.on((event) => {
    if (event.account !== name.wxid || server === null || client.status !== '3') return;
    if (event.type === 'message' && event.message.content.type === 'media') {
      client.media.set(keyOf(event.message.id), event.message.content.bytes);
      if (client.media.size > rememberedMedia) client.media.delete([...client.media.keys()][0]!);
    }
    waiting.push(event);
    tell();
  });

  const exchanges = createPchookExchanges({
    client,
    name,
    clock,
    faults,
    answerMs: options.answerMs,
    record: settings.record,
    changed,
  });

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
    get qrCode() {
      return server === null ? null : client.qrCode();
    },
    get callbackUrl() {
      return client.callbackUrl;
    },
    set callbackUrl(url) {
      client.callbackUrl = url;
    },
    get mostAtOnce() {
      return exchanges.mostAtOnce();
    },
    async start({ remembered = false } = {}) {
      if (server !== null) return;
      const made = http.createServer((request, response) => {
        exchanges.take(request, response).catch(() => request.socket.destroy());
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
      client.isCdnReady = false;
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
    expireQrCode: () => {
      if (client.status === '0' || client.status === '1') moveTo('0');
    },
    logout: () => client.logout(),
    switchChat: (wxid) => {
      const person = world.people.get(wxid);
      const more = { current_wxid: wxid, name: person?.name ?? '', nickname: '' };
      poster.post(clientNotice('切换聊天对象', localTime(clock.now()), more));
    },
    expireMedia: () => {
      client.media.clear();
      client.downloads.clear();
    },
    release: () => {
      poster.release();
      tell();
    },
  };
  return front;
}
