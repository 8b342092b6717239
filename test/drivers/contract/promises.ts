/** What holds for every method that a driver has. */
import { expect, it } from 'vitest';
import { type Driver, DriverError, type FriendRequest, type SentMessage } from '../../../src/drivers/driver.ts';
import type { Fault } from '../../../src/simulator/faults.ts';
import { type About, type Bench, type Front, everythingOf, failureOf, never } from './bench.ts';
import { type Call, type Past, callsOf, confidential, methodOf } from './methods.ts';
import { fetchable } from './receiving.ts';

export function testPromises({ contract, front, media, bench }: About): void {
  const calls = async (): Promise<[string, Call][]> => {
    const past = await pastOf(front(), bench);
    const found = callsOf(front().driver(), front(), bench, media(), past);
    front().simulator.forget();
    return [...found];
  };

  it('announces what it can do, and can do what it announces', () => {
    const driver = front().driver();
    const can = new Set<string>(driver.capabilities);
    expect(can.size).toBe(driver.capabilities.length);
    for (const [capability, method] of Object.entries(methodOf)) {
      // Not every login is one by a code.
      if (capability === 'QR_LOGIN' && !can.has(capability)) continue;
      expect([capability, method in driver]).toEqual([capability, can.has(capability)]);
    }
    expect(Boolean(driver.poll) || can.has('RECEIVE')).toBe(true);
    expect(can.has('SEND_TEXT')).toBe(true);
    // A method that is there is not `undefined`.
    expect(Object.entries(driver).filter(([, value]) => value === undefined)).toEqual([]);
  });

  it('ends within 100 ms of an abort, whatever it waits for', async () => {
    const { driver, simulator } = front();
    for (const [what, call] of await calls()) {
      const fault = simulator.fault({ type: 'hang' });
      const abort = new AbortController();
      const seen = simulator.requests.length;
      const ended = failureOf(() => call(driver(), abort.signal));
      // Some are refused without asking.
      await Promise.race([ended, simulator.until(() => simulator.requests.length > seen)]);
      const startedAt = performance.now();
      abort.abort();
      await ended;
      expect([what, performance.now() - startedAt < 100]).toEqual([what, true]);
      fault.clear();
      if (what === 'stopClient') await Array.fromAsync(driver().login!(never));
    }
  });

  it('tells no secret, receiver or text in an error', async () => {
    const { driver, simulator, idOf } = front();
    const { friend, other, room, member } = bench.cast();
    const before = [friend, other, room, member].map((wxid) => idOf(wxid));
    const told: string[] = [];
    const faults: Fault[] = [{ type: 'reset' }, { type: 'error' }];
    for (const [what, call] of await calls()) {
      const struck: Fault[] = what.startsWith('send') ? [...faults, { type: 'refuse' }, { type: 'garbage' }] : faults;
      for (const fault of struck) {
        simulator.fault({ ...fault, times: 1 });
        const failure = await failureOf(() => call(driver(), never));
        if (!Array.isArray(failure)) expect([what, failure instanceof DriverError]).toEqual([what, true]);
        told.push(everythingOf(failure));
        simulator.clearFaults();
        if (what === 'stopClient') await Array.fromAsync(driver().login!(never));
      }
    }
    told.push(...(await strangersTold(driver(), idOf(room))));
    const after = [friend, other, room, member].map((wxid) => idOf(wxid));
    for (const secret of [
      ...contract.secrets,
      ...before,
      ...after,
      ...Object.values(confidential),
      media().url,
      nobody,
    ]) {
      expect(told.join('\n')).not.toContain(secret);
    }
  });

  it('a code that no login waits for is NOT_FOUND', async () => {
    const driver = front().driver();
    if (driver.enterCode === undefined) return;
    const failure = await failureOf(() => driver.enterCode!('123456', never));
    expect(failure).toMatchObject({ code: 'NOT_FOUND', certain: true });
  });
}

export const nobody = 'wxid_nobodynobody';

/** What calls tell that are about somebody whom nobody knows. */
async function strangersTold(driver: Driver, room: string): Promise<string[]> {
  const { setRemark, pin, fetchContact, fetchAvatar, addFriend, chatRooms } = driver;
  const calls = [
    () => setRemark?.(nobody, confidential.remark, never),
    () => pin?.(nobody, true, never),
    () => fetchContact?.(nobody, never),
    () => fetchAvatar?.({ wxid: nobody, roomWxid: null, avatarUrl: null }, never),
    () => addFriend?.({ wxid: nobody, roomWxid: room }, confidential.greeting, never),
    () => chatRooms?.create([nobody, `${nobody}2`], confidential.name, never),
    () => chatRooms?.invite(room, [nobody], never),
    () => chatRooms?.remove(room, [nobody], never),
    () => chatRooms?.rename('1@chatroom', confidential.name, never),
  ];
  const told: string[] = [];
  for (const call of calls) told.push(everythingOf(await failureOf(async () => call())));
  return told;
}

/** An own message that went out, a friend request and a received picture. */
async function pastOf(front: Front, bench: Bench): Promise<Past> {
  const [media = null] = front.driver().fetchMedia === undefined ? [] : await fetchable(front, bench);
  const { ticket } = await friendRequest(front, bench);
  return { sent: await ownMessage(front, bench), media, ticket: ticket ?? '' };
}

/** A message that was sent through the driver just now. */
export async function ownMessage(front: Front, bench: Bench): Promise<SentMessage> {
  front.simulator.forget();
  const send = bench.text('要撤回的');
  const { upstreamId, reference } = await front.driver().send(send, never);
  const { id, at } = front.simulator.delivered[0]!;
  return { upstreamId: upstreamId ?? id, reference, peerWxid: send.receiver, sentAt: at };
}

/** Somebody asks; as the decoded message tells it. */
export async function friendRequest({ simulator, wxid }: Front, bench: Bench): Promise<FriendRequest> {
  const events = await bench.told(() => simulator.world.requestFriend(wxid, '新朋友', '你好'));
  for (const event of events) {
    if (event.type === 'message' && event.message.content.type === 'FriendRequest') {
      const { wxid: from, name, ticket } = event.message.content;
      return { wxid: from, name, ticket };
    }
  }
  throw new Error('no friend request was told');
}
