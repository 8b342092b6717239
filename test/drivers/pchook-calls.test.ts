import { describe, expect, it } from 'vitest';
import type { Driver, LoginStep, OutgoingSend } from '../../src/drivers/driver.ts';
import { pchookWith } from '../../src/drivers/pchook/pchook.ts';
import type { PchookDialect } from '../../src/simulator/pchook/posts.ts';
import { driverAt, hooked, never, outcome, timings } from './pchook-hooked.ts';
import { closedAddress, serveHttp, serveTcp } from './server.ts';

const hello: OutgoingSend = {
  receiver: 'filehelper',
  receiverKind: 'OTHER',
  content: { type: 'TEXT', text: '你好 "再见"' },
  mentions: [],
};

function saying(text: string): OutgoingSend {
  return { ...hello, content: { type: 'TEXT', text } };
}

/** A hook that answers every call with this. */
async function answering(body: string, status = 200): ReturnType<typeof serveHttp> {
  return serveHttp((_, response) => response.writeHead(status).end(body));
}

async function steps(driver: Driver, meanwhile: (step: LoginStep) => void = () => undefined): Promise<LoginStep[]> {
  const seen: LoginStep[] = [];
  for await (const step of driver.login!(never)) {
    seen.push(step);
    meanwhile(step);
  }
  return seen;
}

