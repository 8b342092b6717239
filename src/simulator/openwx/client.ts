/**
 * One Openwx client: a process that logs one account in, keeps its state, and can die and be started again.
 *
 * While it is not running it is a blocked process: its port takes connections and answers nothing.
 */
import { ownClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { AccountName, Faults } from '../faults.ts';
import { createSessionIds, localUser } from './contacts.ts';
import { createPhone, login } from './login.ts';
import type { OpenwxState } from './login.ts';
import type { OpenwxOptions } from './options.ts';
import { createPoster } from './poster.ts';
import type { PostBody, RecordedPost } from './poster.ts';
import { createEventQueue } from './queue.ts';
import { replyFrom } from './reply.ts';
import { sendMedia, sendText } from './sending.ts';
import type { Session } from './session.ts';
import { syncEvent } from './sync.ts';
import type { Json } from './text.ts';
import type { PostAnswer } from '../post-json.ts';
import type { Random } from '../random.ts';
import { isRoomId } from '../wechat.ts';
import type { Account } from '../wechat.ts';
import type { World, WorldEvent } from '../world.ts';

export type OpenwxClient = {
  readonly name: AccountName;
  readonly account: Account;
  readonly state: OpenwxState;
  /** The process that lives now, null when none does. */
  readonly session: Session | null;
  /** The QR code that waits to be scanned. */
  readonly qrCode: Buffer | null;
  postApi: string | readonly string[] | null;
  /** The name under which a Controller runs it; null without one. */
  clientName: string | null;
  /** What the Controller was given when it started the client. */
  startParams: Readonly<Record<string, string>>;
  readonly previousState: OpenwxState;
  /** The id of somebody or a chat room under the login of now. */
  idOf(wxid: string): string;
  /** Starts the process unless it lives; resolves when its port is open. `cookie`: the last login is still good, so that no scan is needed and ids stay. */
  start(options?: { cookie?: boolean }): Promise<void>;
  /** Ends the process in order. */
  stop(): Promise<void>;
  /** Ends the process without a word. */
  die(): void;
  /** WeChat logs the account out: the client asks for a new scan, or stops. */
  logout(next?: 'scan' | 'stop'): Promise<void>;
  /** The phone scans the code, taps login, or lets the code expire. */
  scan(): void;
  confirm(): void;
  expireQrCode(): void;
  /** Posts and tells what faults no longer hold. */
  release(): void;
};

export type ClientSettings = {
  name: AccountName;
  account: Account;
  world: World;
  random: Random;
  clock: Clock;
  faults: Faults;
  options: OpenwxOptions;
  /** The process has come to life, and its port with it, or is gone. */
  alive: (session: Session | null) => Promise<void>;
  record: (post: RecordedPost) => void;
  changed: () => void;
};

/** What waits at WeChat while a client cannot take it. */
const waitingEvents = 1000;
let nextPid = 20_001;

/** A client that has not been started. */
export function createOpenwxClient(settings: ClientSettings): OpenwxClient {
  const { name, account, world, random, options, faults } = settings;
  let state: OpenwxState = 'init';
  let previousState: OpenwxState = 'init';
  let session: Session | null = null;
  let lastIds: Session['ids'] | null = null;
  let qrCode: Buffer | null = null;
  let waiting: WorldEvent[] = [];
  // Each process has its own: a login that has died must not take what the phone does from the one that lives.
  let phone = createPhone();

  const postEvent = async (event: string, params: readonly Json[]): Promise<void> => {
    if (session === null || !options.postEvent || !options.postEventList.includes(event)) return;
    const limits =
      event === 'input_qrcode'
        ? { timeoutMs: options.blockingPostMs * 7, tries: 6 }
        : { timeoutMs: options.blockingPostMs, tries: 2 };
    await session.poster.now({ post_type: 'event', event, params }, limits);
  };

  const moveTo = async (to: OpenwxState): Promise<void> => {
    const of = session;
    const from = state;
    if (of === null || from === to) return;
    // "running" is told before the client answers: the post blocks it.
    phone.forget();
    previousState = from;
    if (to !== 'running') {
      state = to;
      settings.changed();
    }
    await postEvent('state_change', [from, to]);
    if (session !== of || to !== 'running') return;
    state = to;
    of.answering = true;
    const blocked = [...of.blocked];
    of.blocked.clear();
    for (const go of blocked) go();
    settings.changed();
  };

  const takeWaiting = (): void => {
    for (;;) {
      if (session?.answering !== true || faults.find('silence', name) !== undefined) return;
      const event = waiting.shift();
      if (event === undefined) return;
      syncEvent(session, event);
    }
  };

  world.on((event) => {
    // What happens while nobody is logged in is not brought later.
    if (event.account !== account.wxid || session === null) return;
    if (!session.answering && state !== 'updating') return;
    waiting.push(event);
    if (waiting.length > waitingEvents) waiting.shift();
    takeWaiting();
  });

  const answered = (body: PostBody, answer: PostAnswer): void => {
    if (session === null || answer.status < 200 || answer.status > 299) return;
    const reply = replyFrom(answer);
    if (reply === 'crash') {
      session.die();
      return;
    }
    if (body['type'] === 'group_notice') return;
    const own = body['class'] === 'send';
    const id = body['type'] === 'group_message' ? body['group_id'] : own ? body['receiver_id'] : body['sender_id'];
    const to = session.ids.wxidOf(typeof id === 'string' ? id : '');
    if (!isRoomId(to) && !session.contacts.friends.some((friend) => friend.wxid === to)) return;
    if (reply.text !== null) sendText(session, to, reply.text, 'code');
    if (reply.media !== null && !own)
      void sendMedia(session, to, { fields: { media_path: reply.media }, data: undefined });
  };

  const end = (): void => {
    if (session === null) return;
    const ended = session;
    session = null;
    state = 'stop';
    qrCode = null;
    waiting = [];
    ended.clock.cancelAll();
    ended.poster.stop();
    void settings.alive(null);
    settings.changed();
  };

  const stop = async (of: Session): Promise<void> => {
    if (session !== of) return;
    await moveTo('stop');
    await postEvent('stop', []);
    if (session === of) end();
  };

  const logIn = async (of: Session, ids: Session['ids'] | null): Promise<void> => {
    const here = (): boolean => session === of;
    const alive = async (done: Promise<void>): Promise<void> => {
      await done;
      // A login that outlives its process waits for ever and changes nothing.
      if (!here()) await new Promise<never>(() => {});
    };
    const done = await login({
      session: of,
      phone,
      ids,
      showQr: (png) => {
        if (here()) qrCode = png;
        settings.changed();
      },
      moveTo: (to) => alive(here() ? moveTo(to) : Promise.resolve()),
      post: (event, params) => alive(here() ? postEvent(event, params) : Promise.resolve()),
    });
    if (!here()) return;
    lastIds = of.ids;
    if (done) takeWaiting();
    else await stop(of);
  };

  const postUrls = (): readonly string[] => {
    const urls = [client.postApi ?? []].flat();
    if (client.clientName === null) return urls;
    // The name is encoded twice: its UTF-8 bytes are taken for characters.
    const named = encodeURIComponent(Buffer.from(client.clientName).toString('latin1'));
    return urls.map((url) => `${url}${url.includes('?') ? '&' : '?'}client=${named}`);
  };

  const newSession = (): Session => {
    const clock = ownClock(settings.clock);
    const ids = createSessionIds(random);
    const person = world.people.get(account.wxid);
    if (person === undefined) throw new Error(`no person ${account.wxid}`);
    const made: Session = {
      name,
      world,
      account,
      random,
      clock,
      options,
      faults,
      ids,
      queue: createEventQueue(clock, { slots: options.pollSlots, waitMs: options.pollWaitMs }),
      poster: createPoster({ ...settings, clock, urls: postUrls, answered }),
      pid: nextPid++,
      startedAt: clock.now(),
      clientName: client.clientName,
      contacts: { user: localUser(person, ids), friends: [], groups: [] },
      listeners: new Set(),
      uploads: new Map(),
      answering: false,
      blocked: new Set(),
      lastDispatchAt: null,
      die: () => {
        if (session === made) end();
      },
      stop: () => void stop(made),
    };
    return made;
  };

  const client: OpenwxClient = {
    name,
    account,
    postApi: null,
    clientName: null,
    startParams: {},
    get previousState() {
      return previousState;
    },
    get state() {
      return state;
    },
    get session() {
      return session;
    },
    get qrCode() {
      return qrCode;
    },
    idOf: (wxid) => (session?.ids ?? lastIds)?.idOf(wxid) ?? wxid,
    async start({ cookie = false } = {}) {
      if (session !== null) return;
      const started = newSession();
      session = started;
      phone = createPhone();
      state = 'loading';
      settings.changed();
      await settings.alive(started);
      // Under a Controller the plugins are loaded early enough to tell the first change.
      if (client.clientName !== null) await postEvent('state_change', ['init', 'loading']);
      if (session === started) void logIn(started, cookie ? lastIds : null);
    },
    stop: async () => {
      if (session !== null) await stop(session);
    },
    die: end,
    async logout(next = 'scan') {
      const of = session;
      if (of === null || !of.answering) return;
      if (next === 'stop') {
        await stop(of);
        return;
      }
      of.contacts = { ...of.contacts, friends: [], groups: [] };
      waiting = [];
      // Blocked from here on, while the state is still the old one.
      of.answering = false;
      await logIn(of, null);
    },
    scan() {
      if (state === 'scaning') phone.move('scan');
    },
    confirm() {
      if (state === 'confirming') phone.move('confirm');
    },
    expireQrCode() {
      if (state === 'scaning' || state === 'confirming') phone.move('expire');
    },
    release() {
      session?.poster.release();
      takeWaiting();
    },
  };
  return client;
}
