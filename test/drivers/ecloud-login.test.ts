import { describe, expect, it, onTestFinished } from 'vitest';
import type { Driver, LoginStep } from '../../src/drivers/driver.ts';
import type { EcloudAccount } from '../../src/simulator/ecloud/account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import {
  type Answer,
  authorization,
  bad,
  bodyOf,
  cloud,
  driverAt,
  good,
  me,
  never,
  outcome,
  png,
} from './ecloud-cloud.ts';
import { serveHttp } from './server.ts';

describe('login', () => {
  it('is RUNNING at once where the wcId is online, and asks for no code', async () => {
    const { url, seen } = await cloud({ getContact: good([{ userName: me, nickName: '我', aliasName: 'me1' }]) });
    expect(await Array.fromAsync(driverAt(url).login!(never))).toMatchObject([
      { state: 'RUNNING', self: { wxid: me, name: '我', alias: 'me1' } },
    ]);
    expect(seen.map(({ path }) => path)).toEqual(['/queryLoginWx', '/getContact']);
  });

  it('is found by its login instance where the wcId is not known, and by the login before it', async () => {
    const { url } = await cloud({ queryLoginWx: good([{ wcId: 'wxid_x', wId: 'w9' }]), getContact: bad('失败') });
    const [step] = await Array.fromAsync(driverAt(url, { wcId: null, wId: 'w9' }).login!(never));
    expect(step).toMatchObject({ state: 'RUNNING', self: { wxid: 'wxid_x', name: null } });
    const self = { wxid: 'wxid_x', name: '旧', alias: null, uid: null, avatarUrl: null };
    expect(await Array.fromAsync(driverAt(url, { wcId: null, self }).login!(never))).toMatchObject([{ self }]);
  });

  it('asks the phone once, then shows codes: one that expires, one with a verification, one that is scanned', async () => {
    const infos: Answer[] = [
      bad('二维码已过期'),
      bad('请在ipad上输入验证码'),
      good({ status: 1 }),
      good({ wcId: me, wId: 'w3', nickName: '我' }),
    ];
    const pictures = await serveHttp((_, response) => response.end(png));
    const { url, seen } = await cloud({
      queryLoginWx: bad('失败'),
      offlineReason: good([{ wcId: me, reason: '被踢下线' }]),
      secondLogin: bad('失败'),
      iPadLogin: good({ wId: 'w2', qrCodeUrl: `${pictures.url}/qr.png` }),
      getIPadLoginInfo: () => infos.shift() ?? bad('x'),
    });
    const driver = driverAt(url);
    const steps: LoginStep[] = [];
    for await (const step of driver.login!(never)) {
      steps.push(step);
      if (step.reason.includes('验证码')) await driver.enterCode!('2580', never);
    }
    expect(steps.map(({ state, qrCode }) => [state, Boolean(qrCode)])).toEqual([
      ['CONFIRMING', false],
      ['SCANNING', true],
      ['CONFIRMING', false],
      ['CONFIRMING', false],
      ['RUNNING', false],
    ]);
    expect(steps[0]?.reason).toContain('被踢下线');
    expect(steps[1]?.qrCode?.image).toBe(`data:image/png;base64,${png.toString('base64')}`);
    expect(steps[2]?.reason).toContain('请在ipad上输入验证码');
    expect(steps.at(-1)?.self).toMatchObject({ wxid: me, name: '我' });
    const codes = seen.filter(({ path }) => path === '/getIPadLoginInfo').map((one) => bodyOf(one)['verifyCode']);
    expect(codes).toEqual([undefined, undefined, '2580', undefined]);
    const paths = seen.map(({ path }) => path);
    expect(paths.filter((path) => path === '/secondLogin')).toHaveLength(1);
    expect(paths.filter((path) => path === '/iPadLogin')).toHaveLength(2);
    expect(bodyOf(seen.find(({ path }) => path === '/iPadLogin'))).toMatchObject({ wcId: me });
    expect(pictures.seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('does not take the account of somebody else who scans', async () => {
    const pictures = await serveHttp((_, response) => response.end(png));
    const abort = new AbortController();
    const { url } = await cloud({
      queryLoginWx: bad('失败'),
      secondLogin: bad('失败'),
      iPadLogin: good({ wId: 'w2', qrCodeUrl: pictures.url }),
      getIPadLoginInfo: good({ wcId: 'wxid_other', wId: 'w2' }),
    });
    const steps: LoginStep[] = [];
    for await (const step of driverAt(url).login!(abort.signal)) {
      steps.push(step);
      if (step.state === 'OFFLINE') abort.abort();
    }
    expect(steps.map(({ state }) => state)).toEqual(['CONFIRMING', 'SCANNING', 'OFFLINE']);
    expect(steps.at(-1)?.reason).toContain('wxid_other');
  });

  it('asks for no login while E云 cannot tell who is online', async () => {
    const abort = new AbortController();
    const { url, seen } = await cloud({ queryLoginWx: 500 });
    const steps = driverAt(url).login!(abort.signal);
    expect((await steps.next()).value).toMatchObject({ state: 'OFFLINE' });
    const next = steps.next();
    abort.abort();
    expect((await next).done).toBe(true);
    expect(new Set(seen.map(({ path }) => path))).toEqual(new Set(['/queryLoginWx']));
  });

  it('a probe says why an account is offline', async () => {
    const { url } = await cloud({ queryLoginWx: bad('失败'), offlineReason: good({ wcId: me, reason: '冻结' }) });
    expect(await driverAt(url).probe!(never)).toEqual({ state: 'OFFLINE', reason: 'offline: 冻结' });
  });
});

describe('a code that the phone shows', () => {
  const waiting = { loginMs: 20_000 };

  async function phone(): Promise<{ simulator: Simulator; account: EcloudAccount; driver: Driver }> {
    const simulator = await startSimulator({
      accounts: 0,
      ecloudAccounts: 1,
      ecloud: { authorization, scanAfterMs: null, confirmAfterMs: null },
    });
    onTestFinished(() => simulator.stop());
    const [account] = simulator.ecloudAccounts;
    account!.requireVerifyCode('2580');
    const driver = driverAt(simulator.ecloud.baseUrl, { wcId: account!.wxid, quick: waiting });
    return { simulator, account: account!, driver };
  }

  it('is asked for in words, taken once it is right, and asked for again while it is not', async () => {
    const { simulator, account, driver } = await phone();
    const steps = driver.login!(never);
    expect((await steps.next()).value).toMatchObject({ state: 'CONFIRMING' });
    expect((await steps.next()).value).toMatchObject({ state: 'SCANNING', qrCode: {} });
    const asked = steps.next();
    account.scan();
    account.confirm();
    expect((await asked).value).toMatchObject({
      state: 'CONFIRMING',
      reason: expect.stringContaining('验证码') as string,
    });
    const wrong = steps.next();
    await driver.enterCode!('1111', never);
    expect((await wrong).value).toMatchObject({ reason: expect.stringContaining('验证码错误') as string });
    const right = steps.next();
    await driver.enterCode!('2580', never);
    expect((await right).value).toMatchObject({ state: 'RUNNING', self: { wxid: account.wxid } });
    expect((await steps.next()).done).toBe(true);
    expect(simulator.requests.filter(({ path }) => path === '/iPadLogin')).toHaveLength(1);
  });

  it('is handed on at once, though the call that waits for the phone is not answered yet', async () => {
    const { simulator, account, driver } = await phone();
    const steps = driver.login!(never);
    await steps.next();
    await steps.next();
    const next = steps.next();
    const calls = (): unknown[] => simulator.requests.filter(({ path }) => path === '/getIPadLoginInfo');
    await simulator.until(() => calls().length === 1);
    await driver.enterCode!('2580', never);
    await simulator.until(() => calls().length === 2);
    account.scan();
    account.confirm();
    expect((await next).value).toMatchObject({ state: 'CONFIRMING' });
    const last = steps.next();
    await driver.enterCode!('2580', never);
    expect((await last).value).toMatchObject({ state: 'RUNNING' });
  });

  it('has nowhere to go where no login waits', async () => {
    const { account, driver } = await phone();
    const nowhere = { code: 'NOT_FOUND', certain: true, retry: false };
    expect(await outcome(driver.enterCode!('1', never))).toMatchObject(nowhere);
    account.start();
    await Array.fromAsync(driver.login!(never));
    expect(await outcome(driver.enterCode!('1', never))).toMatchObject(nowhere);
  });

  it('a login whose answer was lost is found before another code is shown', async () => {
    const pictures = await serveHttp((_, response) => response.end(png));
    let online = bad('失败');
    const { url, seen } = await cloud({
      queryLoginWx: () => online,
      iPadLogin: good({ wId: 'w2', qrCodeUrl: pictures.url }),
      getIPadLoginInfo: () => {
        online = good([{ wcId: 'wxid_new', wId: 'w2' }]);
        return bad('wId已注销或二维码失效，请重新登录');
      },
      getContact: bad('失败'),
    });
    const steps = await Array.fromAsync(driverAt(url, { wcId: null }).login!(never));
    expect(steps.map(({ state }) => state)).toEqual(['SCANNING', 'RUNNING']);
    expect(steps.at(-1)?.self?.wxid).toBe('wxid_new');
    expect(seen.filter(({ path }) => path === '/iPadLogin')).toHaveLength(1);
  });

  it('an address to open, as the slider of a login as a Mac, is told whole', async () => {
    const pictures = await serveHttp((_, response) => response.end(png));
    const address = `https://slider.example.org/${'a'.repeat(300)}`;
    const { url } = await cloud({
      queryLoginWx: bad('失败'),
      secondLogin: bad('失败'),
      iPadLogin: good({ wId: 'w2', qrCodeUrl: pictures.url }),
      getIPadLoginInfo: bad(`请打开 ${address} 完成验证`),
    });
    for await (const step of driverAt(url).login!(never)) {
      if (step.reason.includes(address)) return;
      expect(step.state).not.toBe('OFFLINE');
    }
  });
});
