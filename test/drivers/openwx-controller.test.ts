import { describe, expect, it } from 'vitest';
import { openwxCapabilities, openwxCapabilitiesAt } from '../../src/drivers/openwx/openwx.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { startReceiver } from '../simulator/receiver.ts';
import { driverAt, outcome, program } from './openwx-program.ts';
import { callback } from './recorded.ts';

const never = new AbortController().signal;
const baseUrl = 'http://127.0.0.1:1';

describe('capabilities', () => {
  it.each([
    ['a program', null, false],
    ['a client of a Controller', 'c1', true],
  ])('of %s announce what its driver has', (_, client, startStop) => {
    const driver = driverAt(baseUrl, client);
    expect(driver.kind).toBe('OPENWX');
    expect(driver.capabilities).toEqual([...openwxCapabilities, ...(startStop ? ['START_STOP'] : [])]);
    expect(openwxCapabilitiesAt({ baseUrl, client })).toEqual(driver.capabilities);
    expect(driver.stopClient !== undefined).toBe(startStop);
    expect(driver.sharedCallback !== undefined).toBe(startStop);
    for (const absent of ['MENTION', 'SEND_VOICE'] as const) expect(driver.capabilities).not.toContain(absent);
  });
});

describe('stopClient', () => {
  it('ends the client’s process and no other’s; login starts it again', async () => {
    await using simulator = await startSimulator({ accounts: 2, controllerPort: 0 });
    const [one, two] = simulator.accounts;
    const driver = driverAt(simulator.controllerUrl!, 'wx1', { silentMs: 2_000 });
    await driver.stopClient!(never);
    await simulator.until(() => one!.session === null);
    expect(two!.state).toBe('running');
    // Nothing is left to stop.
    await driver.stopClient!(never);
    expect(await driver.probe!(never)).toMatchObject({ state: 'OFFLINE' });
    const steps = await Array.fromAsync(driver.login!(never));
    expect([steps[0]?.state, steps.at(-1)?.state]).toEqual(['INIT', 'RUNNING']);
  });

  it('fails where the Controller refuses', async () => {
    const { url } = await program({ stop_client: 'auth wrong token' });
    expect(await outcome(driverAt(url, 'c1').stopClient!(never))).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('the one address of a Controller', () => {
  it('has the same key for all its clients, and names this one', () => {
    const shared = driverAt(`${baseUrl}/`, '帐号2').sharedCallback!;
    expect(shared.key).toBe(driverAt(baseUrl, 'c1').sharedCallback?.key);
    expect(shared.key).not.toBe(driverAt('http://127.0.0.1:2', 'c1').sharedCallback?.key);
    expect(shared.person()).toBe('帐号2');
    expect(shared.set).toBeUndefined();
  });

  it.each([
    ['client=c1', 'c1'],
    ['client=%E5%B8%90%E5%8F%B72', '帐号2'],
    ['client=%C3%A5%C2%B8%C2%90%C3%A5%C2%8F%C2%B72', '帐号2'],
    ['client=%C3%A9t%C3%A9', 'été'],
    ['client=', null],
    ['', null],
  ])('tells of %s whose post it is', (query, person) => {
    const driver = driverAt(baseUrl, 'c1');
    expect(driver.sharedCallback?.personOf(callback('{}', { query }))).toBe(person);
  });

  it.each(['wx', '帐号2', 'été'])('knows the posts of the client %s as it really posts them', async (name) => {
    await using receiver = await startReceiver();
    await using simulator = await startSimulator({ controllerPort: 0, start: false, postApi: receiver.url });
    await Array.fromAsync(driverAt(simulator.controllerUrl!, name, { silentMs: 2_000 }).login!(never));
    await simulator.until(() => receiver.received.length > 0);
    const { text, url } = receiver.received[0]!;
    const post = callback(text, { query: url.split('?')[1] ?? '', self: null });
    const driver = driverAt(simulator.controllerUrl!, name);
    expect(driver.sharedCallback?.personOf(post)).toBe(driver.sharedCallback?.person());
    expect(driver.decode(post)).not.toEqual([]);
    expect(() => driverAt(simulator.controllerUrl!, 'other').decode(post)).toThrow('another client');
  });
});