describe('send', () => {
  const taken = '{"upstreamId":null,"reference":null}';
  it.each([
    ['{"SendTextMsg":"1"}', taken],
    ['{"success":"1"}', taken],
    ['{"success":1}', taken],
    ['[{"code":"0","message":"success"}]', taken],
    ['{"code":0,"message":"success"}', taken],
    ['{"MsgSvrID":13430535177462202152}', '{"upstreamId":"13430535177462202152","reference":"13430535177462202152"}'],
    ['{"SendTextMsg":"0"}', 'UPSTREAM_REJECTED certain'],
    ['{"success":"0"}', 'UPSTREAM_REJECTED certain'],
    ['{"MsgSvrID":"1"}', 'UPSTREAM_REJECTED certain'],
    ['[{"code":"-1","message":"not logged in"}]', 'UPSTREAM_REJECTED certain'],
    ['{"SendTextMsg":"perhaps"}', 'UPSTREAM_REJECTED uncertain'],
    ['{}', 'UPSTREAM_REJECTED uncertain'],
    ['[]', 'UPSTREAM_REJECTED uncertain'],
    ['', 'UPSTREAM_REJECTED uncertain'],
    ['<html>502</html>', 'UPSTREAM_REJECTED uncertain'],
  ])('reads the answer %s', async (body, expected) => {
    const { url } = await answering(body);
    expect(await outcome(driverAt(url).send(hello, never))).toBe(expected);
  });

  it.each([
    [404, 'UNSUPPORTED certain'],
    [500, 'UPSTREAM_REJECTED uncertain retry'],
    [403, 'UPSTREAM_REJECTED uncertain'],
  ])('reads HTTP %i', async (status, expected) => {
    const { url } = await answering('{"SendTextMsg":"1"}', status);
    expect(await outcome(driverAt(url).send(hello, never))).toBe(expected);
  });

  it('is certain to have failed only where no connection was made', async () => {
    expect(await outcome(driverAt(await closedAddress()).send(hello, never))).toBe(
      'UPSTREAM_UNREACHABLE certain retry',
    );
    const reset = await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await outcome(driverAt(reset.url).send(hello, never))).toBe('UPSTREAM_UNREACHABLE uncertain retry');
    const silent = await serveTcp(() => undefined);
    const impatient = driverAt(silent.url, 'V39', { sendMs: 50 });
    expect(await outcome(impatient.send(hello, never))).toBe('UPSTREAM_TIMEOUT uncertain retry');
    expect(silent.connections).toHaveLength(1);
  });

  it.each<[string, Partial<OutgoingSend>, string]>([
    ['an empty text', { content: { type: 'TEXT', text: '' } }, 'BAD_INPUT certain'],
    ['no receiver', { receiver: '' }, 'BAD_INPUT certain'],
    ['mentions outside of a chat room', { mentions: ['wxid_a'] }, 'UNSUPPORTED certain'],
  ])('refuses %s before anything is sent', async (_, change, expected) => {
    const { url, connections } = await serveTcp((socket) => socket.destroy());
    expect(await outcome(driverAt(url).send({ ...hello, ...change }, never))).toBe(expected);
    expect(connections).toHaveLength(0);
  });

  it.each<[PchookDialect | null, object]>([
    ['V39', { wxid: 'filehelper', msg: '你好 "再见"' }],
    ['NEWEST', { toid: 'filehelper', msg: '你好 "再见"' }],
    [null, { wxid: 'filehelper', toid: 'filehelper', msg: '你好 "再见"' }],
  ])('names the receiver as the dialect %s does', async (dialect, body) => {
    const { url, seen } = await answering('{"success":"1"}');
    await driverAt(url, dialect).send(hello, never);
    expect(seen.map((one) => [one.method, one.path, JSON.parse(one.body)])).toEqual([['POST', '/SendTextMsg', body]]);
  });

  it.each<PchookDialect>(['V39', 'NEWEST'])(
    'mentions people of a chat room, or all, in the dialect %s',
    async (dialect) => {
      const {
        driver,
        room,
        simulator: { delivered, world },
        hook,
      } = await hooked(dialect);
      const others = room.members.map(({ wxid }) => wxid).filter((wxid) => wxid !== hook.wxid);
      room.ownerWxid = hook.wxid;
      const send = { ...hello, receiver: room.wxid, receiverKind: 'CHAT_ROOM' as const };
      await driver.send({ ...send, mentions: others.slice(0, 2) }, never);
      await driver.send({ ...send, mentions: ['notify@all'] }, never);
      expect(delivered.map((one) => one.content)).toMatchObject([
        { mentions: others.slice(0, 2), text: expect.stringContaining(`@${world.people.get(others[0]!)!.name}`) },
        { mentions: ['notify@all'] },
      ]);
    },
  );

  it('waits for its turn, whichever driver of the port asks', async () => {
    const {
      hook,
      simulator: { delivered },
    } = await hooked('V39', { pchook: { answerMs: 5 } });
    const create = pchookWith(timings);
    const drivers = Array.from({ length: 3 }, () =>
      create({ baseUrl: hook.baseUrl, dialect: 'V39', timezone: null }, {}, { now: () => 0 }),
    );
    await Promise.all([
      ...Array.from({ length: 6 }, (_, at) => drivers[at % 3]!.send(saying(`${at}`), never)),
      drivers[0]!.probe!(never),
    ]);
    expect(hook.mostAtOnce).toBe(1);
    expect(delivered.map((one) => one.text)).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('that is given up before its turn has certainly not left, and holds nobody up', async () => {
    const { url, seen } = await serveHttp((one, response) => {
      if (one.body.includes('first')) setTimeout(() => response.end('{"success":"1"}'), 100);
      else response.end('{"success":"1"}');
    });
    const driver = driverAt(url);
    const first = driver.send(saying('first'), never);
    const given = new AbortController();
    const second = outcome(driver.send(saying('second'), given.signal));
    const third = driver.send(saying('third'), never);
    given.abort();
    expect(await second).toBe('UPSTREAM_TIMEOUT certain retry');
    await Promise.all([first, third]);
    expect(seen.map((one) => (JSON.parse(one.body) as { msg: string }).msg)).toEqual(['first', 'third']);
  });
});

describe('login', () => {
  it.each<PchookDialect>(['V39', 'NEWEST'])(
    'shows the code and ends with whoever logged in, in the dialect %s',
    async (dialect) => {
      const { driver, hook } = await hooked(dialect, { pchook: { scanAfterMs: null, confirmAfterMs: null } }, null);
      const seen = await steps(driver, (step) => (step.state === 'SCANNING' ? hook.scan() : hook.confirm()));
      expect(seen.map((step) => step.state)).toEqual(['SCANNING', 'CONFIRMING', 'RUNNING']);
      expect(seen[0]?.qrCode?.image).toMatch(/^data:image\/png;base64,/);
      expect(seen.at(-1)?.self).toMatchObject({ wxid: hook.wxid, alias: 'account_001' });
      expect(await driver.probe!(never)).toMatchObject({ state: 'RUNNING', self: { wxid: hook.wxid } });
    },
  );

  it('clicks the button of a WeChat that only waits for it, and a probe does not', async () => {
    const { hook } = await hooked('V39', { start: false });
    await hook.start({ remembered: true });
    const driver = driverAt(hook.baseUrl);
    expect((await driver.probe!(never)).state).toBe('CONFIRMING');
    expect(hook.status).toBe('5');
    expect((await steps(driver)).at(-1)?.state).toBe('RUNNING');
  });

  it('knows the oldest dialect, whose 1 is logged in', async () => {
    const { url } = await serveHttp((seen, response) =>
      response.end(seen.path === '/IsLoginStatus' ? '{"onlinestatus":"1"}' : '{"wxid":"wxid_me","nickname":"我"}'),
    );
    expect(await steps(driverAt(url, null))).toMatchObject([
      { state: 'RUNNING', self: { wxid: 'wxid_me', name: '我' } },
    ]);
  });

  it('takes 1 for a login that waits for the phone where more is told', async () => {
    const { url } = await answering('{"onlinestatus":"1","login_loading":"0","selfwxid":""}');
    expect((await driverAt(url).probe!(never)).state).toBe('CONFIRMING');
  });

  it.each([
    ['{"onlinestatus":"2"}', 'LOADING'],
    ['{"onlinestatus":"4"}', 'OFFLINE'],
    ['{"onlinestatus":"9"}', 'OFFLINE'],
    ['no JSON', 'OFFLINE'],
  ])('finds in %s the state %s', async (body, state) => {
    const { url } = await answering(body);
    expect((await driverAt(url).probe!(never)).state).toBe(state);
  });

  it('is OFFLINE where nobody listens, and LOADING where nobody answers', async () => {
    expect((await driverAt(await closedAddress()).probe!(never)).state).toBe('OFFLINE');
    const { url } = await serveTcp(() => undefined);
    expect((await driverAt(url, 'V39', { callMs: 50 }).probe!(never)).state).toBe('LOADING');
  });

  it.each([
    [JSON.stringify({ hex_data: Buffer.from('89504e470d0a', 'hex').toString('hex') })],
    [JSON.stringify({ img_base64: Buffer.from('89504e470d0a', 'hex').toString('base64') })],
    [JSON.stringify({ qrcode: `data:image/png;base64,${Buffer.from('89504e470d0a', 'hex').toString('base64')}` })],
  ])('reads a login code out of %s', async (code) => {
    const { url } = await serveHttp((seen, response) =>
      response.end(seen.path === '/IsLoginStatus' ? '{"onlinestatus":"0"}' : code),
    );
    for await (const step of driverAt(url).login!(never)) {
      expect(step).toMatchObject({ state: 'SCANNING', qrCode: { image: 'data:image/png;base64,iVBORw0K' } });
      break;
    }
  });
});

describe('the callback address', () => {
  it.each<[PchookDialect, PchookDialect | null]>([
    ['V39', 'V39'],
    ['V39', null],
    ['NEWEST', 'NEWEST'],
    ['NEWEST', null],
  ])('is set in the dialect %s, given as %s', async (dialect, given) => {
    const { driver, hook } = await hooked(dialect, {}, given);
    await driver.setCallback!('http://127.0.0.1:1/callback/x', never);
    expect(hook.callbackUrl).toBe('http://127.0.0.1:1/callback/x');
  });

  it('that was not taken is a failure', async () => {
    const { url } = await answering('{"ConfigureMsgRecive":"0"}');
    expect(await outcome(driverAt(url).setCallback!('http://h/', never))).toBe('UPSTREAM_REJECTED certain');
  });
});

describe('contacts', () => {
  it.each<PchookDialect>(['V39', 'NEWEST'])(
    'are friends, official accounts and chat rooms with members, in the dialect %s',
    async (dialect) => {
      const {
        driver,
        room,
        hook,
        simulator: { world },
      } = await hooked(dialect);
      const pages = [];
      for await (const page of driver.fetchContacts!(never)) pages.push(page);
      const contacts = pages.flatMap((page) => page.contacts);
      const account = world.accounts.get(hook.wxid)!;
      expect(contacts).toHaveLength(account.contacts.size + account.rooms.size);
      expect(pages.map((page) => page.total)).toEqual([contacts.length, contacts.length]);
      for (const [wxid, contact] of account.contacts) {
        const kind = { friend: 'FRIEND', official: 'OFFICIAL_ACCOUNT', system: 'OTHER' }[contact.kind];
        const told = contacts.find((one) => one.wxid === wxid);
        expect(told).toMatchObject({ kind, name: world.people.get(wxid)!.name, remark: contact.remark || null });
      }
      expect(contacts.at(-1)).toMatchObject({
        wxid: room.wxid,
        kind: 'CHAT_ROOM',
        name: room.name,
        ownerWxid: room.ownerWxid,
        members: room.members.map(({ wxid }) => ({
          wxid,
          name: world.people.get(wxid)!.name,
          isOwner: wxid === room.ownerWxid,
        })),
      });
    },
  );

  it('of a room that cannot be looked into are told without its members', async () => {
    const { driver, simulator: one } = await hooked('V39');
    one.fault({ type: 'garbage', route: 'GetChatrooMmemberDetail' });
    const pages = [];
    for await (const page of driver.fetchContacts!(never)) pages.push(...page.contacts);
    expect(pages.at(-1)).not.toHaveProperty('members');
  });

  it('that are no list are a failure, and not an empty list', async () => {
    const { url } = await answering('{"success":"0"}');
    expect(await outcome(driverAt(url).fetchContacts!(never).next())).toBe('UPSTREAM_REJECTED uncertain');
  });
});
