import { describe, expect, it } from 'vitest';
import type { LoginStep } from '../../src/drivers/driver.ts';
import { type Answer, bad, bodyOf, cloud, driverAt, good, me, never, png } from './ecloud-cloud.ts';
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
    const steps = await Array.fromAsync(driverAt(url).login!(never));
    expect(steps.map(({ state, qrCode }) => [state, Boolean(qrCode)])).toEqual([
      ['CONFIRMING', false],
      ['SCANNING', true],
      ['SCANNING', false],
      ['CONFIRMING', false],
      ['RUNNING', false],
    ]);
    expect(steps[0]?.reason).toContain('被踢下线');
    expect(steps[1]?.qrCode?.image).toBe(`data:image/png;base64,${png.toString('base64')}`);
    expect(steps[2]?.reason).toContain('请在ipad上输入验证码');
    expect(steps.at(-1)?.self).toMatchObject({ wxid: me, name: '我' });
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
