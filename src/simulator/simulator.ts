/** The simulator: a world, a front for each of its accounts, and all that they did. */
import { systemClock } from './clock.ts';
import type { Cancel, Clock } from './clock.ts';
import { startControl } from './control/control.ts';
import { type DrivenAccount, ecloudAccount, openwxAccount, pchookAccount } from './driven-account.ts';
import type { EcloudAccount } from './ecloud/account.ts';
import { type EcloudFront, startEcloudFront } from './ecloud/front.ts';
import { type EcloudOptions, defaultEcloudOptions } from './ecloud/options.ts';
import { createFaults } from './faults.ts';
import type { Fault, FaultHandle } from './faults.ts';
import { createOpenwxClient } from './openwx/client.ts';
import type { OpenwxClient } from './openwx/client.ts';
import { startController } from './openwx/controller.ts';
import { createOpenwxFront } from './openwx/front.ts';
import type { RecordedRequest } from './openwx/front.ts';
import { type OpenwxOptions, defaultOpenwxOptions } from './openwx/options.ts';
import type { RecordedPost } from './openwx/poster.ts';
import { createPchookFront, pchookDefaults } from './pchook/front.ts';
import type { PchookFront, PchookOptions } from './pchook/front.ts';
import { populate } from './population.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';
import { type Delivered, createRecords } from './records.ts';
import { answerFrom, talk } from './small-talk.ts';
import { type Watch, createWatch } from './watch.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

/** An account of the simulator with the client that drives it. */
export type SimulatedAccount = OpenwxClient & {
  /** From 1. */
  readonly number: number;
  readonly wxid: string;
  readonly port: number;
  /** Where the client answers: `http://127.0.0.1:…`, without a path. */
  readonly baseUrl: string;
};

type PostApi = string | readonly string[] | null;

export type SimulatorOptions = {
  /** How many accounts to make up; with `build` none are. */
  accounts?: number;
  friends?: number;
  rooms?: number;
  roomMembers?: number;
  /** Makes the world by hand; returns the wxids of the accounts to drive. */
  build?: (world: World) => readonly string[];
  /** The same seed makes the same world. */
  seed?: number;
  clock?: Clock;
  firstMessageId?: bigint;
  host?: string;
  /** The port of the first account; the others follow. 0 picks free ones. */
  port?: number;
  /** Where an account's client posts to; can be set later as `account.postApi`. */
  postApi?: PostApi | ((account: { number: number; wxid: string; baseUrl: string }) => PostApi | Promise<PostApi>);
  openwx?: Partial<OpenwxOptions>;
  /** How many more accounts there are at E云, after the others; with `build` the last of its accounts are. */
  ecloudAccounts?: number;
  /** The port of E云; 0, a free one, unless given. */
  ecloudPort?: number;
  ecloud?: Partial<EcloudOptions>;
  /** How many more accounts to make up that are driven by the PC hook; with `build` the last so many of its accounts are. */
  hooks?: number;
  /** The port of the first hook; the others follow. Without it, or 0: free ones. */
  hookPort?: number;
  pchook?: Partial<PchookOptions>;
  /** Starts the clients. False leaves them to `account.start()`. */
  start?: boolean;
  /** After how long friends answer; absent: never. */
  answerAfterMs?: number;
  /** How often somebody writes by itself; absent: never. */
  talkEveryMs?: number;
  /**
   * The port of an Openwx Controller over the accounts; absent: none. 0 picks a free one. Accounts that are started at once
   * run under the names `wx1`, `wx2`, …; with `start: false` the Controller starts them under the names it is given.
   */
  controllerPort?: number;
  /** The port of the control API; absent: none. 0 picks a free one. */
  controlPort?: number;
};

