/**
 * The driver for a WeChat of Windows with the hook inside: one port, one account.
 *
 * The connection is `{ baseUrl, dialect, timezone }`. `dialect` null is found out; `timezone` is the zone of the times that
 * it posts, null the gateway's. The hook asks for no secret: it must be reached over loopback or a private network.
 */
import type { Capability } from '../../words.ts';
import type { DriverFactory } from '../driver.ts';
import { type Port, type Timings, pchookClient } from './client.ts';
import { fetchContacts } from './contacts.ts';
import { decode } from './decode.ts';
import { login, probe, setCallback } from './login.ts';
import { send } from './send.ts';

const defaultTimings: Timings = {
  callMs: 15_000,
  sendMs: 30_000,
  contactsMs: 90_000,
  pauseMs: 2_000,
  longestPauseMs: 30_000,
};

export const pchookCapabilities = [
  'RECEIVE',
  'SEND_TEXT',
  'MENTION',
  'CONTACTS',
  'CHAT_ROOMS',
  'QR_LOGIN',
] as const satisfies readonly Capability[];

export const pchook: DriverFactory = pchookWith(defaultTimings);

/** The driver with times of its own; `settings.timeoutMs` goes before `callMs`. */
export function pchookWith(timings: Timings): DriverFactory {
  // By address: every driver of a port shares its turn.
  const ports = new Map<string, Port>();
  return (connection, _secrets, settings) => {
    const port = ports.get(connection.baseUrl) ?? { last: Promise.resolve(), dialect: null };
    ports.set(connection.baseUrl, port);
    const client = pchookClient(connection, { ...timings, callMs: settings.timeoutMs ?? timings.callMs }, port);
    return {
      kind: 'PCHOOK',
      capabilities: pchookCapabilities,
      decode: (callback) => decode(callback, connection['timezone'] ?? settings.timezone ?? 'UTC'),
      send: (sending, signal) => send(client, sending, signal),
      login: (signal) => login(client, signal),
      probe: (signal) => probe(client, signal),
      setCallback: (url, signal) => setCallback(client, url, signal),
      fetchContacts: (signal) => fetchContacts(client, signal),
    };
  };
}
