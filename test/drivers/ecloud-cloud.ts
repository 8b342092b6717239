/** E云 as the tests of its driver make it up, and the driver before it. */
import { expect } from 'vitest';
import { type Driver, DriverError, type DriverSettings, type Self } from '../../src/drivers/driver.ts';
import { ecloudWith } from '../../src/drivers/ecloud/ecloud.ts';
import { type Seen, serveHttp } from './server.ts';

export const never = new AbortController().signal;
export const timings = {
  callMs: 2_000,
  sendMs: 2_000,
  mediaMs: 2_000,
  videoMs: 20,
  videoLookMs: 1,
  loginMs: 2_000,
  pauseMs: 1,
  longestPauseMs: 4,
  addressListMs: 1,
  betweenCallsMs: [0, 0],
} as const;
export const authorization = 'eyJhbGciOi.the-secret';
export const me = 'wxid_me';
export const room = '22270365143@chatroom';
export const png = Buffer.from('89504e470d0a1a0a', 'hex');

export function driverAt(
  baseUrl: string,
  {
    wcId = me,
    wId = null,
    self = null,
    quick = {},
    download,
  }: {
    wcId?: string | null;
    wId?: string | null;
    self?: Self | null;
    quick?: object;
    download?: NonNullable<DriverSettings['download']>;
  } = {},
): Driver {
  const create = ecloudWith({ ...timings, ...quick });
  return create({ baseUrl, wcId, wId }, { authorization }, { now: () => 0, self, ...(download && { download }) });
}

export type Answer = object | string | number | null;
export const good = (data: unknown): object => ({ code: '1000', message: '成功', data });
export const bad = (message = '失败'): object => ({ code: '1001', message, data: null });

/** E云 that answers these routes: an object as JSON, text as it is, a number as a status, null never. */
export async function cloud(
  routes: Record<string, Answer | ((body: Record<string, unknown>) => Answer)>,
): ReturnType<typeof serveHttp> {
  const all = { queryLoginWx: good([{ wcId: me, wId: 'w1' }]), ...routes };
  return serveHttp((seen, response) => {
    const route = (all as typeof routes)[seen.path.slice(1)];
    const answer = typeof route === 'function' ? route(bodyOf(seen)) : route;
    if (answer === null) return;
    if (typeof answer === 'object') response.end(JSON.stringify(answer));
    else if (typeof answer === 'number') response.writeHead(answer).end('<html>');
    else if (answer === undefined) response.writeHead(404).end();
    else response.end(answer);
  });
}

export function bodyOf(seen: Seen | undefined): Record<string, unknown> {
  return JSON.parse(seen?.body || '{}') as Record<string, unknown>;
}

export async function outcome(work: Promise<unknown>): Promise<DriverError> {
  const error = await work.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DriverError);
  return error as DriverError;
}
