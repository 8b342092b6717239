import { afterEach, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator, SimulatorOptions } from '../../src/simulator/simulator.ts';
import { hurriedClock, me, recordedOpenwx, recordedWorld } from './recorded.ts';

const alice = '@f_alice_0001';
const xiaoice = '@gh_xiaoice_0012';
let simulator: Simulator;
afterEach(() => simulator.stop());

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({
    build: recordedWorld,
    ...options,
    openwx: { ...recordedOpenwx, ...options.openwx },
  });
}

async function get(route: string, params: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const answer = await fetch(`${simulator.account().baseUrl}/openwx/${route}?${new URLSearchParams(params)}`);
  return (await answer.json()) as Record<string, unknown>;
}

describe('sends', () => {
  test('ids rise by one, beyond what a double can tell apart', async () => {
    await start();
    const ids: string[] = [];
    for (let number = 0; number < 3; number++) {
      const { id } = await get('send_friend_message', { id: alice, content: `${number}` });
      ids.push(String(id).replace(`:${alice}`, ''));
    }
    const [first = '0', second = '0', third = '0'] = ids;
    expect(BigInt(second) - BigInt(first)).toBe(1n);
    expect(BigInt(first)).toBeGreaterThan(2n ** 53n);
    expect(BigInt(third)).toBeLessThan(2n ** 63n);
    expect(new Set(ids.map(Number)).size).toBeLessThan(3);
    expect(simulator.delivered.map(({ id }) => id)).toEqual(ids);
  });

  test('to @all: everybody in the list, official accounts and filehelper too', async () => {
    await start();
    expect(await get('send_friend_message', { id: '@all', content: 'all' })).toEqual({
      code: 0,
      id: 0,
      status: 'request already executed',
    });
    const { friends } = simulator.account().session?.contacts ?? { friends: [] };
    const sent = (): string[] => simulator.delivered.map(({ to }) => to);
    // Two of them refuse.
    await simulator.until(() => sent().length === friends.length - 2);
    expect(sent()).toEqual(expect.arrayContaining(['filehelper', 'weixin', '@gh_wxpay_0011']));
  });

  test('the pace is one for all; whose turn comes after 15 s is left without an answer, and sent', async () => {
    await start({ clock: hurriedClock(), openwx: { sendIntervalMs: 3000 } });
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, (_, number) => get('send_friend_message', { id: alice, content: `b${number}` })),
    );
    await simulator.until(() => simulator.delivered.length === 8);
    const lost = answers.filter(({ status }) => status === 'rejected').length;
    expect(lost).toBeGreaterThanOrEqual(2);
    expect(lost).toBeLessThanOrEqual(4);
  });

  test('text with media is two messages and one answer', async () => {
    await start();
    const answer = await get('send_friend_message', { id: alice, content: 'with text', media_id: '@crypt_x:3' });
    expect(answer).toMatchObject({ code: 0, status: 'success' });
    await simulator.until(() => simulator.delivered.length === 2);
    expect(simulator.delivered.map(({ content }) => content.type)).toEqual(['text', 'media']);
  });

  test.each(['percent-encoded', 'in parts'])('bytes that are no text arrive as they are, %s', async (how) => {
    await start();
    const bytes = Buffer.from([0, 0xff, 0x25, 0x0d, 0x0a, 0xe4, 0x2b]);
    const fields = { id: alice, media_path: 'a.bin', media_type: 'file', media_name: 'R&amp;D.bin' };
    const form = new URLSearchParams(fields).toString();
    const escaped = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    const parts = Object.entries({ ...fields, media_data: bytes.toString('latin1') }).map(
      ([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const [type, body] =
      how === 'in parts'
        ? ['multipart/form-data; boundary=b', Buffer.from(`${parts.join('')}--b--\r\n`, 'latin1')]
        : ['application/x-www-form-urlencoded', Buffer.from(`${form}&media_data=${escaped}`)];
    const url = `${simulator.account().baseUrl}/openwx/send_friend_message`;
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
    expect(await answer.json()).toMatchObject({ code: 0, media_id: expect.stringMatching(/:6$/) as string });
    expect(simulator.delivered).toMatchObject([{ content: { type: 'media', media: 'file', name: 'R&D.bin', bytes } }]);
    expect(simulator.requests[0]?.params).toEqual({ ...fields, media_data: '7 bytes' });
  });

  test('of a request that is too long what came before is served', async () => {
    await start({ openwx: { maxRequestBytes: 200 } });
    const body = new URLSearchParams({ id: alice, media_path: 'a.txt', media_data: 'x'.repeat(500) });
    await fetch(`${simulator.account().baseUrl}/openwx/send_friend_message`, { method: 'POST', body });
    const { content } = simulator.delivered[0]!;
    expect(content.type === 'media' && content.bytes.length).toBeLessThan(200);
  });

  test('a revoke needs the whole id, and answers code 0 either way', async () => {
    await start();
    const { id } = await get('send_friend_message', { id: alice, content: 'oops' });
    const revoke = (of: string): Promise<unknown> => get('revoke_message', { id: of });
    const bare = String(id).replace(/:.*/, '');
    expect(await revoke(bare)).toEqual({ code: 0, id: bare, status: 'revoke failure' });
    expect(await revoke(String(id))).toEqual({ code: 0, id, status: 'revoke success' });
    expect(await get('revoke_message')).toEqual({ code: -1, id: null, status: 'msg id not found' });
  });

  test('set_group_displayname without a name ends the client', async () => {
    await start();
    await expect(get('set_group_displayname', { id: '@@g_perl_0001' })).rejects.toThrow('fetch failed');
    expect(simulator.account().session).toBe(null);
  });

  test('a chat room that the client makes has no owner and lacks the client', async () => {
    await start();
    const { group_id: id } = await get('create_group', { friends: `${alice},@f_bob_0002`, displayname: '新群' });
    const answer = await fetch(
      `${simulator.account().baseUrl}/openwx/search_group?id=${encodeURIComponent(String(id))}`,
    );
    const [group] = (await answer.json()) as { member: { id: string }[]; owner_uid?: number }[];
    expect(group?.member.map((member) => member.id)).toEqual([alice, '@f_bob_0002']);
    expect(group).not.toHaveProperty('owner_uid');
  });
});

/** Waits until the question is out. */
function asked(): Promise<unknown> {
  return simulator.until(() => simulator.delivered.length > 0);
}

describe('consult', () => {
  test('answers what the friend says, with the id of that and no code', async () => {
    await start();
    const answer = get('consult', { account: 'ms-xiaoice', content: 'haha' });
    await asked();
    const { id } = simulator.world.receive(me, xiaoice, '哈哈，有什么事情');
    expect(await answer).toEqual({ code: null, id, reply: '哈哈，有什么事情', status: null });
  });

  test('hangs until closed when somebody else writes first and the friend never', async () => {
    await start({ openwx: { inactivityMs: 1500 } });
    const answer = get('consult', { id: xiaoice, content: 'x', timeout: '1' });
    await asked();
    simulator.world.receive(me, '@f_bob_0002', 'me first');
    await expect(answer).rejects.toThrow('fetch failed');
  });

  test('friends can be made to answer', async () => {
    await start({ answerAfterMs: 1 });
    const { reply } = await get('consult', { id: alice, content: '在吗', timeout: '8' });
    expect(reply).toEqual(expect.any(String));
  });
});
