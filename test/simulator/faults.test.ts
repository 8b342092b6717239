import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { startReceiver } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import { me, recordedOpenwx, recordedWorld } from './recorded.ts';

const alice = '@f_alice_0001';
let receiver: Receiver;
let simulator: Simulator;
beforeEach(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({ build: recordedWorld, openwx: recordedOpenwx });
  simulator.account().postApi = receiver.url;
});
afterEach(async () => {
  await simulator.stop();
  await receiver[Symbol.asyncDispose]();
});

const say = (text: string): unknown => simulator.world.receive(me, alice, text);
const contents = (): unknown[] => receiver.received.map(({ body }) => body['content']);
const send = (text = 'x'): Promise<Response> =>
  fetch(`${simulator.account().baseUrl}/openwx/send_friend_message?id=${alice}&content=${text}`);

describe('callbacks', () => {
  test('repeat: the same text again, as often as told', async () => {
    simulator.fault({ type: 'repeat', copies: 2, times: 1 });
    say('一');
    await simulator.until(() => receiver.received.length === 3);
    expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
    say('二');
    await simulator.until(() => receiver.received.length === 4);
  });

  test('reorder: last first', async () => {
    simulator.fault({ type: 'reorder', size: 3, times: 1 });
    for (const text of ['一', '二', '三', '四']) say(text);
    await simulator.until(() => receiver.received.length === 4);
    const posted = simulator.posts.map(({ body }) => body['content']);
    expect(posted).toEqual(['三', '二', '一', '四']);
  });

  test('reorder: what is held comes when the fault is cleared', async () => {
    const fault = simulator.fault({ type: 'reorder', size: 10 });
    say('一');
    expect(simulator.posts).toEqual([]);
    fault.clear();
    await simulator.until(() => receiver.received.length === 1);
  });

  test('delay: later ones overtake', async () => {
    simulator.fault({ type: 'delay', ms: 30, times: 1 });
    say('一');
    say('二');
    await simulator.until(() => receiver.received.length === 2);
    expect(contents()).toEqual(['二', '一']);
  });

  test('drop: lost for the receiver, still there for check_event', async () => {
    simulator.fault({ type: 'drop', times: 1 });
    say('一');
    say('二');
    await simulator.until(() => receiver.received.length === 1);
    expect(contents()).toEqual(['二']);
    expect(simulator.posts.map(({ outcome }) => outcome)).toContain('dropped');
    const events = await (await fetch(`${simulator.account().baseUrl}/openwx/check_event`)).text();
    expect(events).toContain('一');
  });

  test('silence: told when it is over', async () => {
    const fault = simulator.fault({ type: 'silence' });
    say('一');
    expect((await send()).status).toBe(200);
    await simulator.until(() => receiver.received.length === 1);
    expect(contents()).toEqual(['x']);
    fault.clear();
    await simulator.until(() => contents().includes('一'));
  });
});

describe('sends', () => {
  test('refuse: after five tries, in the words of WeChat, and posted', async () => {
    simulator.fault({ type: 'refuse', times: 1 });
    expect(await (await send()).json()).toEqual({
      code: 1201,
      id: expect.stringMatching(/^\d{17}$/),
      status: '操作太频繁，请稍后再试',
    });
    expect(simulator.delivered).toEqual([]);
    await simulator.until(() => receiver.received.length === 1);
    expect(receiver.received[0]?.body).toMatchObject({ code: 1201, msg: '发送失败', ttl: '' });
  });

  test('refuse with tries: goes out at the next try', async () => {
    simulator.fault({ type: 'refuse', tries: 2 });
    expect(await (await send()).json()).toMatchObject({ code: 0 });
    await simulator.until(() => receiver.received.length === 1);
    expect(receiver.received[0]?.body['ttl']).toBe(2);
  });

  test.each(['timeout-after-send', 'reset-after-send'] as const)('%s: out, and no answer', async (type) => {
    simulator.fault({ type, times: 1 });
    await expect(send()).rejects.toThrow('fetch failed');
    expect(simulator.delivered).toHaveLength(1);
    expect((await send()).status).toBe(200);
  });

  test.each(['timeout-before-send', 'reset-before-send'] as const)('%s: neither out nor answered', async (type) => {
    simulator.fault({ type, times: 1 });
    await expect(send()).rejects.toThrow('fetch failed');
    expect(simulator.delivered).toEqual([]);
  });
});

