import { afterEach, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { hurriedClock, recordedOpenwx, recordedRequests, recordedWorld } from './recorded.ts';
import type { RecordedRequest } from './recorded.ts';

/** Requests that need something to happen first, or that the recording's WeChat answers by a rule of its own. */
const elsewhere = new Set([
  // Needs messages: openwx-poll.test.ts
  'check_event 25 queued',
  'check_event POST',
  'check_event waiting, then one event',
  'check_event waiting, two messages arrive in one sync',
  'check_event right after (gets the second)',
  'check_event two waiters, second',
  'check_event abandoned by client after 2s',
  'check_event after an abandoned poll',
  'check_event waiting, message sent by API',
  'check_event time-out (quiet)',
  // Needs an answer of a friend, or an earlier send: openwx-sends.test.ts
  'consult with reply',
  'consult with reply POST',
  'consult: another friend writes first, then no reply (timeout=3)',
  'consult answered by image',
  'revoke_message full id GET',
  'revoke_message full id POST',
  'any route after stop',
  // The recording's WeChat accepts any ticket but one that says "bad"; the world knows its tickets.
  'accept_friend_request POST',
  'accept_friend_request no params',
  // The recording's WeChat fails uploads of this file.
  'send_friend_message media upload answers HTTP 500',
  // Both sends race; the recording says which won that time.
  'send_friend_message content and media',
]);

/** Hides what differs from run to run and keeps the shape. */
function masked(body: string): string {
  return body
    .replace(/"id":"\d{16,20}(?=[:"])/g, '"id":"N')
    .replace(/@crypt_[0-9a-z_]+/g, '@crypt')
    .replace(/"(pid|runtime|starttime|media_mtime)":\d+/g, '"$1":0')
    .replace(/client\(\d+\)/, 'client(0)')
    .replace(/"log_(path|level)":"[^"]*"/g, '"log_$1":""')
    .replace(/"group_id":"@@\w+"/, '"group_id":"@@new"');
}

let simulator: Simulator;

/** Asks a fresh client. */
async function ask({ method, path, query, body, contentType }: RecordedRequest['request']): Promise<Response> {
  simulator = await startSimulator({ build: recordedWorld, clock: hurriedClock(), openwx: recordedOpenwx });
  return fetch(`${simulator.account().baseUrl}${path}${query === '' ? '' : `?${query}`}`, {
    method,
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
    ...(contentType === null ? {} : { headers: { 'content-type': contentType } }),
  });
}

afterEach(() => simulator.stop());

describe('answers as the real client does', () => {
  const requests = recordedRequests.filter(({ name, profile }) => profile === 'default' && !elsewhere.has(name));
  test.each(requests.filter(({ response }) => response.status !== null))('$name', async ({ request, response }) => {
    const answer = ask(request);
    const { status, headers } = await answer;
    expect(status).toBe(response.status);
    expect(headers.get('content-type')).toBe(response.contentType);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    const text = await (await answer).text();
    // Long error pages and pictures are not compared.
    const exact = response.body !== null && response.bodyEncoding !== 'base64';
    expect(exact ? masked(text) : '').toBe(exact ? masked(response.body ?? '') : '');
  });

  test.each(requests.filter(({ response }) => response.status === null))('$name: never', async ({ request }) => {
    await expect(ask(request)).rejects.toThrow('fetch failed');
  });

  test('an auth callback that refuses answers code -6 on every path', async () => {
    simulator = await startSimulator({
      build: recordedWorld,
      openwx: { ...recordedOpenwx, auth: (params) => params['token'] === 'secret' },
    });
    for (const { request, response } of recordedRequests.filter(({ profile }) => profile.startsWith('auth'))) {
      const { method, path, query } = request;
      const answer = await fetch(`${simulator.account().baseUrl}${path}?${query}`, { method });
      expect(await answer.text()).toBe(response.body);
    }
  });

  test('multipart bodies are read, and merged with the query', async () => {
    simulator = await startSimulator({ build: recordedWorld, openwx: recordedOpenwx });
    const form = new FormData();
    form.set('content', '多部分');
    await fetch(`${simulator.account().baseUrl}/openwx/send_friend_message?id=filehelper`, {
      method: 'POST',
      body: form,
    });
    expect(simulator.delivered.map(({ text }) => text)).toEqual(['多部分']);
  });

  test('a JSON body is not read', async () => {
    simulator = await startSimulator({ build: recordedWorld, openwx: recordedOpenwx });
    const answer = await fetch(`${simulator.account().baseUrl}/openwx/send_friend_message`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'filehelper', content: 'x' }),
    });
    expect(await answer.text()).toBe('{"code":100,"id":null,"status":"object not found"}');
  });

  test('GBK bytes and a repeated parameter match nothing', async () => {
    simulator = await startSimulator({ build: recordedWorld, openwx: recordedOpenwx });
    const { baseUrl } = simulator.account();
    const notFound = '{"code":100,"id":null,"status":"object not found"}';
    for (const query of ['displayname=%D0%A1%B0%AE', 'id=filehelper&id=filehelper']) {
      const answer = await fetch(`${baseUrl}/openwx/send_friend_message?${query}&content=x`);
      expect(await answer.text()).toBe(notFound);
    }
  });
});
