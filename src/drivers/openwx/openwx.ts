/**
 * The driver for Mojo-Weixin's Openwx plugin, alone or behind a Controller.
 *
 * The connection is `{ baseUrl, client }`, `client` being the Controller's name of the account, else null. Text only:
 * there is no MENTION, since web WeChat has no mentions to send, and no START_STOP, since only the Controller could.
 */
import type { Capability } from '../../words.ts';
import type { DriverFactory } from '../driver.ts';
import { type Timings, openwxClient, readJson, refusal } from './client.ts';
import { fetchContacts } from './contacts.ts';
import { decode, decodeEntries } from './decode.ts';
import { login, probe } from './login.ts';
import { send } from './send.ts';

const defaultTimings: Timings = {
  callMs: 30_000,
  silentMs: 5_000,
  sendMs: 20_000,
  pollMs: 40_000,
  pauseMs: 2_000,
  longestPauseMs: 30_000,
};

export const openwxCapabilities = [
  'RECEIVE',
  'SEND_TEXT',
  'CONTACTS',
  'CHAT_ROOMS',
  'QR_LOGIN',
] as const satisfies readonly Capability[];

export const openwx: DriverFactory = openwxWith(defaultTimings);

/** The driver with times of its own; `settings.timeoutMs` goes before `callMs`. */
export function openwxWith(timings: Timings): DriverFactory {
  return (connection, _secrets, settings) => {
    const client = openwxClient(connection, { ...timings, callMs: settings.timeoutMs ?? timings.callMs });
    return {
      kind: 'OPENWX',
      capabilities: openwxCapabilities,
      decode: (callback) => decode(callback, client.name),
      send: (sending, signal) => send(client, sending, signal),
      login: (signal) => login(client, signal),
      probe: (signal) => probe(client, signal),
      poll: {
        key: JSON.stringify(['OPENWX', connection.baseUrl.replace(/\/+$/, ''), client.name]),
        next: async (self, signal) => {
          const answer = await client.get('check_event', timings.pollMs, signal);
          const refused = refusal(readJson(answer));
          if (refused !== null) throw refused;
          return decodeEntries(answer.text, { self, now: settings.now() });
        },
      },
      fetchContacts: (signal) => fetchContacts(client, signal),
    };
  };
}