export type Simulator = AsyncDisposable & {
  readonly world: World;
  readonly clock: Clock;
  readonly random: Random;
  readonly accounts: readonly SimulatedAccount[];
  /** E云 with its accounts, where there are some. */
  readonly ecloud: EcloudFront;
  readonly ecloudAccounts: readonly EcloudAccount[];
  /** The accounts that are driven by the PC hook; their numbers go on from those of the others. */
  readonly hooks: readonly PchookFront[];
  /** The accounts of all fronts by their numbers. */
  readonly driven: readonly DrivenAccount[];
  /** The only account, or the one of a number from 1. */
  account(number?: number): SimulatedAccount;
  /** All requests that came in, oldest first; bounded as the lists below. */
  readonly requests: readonly RecordedRequest[];
  /** All posts to post_api. */
  readonly posts: readonly RecordedPost[];
  /** All messages of the accounts that reached WeChat through a front. */
  readonly delivered: readonly Delivered[];
  readonly controlUrl: string | null;
  /** Where the Controller answers, if there is one. */
  readonly controllerUrl: string | null;
  /** Makes something go wrong, until it has struck `times` or is cleared. */
  fault(fault: Fault): FaultHandle;
  faults(): FaultHandle[];
  clearFaults(id?: number): void;
  /** Empties the lists. */
  forget(): void;
  until: Watch['until'];
  /** Lets the world talk, or stops it with null. */
  talk(everyMs: number | null): void;
  stop(): Promise<void>;
};

