/** A Mojo-Weixin program that answers as it was recorded, and the driver that asks it, with short times. */
import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { type Driver, DriverError } from '../../src/drivers/driver.ts';
import type { Timings } from '../../src/drivers/openwx/client.ts';
import { openwxWith } from '../../src/drivers/openwx/openwx.ts';
import { answerOf, now } from './recorded.ts';
import { type Seen, serveHttp } from './server.ts';

const timings: Timings = {
  callMs: 2_000,
  silentMs: 100,
  sendMs: 2_000,
  mediaMs: 2_000,
  pollMs: 2_000,
  pauseMs: 1,
  longestPauseMs: 4,
};

export function driverAt(baseUrl: string, client: string | null = null, quick: Partial<Timings> = {}): Driver {
  return openwxWith({ ...timings, ...quick })({ baseUrl, client }, {}, { now: () => now });
}

/** The error with which it must fail. */
export async function outcome(work: Promise<unknown> | undefined): Promise<DriverError> {
  const error = await work?.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DriverError);
  return error as DriverError;
}

/** Answers as recorded; a connection that was closed without an answer is closed. */
export function replay(response: ServerResponse, { status, contentType, body }: ReturnType<typeof answerOf>): void {
  if (status === null) {
    response.destroy();
    return;
  }
  response.writeHead(status, contentType === null ? {} : { 'content-type': contentType });
  response.end(Buffer.from(body ?? '', contentType?.startsWith('image/') ? 'base64' : 'utf8'));
}

/** A program that answers these routes, and closes the connection on all others. */
export async function program(
  routes: Record<string, string | ((seen: Seen) => string | null)>,
): ReturnType<typeof serveHttp> {
  return serveHttp((seen, response) => {
    const route = routes[seen.path.replace('/openwx/', '')];
    const recording = typeof route === 'function' ? route(seen) : route;
    if (recording === undefined || recording === null) response.destroy();
    else replay(response, answerOf(recording));
  });
}
