/** A hooked WeChat of the simulator that ends with its test, and drivers at it or elsewhere. */
import { onTestFinished } from 'vitest';
import { type Driver, DriverError, type DriverSettings } from '../../src/drivers/driver.ts';
import type { MediaBody } from '../../src/drivers/media.ts';
import { pchookWith } from '../../src/drivers/pchook/pchook.ts';
import type { PchookFront } from '../../src/simulator/pchook/front.ts';
import type { PchookDialect } from '../../src/simulator/pchook/posts.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import type { Room } from '../../src/simulator/wechat.ts';

export const never = new AbortController().signal;
export const dialects = ['V39', 'NEWEST'] as const satisfies readonly PchookDialect[];
export const timings = {
  callMs: 2_000,
  sendMs: 2_000,
  mediaMs: 2_000,
  contactsMs: 2_000,
  pauseMs: 1,
  longestPauseMs: 4,
};

export function driverAt(
  baseUrl: string,
  dialect: PchookDialect | null = 'V39',
  quick: Partial<typeof timings> = {},
  settings: Partial<DriverSettings> = {},
): Driver {
  const connection = { baseUrl, dialect, timezone: 'Asia/Shanghai' };
  return pchookWith({ ...timings, ...quick })(connection, {}, { now: () => 0, ...settings });
}

/** What came of it, an error by its class. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    (value) => JSON.stringify(value),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DriverError)) return String(error);
  return `${error.code} ${error.certain ? 'certain' : 'uncertain'}${error.retry ? ' retry' : ''}`;
}

export type Hooked = {
  simulator: Simulator;
  hook: PchookFront;
  driver: Driver;
  room: Room;
  friend: string;
};

/** `given`: the dialect that the driver is told. */
export async function hooked(
  dialect: PchookDialect,
  more: SimulatorOptions = {},
  given: PchookDialect | null = dialect,
): Promise<Hooked> {
  const pchook = { dialect, ...more.pchook };
  const simulator = await startSimulator({ accounts: 0, hooks: 1, friends: 3, rooms: 1, ...more, pchook });
  onTestFinished(() => simulator.stop());
  const [hook] = simulator.hooks;
  if (hook === undefined) throw new Error('no hook');
  const account = simulator.world.accounts.get(hook.wxid)!;
  const [room] = account.rooms;
  const friend = [...account.contacts.values()].find((contact) => contact.kind === 'friend')!.wxid;
  const driver = driverAt(hook.baseUrl, given, {}, { download });
  return { simulator, hook, driver, room: simulator.world.rooms.get(room ?? '')!, friend };
}

/** Stands in for the gateway, which has rules for addresses. */
async function download(url: string): Promise<MediaBody> {
  const answer = await fetch(url);
  if (!answer.ok) throw new DriverError('NOT_FOUND', 'nothing is there', { certain: true, retry: false });
  return { chunks: [await answer.bytes()], mime: answer.headers.get('content-type'), name: null };
}

/** All bytes of media on their way. */
export async function bytesOf(body: Promise<MediaBody> | MediaBody): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync((await body).chunks));
}
