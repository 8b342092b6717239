/** What every driver must do, tested against the front of the simulator that speaks its upstream's protocol. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Callback,
  type Driver,
  DriverError,
  type DriverEvent,
  type OutgoingSend,
  type Self,
} from '../../src/drivers/driver.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { closedAddress } from './server.ts';

/** An account that is logged in at its upstream, which posts. */
export type Front = {
  simulator: Simulator;
  number: number;
  /** Of the account, in the world. */
  wxid: string;
  self: Self;
  /** An id of the world as the upstream shows it now. */
  idOf(wxid: string): string;
  /** At the upstream, or where else it is told to look; with short times. */
  driver(baseUrl?: string): Driver;
  stop(): Promise<void>;
};

export type Contract = {
  name: string;
  start: () => Promise<Front>;
  /** A callback of a kind that does not exist, for this account. */
  unknown: (front: Front) => string;
  /** A callback of somebody else's account. */
  foreign: string;
  /** What must never be told. */
  secrets: readonly string[];
  /** A call of a fetch of contacts. */
  contactRoute: string;
  /** The upstream takes a send without telling its id, which a later post does. */
  idFollows?: boolean;
};

const never = new AbortController().signal;
const now = 1_795_312_000_000;

export function testDriver(contract: Contract): void {
  const { name, start, unknown, foreign, secrets, contactRoute, idFollows = false } = contract;
  describe(`the contract of drivers: ${name}`, () => {
    let front: Front;
    beforeAll(async () => {
      front = await start();
    });
    afterAll(() => front.stop());
    beforeEach(() => {
      front.simulator.clearFaults();
      front.simulator.forget();
    });

    const callbackOf = (body: string): Callback => ({
      body: new TextEncoder().encode(body),
      contentType: 'application/json',
      query: new URLSearchParams(),
      self: front.self,
      now,
    });
    const decode = (body: string): DriverEvent[] => front.driver().decode(callbackOf(body));
    const friend = (): string =>
      [...front.simulator.world.accounts.get(front.wxid)!.contacts.values()].find((one) => one.kind === 'friend')!.wxid;
    const hello = (text: string): OutgoingSend => ({
      receiver: front.idOf(friend()),
      receiverKind: 'FRIEND',
      content: { type: 'TEXT', text },
      mentions: [],
    });
    const posted = (text: string): Promise<string> =>
      front.simulator.until(() => front.simulator.posts.find((post) => post.text.includes(text))?.text);

    it('decodes the same bytes to the same message, with WeChat’s own id', async () => {
      const { id } = front.simulator.world.receive(front.wxid, friend(), '契约测试');
      const body = await posted('契约测试');
      const [event, ...others] = decode(body);
      expect(others).toEqual([]);
      expect(event).toMatchObject({
        type: 'message',
        message: { upstreamId: id, kind: 'TEXT', text: '契约测试', direction: 'INCOMING', raw: body },
      });
      expect(decode(body)).toEqual([event]);
    });

    it('refuses what is another account’s, and what cannot be read', () => {
      expect(errorOf(() => decode(foreign))).toMatchObject({ code: 'FORBIDDEN', certain: true, retry: false });
      for (const body of ['', 'x', '[]', 'null', '{"a":', '\0']) {
        expect(errorOf(() => decode(body))).toMatchObject({ code: 'BAD_INPUT', certain: true, retry: false });
      }
    });

    it('keeps a message of a kind that it does not know', () => {
      const body = unknown(front);
      expect(decode(body)).toMatchObject([{ type: 'message', message: { kind: 'UNKNOWN', raw: body } }]);
    });

    it('a send reaches WeChat once; its echo has the id of its receipt, or tells it later', async () => {
      const receipt = await front.driver().send(hello('只发一次'), never);
      expect(front.simulator.delivered.map(({ text }) => text)).toEqual(['只发一次']);
      const { id } = front.simulator.delivered[0]!;
      const told = idFollows ? null : id;
      expect([receipt.upstreamId, typeof receipt.reference]).toEqual([told, idFollows ? 'object' : 'string']);
      const echo = decode(await posted('只发一次')).find((event) => event.type === 'message');
      expect(echo).toMatchObject({ message: { upstreamId: told, direction: 'OUTGOING' } });
      const later = idFollows ? decode(await posted(id)) : [];
      const rest = { upstreamId: id, peerWxid: hello('x').receiver, media: null };
      expect(later).toMatchObject(idFollows ? [{ type: 'rest', rest }] : []);
    });

    it.each<[Fault, { certain: boolean }, number]>([
      [{ type: 'reset-before-send' }, { certain: false }, 0],
      [{ type: 'reset-after-send' }, { certain: false }, 1],
      [{ type: 'timeout-before-send' }, { certain: false }, 0],
      [{ type: 'timeout-after-send' }, { certain: false }, 1],
      [{ type: 'error', route: 'send_friend_message' }, { certain: false }, 0],
      [{ type: 'error', route: 'sendText' }, { certain: false }, 0],
      [{ type: 'error', route: 'SendTextMsg' }, { certain: false }, 0],
      [{ type: 'garbage', route: 'send_friend_message' }, { certain: false }, 1],
      [{ type: 'garbage', route: 'SendTextMsg' }, { certain: false }, 1],
      [{ type: 'garbage', route: 'sendText' }, { certain: false }, 1],
      [{ type: 'refuse' }, { certain: true }, 0],
    ])('a send that meets %j', async (fault, expected, delivered) => {
      front.simulator.fault({ ...fault, account: front.number });
      const outcome = await front
        .driver()
        .send(hello('故障'), never)
        .catch((error: unknown) => error);
      if ('route' in fault && !front.simulator.requests.some(({ path }) => path.endsWith(fault.route!))) return;
      expect(outcome).toBeInstanceOf(DriverError);
      expect(outcome).toMatchObject(expected);
      // Nothing is tried twice.
      expect(front.simulator.delivered).toHaveLength(delivered);
    });

    it('a send to where nobody listens has certainly not left, and may be tried again', async () => {
      const error = await front
        .driver(await closedAddress())
        .send(hello('x'), never)
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'UPSTREAM_UNREACHABLE', certain: true, retry: true });
    });

    it('refuses what cannot be sent before anything leaves', async () => {
      for (const change of [{ receiver: '' }, { content: { type: 'TEXT', text: '' } as const }]) {
        const error = await front
          .driver()
          .send({ ...hello('x'), ...change }, never)
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: 'BAD_INPUT', certain: true, retry: false });
      }
      expect(front.simulator.requests).toEqual([]);
    });

    it('ends within 100 ms of an abort, whatever it waits for', async () => {
      front.simulator.fault({ type: 'hang' });
      const driver = front.driver();
      const work: [string, (signal: AbortSignal) => Promise<unknown>][] = [
        ['send', (signal) => driver.send(hello('x'), signal)],
        ['probe', (signal) => driver.probe!(signal)],
        ['login', (signal) => Array.fromAsync(driver.login!(signal))],
        ['fetchContacts', (signal) => Array.fromAsync(driver.fetchContacts!(signal))],
      ];
      for (const [what, act] of work) {
        const abort = new AbortController();
        const seen = front.simulator.requests.length;
        const ended = act(abort.signal).catch((error: unknown) => error);
        await front.simulator.until(() => front.simulator.requests.length > seen);
        const startedAt = performance.now();
        abort.abort();
        await ended;
        expect([what, performance.now() - startedAt < 100]).toEqual([what, true]);
      }
    });

    it('tells no secret, receiver or text in an error', async () => {
      const told: string[] = [];
      const faults: Fault[] = [{ type: 'refuse' }, { type: 'reset' }, { type: 'garbage' }, { type: 'error' }];
      for (const fault of faults) {
        front.simulator.fault({ ...fault, times: 1 });
        const error = await front
          .driver()
          .send(hello('机密内容'), never)
          .catch((reason: unknown) => reason);
        told.push(everythingOf(error));
      }
      for (const secret of [...secrets, hello('x').receiver, '机密内容']) expect(told.join('\n')).not.toContain(secret);
    });

    it('announces what it can do', async () => {
      const driver = front.driver();
      const can = new Set<string>(driver.capabilities);
      expect(can.size).toBe(driver.capabilities.length);
      expect([can.has('CONTACTS'), can.has('QR_LOGIN')]).toEqual(['fetchContacts' in driver, 'login' in driver]);
      expect(Boolean(driver.poll) || can.has('RECEIVE')).toBe(true);
      if (can.has('MENTION')) return;
      const mentioning = driver.send({ ...hello('x'), mentions: ['a'] }, never).catch((error: unknown) => error);
      expect(await mentioning).toMatchObject({ code: 'UNSUPPORTED', certain: true });
    });

    it('lists every contact once, chat rooms with their members, and fails whole', async () => {
      const pages = await Array.fromAsync(front.driver().fetchContacts!(never));
      const contacts = pages.flatMap((page) => page.contacts);
      const account = front.simulator.world.accounts.get(front.wxid)!;
      const wanted = [...account.contacts.keys(), ...account.rooms].map((wxid) => front.idOf(wxid));
      expect(contacts.map(({ wxid }) => wxid).toSorted()).toEqual(wanted.toSorted());
      const rooms = contacts.filter(({ kind }) => kind === 'CHAT_ROOM');
      expect(rooms.length).toBeGreaterThan(0);
      const listed = rooms.map(({ members }) => members?.some(({ wxid }) => wxid === front.self.wxid));
      expect(new Set(listed)).toEqual(new Set([true]));
      front.simulator.fault({ type: 'error', route: contactRoute });
      await expect(Array.fromAsync(front.driver().fetchContacts!(never))).rejects.toBeInstanceOf(DriverError);
    });

    it('finds a client that runs, and one that is away', async () => {
      expect(await front.driver().probe!(never)).toMatchObject({ state: 'RUNNING' });
      expect(await front.driver(await closedAddress()).probe!(never)).toMatchObject({ state: 'OFFLINE' });
      const steps = await Array.fromAsync(front.driver().login!(never));
      expect(steps.at(-1)).toMatchObject({ state: 'RUNNING', self: { wxid: front.self.wxid } });
    });
  });
}

function errorOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return [error.message, error.stack, JSON.stringify(error), everythingOf(error.cause)].join('\n');
}
