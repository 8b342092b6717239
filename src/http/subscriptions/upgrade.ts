/** The upgrade of a request to a WebSocket: who is let in, and what others are answered in plain HTTP. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayError } from '../../resolvers/errors.ts';
import type { Connections } from '../connections.ts';
import { type Credential, type Guards, addressOf } from '../guards.ts';
import { problemOf } from '../problem.ts';

const path = '/graphql';

/** Throws where the request may not become a socket. */
export function admitUpgrade(request: IncomingMessage, guards: Guards): void {
  guards.admit(request);
  if (request.url?.split('?', 1)[0] !== path) throw new GatewayError('NOT_FOUND', 'There is no socket here.');
}

/** The places that the socket takes, first that among those who have not said who they are. RATE_LIMITED where there are too many. */
export function takePlaces(
  request: IncomingMessage,
  connections: Connections,
  { ofAddress, ofStrangers }: { ofAddress: number; ofStrangers: number },
): (() => void)[] {
  const address = addressOf(request);
  const leave = connections.enter(`address:${address}`, ofAddress);
  if (!leave) throw new GatewayError('RATE_LIMITED', 'There are too many open connections of this address.');
  const leaveStrangers = connections.enter(`stranger:${address}`, ofStrangers);
  if (leaveStrangers) return [leaveStrangers, leave];
  leave();
  throw new GatewayError(
    'RATE_LIMITED',
    'There are too many connections of this address that did not say who they are.',
  );
}

/** The credential of the upgrade itself. A cookie of a page that is not the gateway's own is as if it were not there. */
export function credentialOfUpgrade(request: IncomingMessage, guards: Guards): Credential | null {
  return guards.rules.isSameOrigin(request.headers) || request.headers.authorization !== undefined
    ? guards.credentialOf(request, { cookie: true })
    : null;
}

/** An answer in plain HTTP in place of the upgrade. */
export function refuseUpgrade(socket: Duplex, error: unknown): void {
  const { status, message, headers } = problemOf(error);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(message)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${message}`);
}
