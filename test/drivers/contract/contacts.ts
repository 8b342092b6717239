/** Contacts and logins: what is there, all of it, or an error. */
import { expect, it } from 'vitest';
import { DriverError } from '../../../src/drivers/driver.ts';
import { closedAddress } from '../server.ts';
import { type About, failureOf, fetched, never } from './bench.ts';

export function testContacts({ contract, front, bench }: About): void {
  it('lists every contact once, chat rooms with their members, and fails whole', async () => {
    const { driver, simulator, wxid, self, idOf } = front();
    const contacts = (await Array.fromAsync(driver().fetchContacts!(never))).flatMap((page) => page.contacts);
    const account = simulator.world.accounts.get(wxid)!;
    const wanted = [...account.contacts.keys(), ...account.rooms].map((id) => idOf(id));
    expect(contacts.map((one) => one.wxid).toSorted()).toEqual(wanted.toSorted());
    const rooms = contacts.filter(({ kind }) => kind === 'CHAT_ROOM');
    expect(rooms.length).toBeGreaterThan(0);
    const listed = rooms.map(({ members }) => members?.some((one) => one.wxid === self.wxid));
    expect(new Set(listed)).toEqual(new Set([true]));
    simulator.fault({ type: 'error', route: contract.contactRoute });
    expect(await failureOf(() => Array.fromAsync(driver().fetchContacts!(never)))).toBeInstanceOf(DriverError);
  });

  it('looks one contact up, a chat room with its members, and finds none that is not there', async () => {
    const { driver, idOf, simulator } = front();
    const at = driver();
    if (at.fetchContact === undefined) return;
    const { friend, room } = bench.cast();
    const { people, rooms } = simulator.world;
    expect(await at.fetchContact(idOf(friend), never)).toMatchObject({
      wxid: idOf(friend),
      kind: 'FRIEND',
      name: people.get(friend)!.name,
    });
    const found = await at.fetchContact(idOf(room), never);
    expect(found).toMatchObject({ wxid: idOf(room), kind: 'CHAT_ROOM' });
    expect(found.members!.length).toBe(rooms.get(room)!.members.length);
    for (const wxid of ['wxid_nobodynobody', '1@chatroom']) {
      const failure = await failureOf(() => at.fetchContact!(wxid, never));
      expect(failure).toMatchObject({ code: 'NOT_FOUND', certain: true });
    }
  });

  it('gets a picture of a friend, and finds none that is not there', async () => {
    const { driver, simulator } = front();
    const at = driver();
    if (at.fetchAvatar === undefined) return;
    const { friend, other, room, member } = bench.cast();
    const { people } = simulator.world;
    for (const wxid of [friend, member]) people.get(wxid)!.avatar = 'png';
    people.get(other)!.avatar = 'none';
    const png = await fetched(at.fetchAvatar(bench.avatarOf(friend, null, null), never));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const ofMember = await failureOf(() => fetched(at.fetchAvatar!(bench.avatarOf(member, room, null), never)));
    const none = await failureOf(() => at.fetchAvatar!(bench.avatarOf(other, null, null), never));
    expect(none).toMatchObject({ code: 'NOT_FOUND', certain: true });
    // Of a member who is no friend not every upstream has one.
    if (ofMember instanceof DriverError) expect(ofMember).toMatchObject({ code: 'NOT_FOUND', certain: true });
    else expect(ofMember).not.toEqual([png, 'came of it']);
  });

  it('finds a client that runs, and one that is away', async () => {
    const { driver, self } = front();
    expect(await driver().probe!(never)).toMatchObject({ state: 'RUNNING' });
    expect(await driver(await closedAddress()).probe!(never)).toMatchObject({ state: 'OFFLINE' });
    const steps = await Array.fromAsync(driver().login!(never));
    expect(steps.at(-1)).toMatchObject({ state: 'RUNNING', self: { wxid: self.wxid } });
  });
}