describe('requests', () => {
  test('error and garbage with a status: neither done, and done', async () => {
    simulator.fault({ type: 'error', status: 504, times: 1 });
    expect((await send()).status).toBe(504);
    expect(simulator.delivered).toHaveLength(0);
    simulator.fault({ type: 'garbage', status: 502, times: 1 });
    const answer = await send();
    expect([answer.status, await answer.text()]).toEqual([502, '<html>502 Bad Gateway</html>']);
    expect(simulator.delivered).toHaveLength(1);
  });

  test('drip: the same answer, in pieces', async () => {
    simulator.fault({ type: 'drip', ms: 50, times: 1 });
    const answer = await send();
    let pieces = 0;
    let text = '';
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      pieces += 1;
      text += piece;
    }
    expect(pieces).toBeGreaterThan(1);
    expect(JSON.parse(text)).toMatchObject({ code: 0 });
  });

  test('error, garbage and reset, narrowed to a route', async () => {
    const { baseUrl } = simulator.account();
    simulator.fault({ type: 'error', route: 'get_user_info', times: 1 });
    simulator.fault({ type: 'garbage', times: 1 });
    simulator.fault({ type: 'reset', route: 'get_friend_info' });
    expect((await send()).headers.get('content-type')).toBe('text/html;charset=UTF-8');
    expect((await fetch(`${baseUrl}/openwx/get_user_info`)).status).toBe(500);
    expect((await fetch(`${baseUrl}/openwx/get_user_info`)).status).toBe(200);
    await expect(fetch(`${baseUrl}/openwx/get_friend_info`)).rejects.toThrow('fetch failed');
  });

  test('slow: done at once, answered late, so that the echo comes first', async () => {
    simulator.fault({ type: 'slow', ms: 50, route: 'send_friend_message' });
    const answer = send();
    await simulator.until(() => receiver.received.length === 1);
    expect(simulator.requests.at(-1)?.status).toBe(null);
    expect((await answer).status).toBe(200);
  });

  test('hang: recorded, never answered', async () => {
    simulator.fault({ type: 'hang', times: 1 });
    const gone = new AbortController();
    const answer = fetch(`${simulator.account().baseUrl}/openwx/get_user_info`, { signal: gone.signal });
    await simulator.until(() => simulator.requests.length === 1);
    gone.abort();
    await expect(answer).rejects.toThrow('aborted');
    expect(simulator.requests[0]?.status).toBe(null);
  });

  test('each request is recorded with its parameters and its answer', async () => {
    await send('%E4%BD%A0%E5%A5%BD');
    expect(simulator.requests).toMatchObject([
      {
        account: 1,
        method: 'GET',
        path: '/openwx/send_friend_message',
        params: { id: alice, content: '你好' },
        status: 200,
      },
    ]);
  });

  test('a fault for another account does not strike', async () => {
    simulator.fault({ type: 'error', account: 2 });
    expect((await send()).status).toBe(200);
  });
});

describe('clients', () => {
  test('die: connection refused until it is started again, on the same port', async () => {
    const { baseUrl } = simulator.account();
    simulator.fault({ type: 'die' });
    await expect(fetch(baseUrl)).rejects.toThrow('fetch failed');
    await simulator.account().start();
    expect((await fetch(`${baseUrl}/openwx/get_user_info`)).status).toBe(200);
  });

  test('logout: a new code, and running again after the scan', async () => {
    simulator.fault({ type: 'logout' });
    await simulator.until(() => receiver.received.some(({ body }) => String(body['params']) === 'updating,running'));
    const events = receiver.received.filter(({ body }) =>
      /login|state_change|input_qrcode/.test(String(body['event'])),
    );
    expect(
      events.map(({ body }) => [
        body['event'],
        ...(body['event'] === 'input_qrcode' ? [] : (body['params'] as unknown[])),
      ]),
    ).toEqual([
      ['input_qrcode'],
      ['state_change', 'running', 'scaning'],
      ['state_change', 'scaning', 'confirming'],
      ['state_change', 'confirming', 'updating'],
      ['login', 1],
      ['state_change', 'updating', 'running'],
    ]);
  });

  test('logout that stops', async () => {
    simulator.fault({ type: 'logout', next: 'stop' });
    await simulator.until(() => simulator.account().session === null);
    expect(receiver.received.map(({ body }) => body['event'])).toEqual(['state_change', 'stop']);
  });
});