/** Starts a simulator. Clients that need no command to log in are running when it resolves. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const clock = options.clock ?? systemClock();
  const random = seededRandom(options.seed ?? 1);
  const openwx = { ...defaultOpenwxOptions, ...options.openwx };
  const { host = '127.0.0.1', port = 0, postApi = null } = options;
  const records = createRecords();
  const { changed, until } = createWatch();
  const stops: (() => Promise<void>)[] = [];
  let cancelTalk: Cancel | null = null;

  const world = createWorld({
    clock,
    random,
    answerAfterMs: options.answerAfterMs ?? null,
    answerTo: () => answerFrom(random),
    ...(options.firstMessageId === undefined ? {} : { firstMessageId: options.firstMessageId }),
  });
  const size = { accounts: 1, friends: 12, rooms: 3, roomMembers: 6, ...options };
  const { ecloudAccounts = 0, hooks: hooked = 0, hookPort = 0 } = options;
  const population = { ...size, accounts: size.accounts + ecloudAccounts + hooked };
  const all = options.build?.(world) ?? populate(world, random, population).map((account) => account.wxid);
  const hookedFrom = all.length - hooked;
  const wxids = all.slice(0, hookedFrom - ecloudAccounts);
  const faults = createFaults(() => {
    // A fault that is over lets go of what it held.
    for (const account of [...accounts, ...hooks]) account.release();
    ecloud?.release();
    changed();
  });

  const accounts: SimulatedAccount[] = [];
  const hooks: PchookFront[] = [];
  const told = new Set<number>();
  const numberOf = new Map(all.map((wxid, at) => [wxid, at + 1]));
  world.on((event) => {
    const number = numberOf.get(event.account);
    if (number !== undefined && event.type === 'message') records.sent(number, event);
    changed();
  });

  const urlOf = typeof postApi === 'function' ? postApi : (): PostApi => postApi;
  const record = (request: RecordedRequest): void => {
    records.request(request);
    changed();
  };
  const recordPost = (post: RecordedPost): void => {
    records.post(post);
    changed();
  };
  for (const [at, wxid] of all.slice(hookedFrom).entries()) {
    const hook = createPchookFront({
      name: { number: hookedFrom + at + 1, wxid },
      world,
      random,
      clock,
      faults,
      host,
      port: hookPort === 0 ? 0 : hookPort + at,
      options: { ...pchookDefaults, ...options.pchook },
      record,
      recordPost,
      changed,
    });
    hooks.push(hook);
    stops.push(() => hook.die());
  }
  for (const [at, wxid] of wxids.entries()) {
    const account = world.accounts.get(wxid);
    if (account === undefined) throw new Error(`no account ${wxid}`);
    const number = at + 1;
    const name = { number, wxid };
    const front = createOpenwxFront({ name, host, port: port === 0 ? 0 : port + at, faults, record, changed });
    const client = createOpenwxClient({
      name,
      account,
      world,
      random,
      clock,
      faults,
      options: openwx,
      alive: async (session) => {
        await front.serve(session);
        if (session === null || told.has(number)) return;
        // Only now the port is known; later the account's own setting counts.
        told.add(number);
        whole.postApi ??= await urlOf(whole);
      },
      record: recordPost,
      changed,
    });
    const whole: SimulatedAccount = Object.defineProperties(client as SimulatedAccount, {
      number: { value: number, enumerable: true },
      wxid: { value: wxid, enumerable: true },
      port: { get: () => front.port, enumerable: true },
      baseUrl: { get: () => front.baseUrl, enumerable: true },
    });
    accounts.push(whole);
    stops.push(() => {
      whole.die();
      return front.serve(null);
    });
  }

  const ecloud = ecloudAccounts === 0 ? null : await startEcloud();
  if (ecloud !== null) stops.push(() => ecloud.stop());

  function startEcloud(): Promise<EcloudFront> {
    return startEcloudFront({
      accounts: all.slice(wxids.length, hookedFrom).map((wxid, at) => ({
        number: wxids.length + at + 1,
        account: world.accounts.get(wxid)!,
      })),
      host,
      port: options.ecloudPort ?? 0,
      world,
      clock,
      random,
      faults,
      options: { ...defaultEcloudOptions, ...options.ecloud },
      record,
      recordPost,
      changed,
    });
  }

  const driven = [
    ...accounts.map(openwxAccount),
    ...(ecloud?.accounts.map((account) => ecloudAccount(ecloud, account)) ?? []),
    ...hooks.map((hook) => pchookAccount(hook, world.accounts.get(hook.wxid)!)),
  ];
  const simulator: Simulator = {
    world,
    clock,
    random,
    accounts,
    hooks,
    driven,
    requests: records.requests,
    posts: records.posts,
    delivered: records.delivered,
    get controllerUrl() {
      return controller?.baseUrl ?? null;
    },
    get controlUrl() {
      return control?.url ?? null;
    },
    ecloudAccounts: ecloud?.accounts ?? [],
    get ecloud() {
      if (ecloud === null) throw new Error('there are no accounts at E云');
      return ecloud;
    },
    account(number = 1) {
      const found = accounts[number - 1];
      if (found === undefined) throw new RangeError(`no account ${number}`);
      return found;
    },
    fault(fault) {
      if (fault.type !== 'logout' && fault.type !== 'die') return faults.add(fault);
      const struck = driven.filter(({ number, wxid }) => [undefined, number, wxid].includes(fault.account));
      for (const account of struck) {
        if (fault.type === 'logout') account.logout(fault.next);
        // An account at E云 has no process.
        else if (account.front !== 'ecloud') void account.die();
      }
      return { id: 0, fault, clear: () => {} };
    },
    faults: () => faults.list(),
    clearFaults: (id) => faults.clear(id),
    forget: () => records.forget(),
    until,
    talk(everyMs) {
      cancelTalk?.();
      cancelTalk = everyMs === null ? null : talk(world, random, clock, everyMs);
    },
    async stop() {
      cancelTalk?.();
      faults.clear();
      await Promise.all(stops.map((stop) => stop()));
    },
    [Symbol.asyncDispose]: () => simulator.stop(),
  };

  const control = options.controlPort === undefined ? null : await startControl(simulator, host, options.controlPort);
  if (control !== null) stops.push(control.stop);
  const controller =
    options.controllerPort === undefined ? null : await startController(accounts, host, options.controllerPort);
  if (controller !== null) stops.push(() => controller.stop());
  if (options.start !== false) {
    if (controller !== null) for (const account of accounts) account.clientName = `wx${account.number}`;
    await Promise.all([...accounts, ...hooks].map((account) => account.start()));
    if (openwx.scanAfterMs === 0 && openwx.confirmAfterMs === 0) {
      await simulator.until(() => accounts.every((account) => account.state === 'running'), 60_000);
    }
  }
  const { scanAfterMs, confirmAfterMs } = { ...pchookDefaults, ...options.pchook };
  if (options.start !== false && scanAfterMs === 0 && confirmAfterMs === 0) {
    await simulator.until(() => hooks.every((hook) => hook.status === '3'), 60_000);
  }
  if (options.talkEveryMs !== undefined) simulator.talk(options.talkEveryMs);
  return simulator;
}
