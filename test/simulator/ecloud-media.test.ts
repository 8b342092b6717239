import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseJson } from '../../src/lossless-json.ts';
import type { EcloudAccount } from '../../src/simulator/ecloud/account.ts';
import { tinyJpeg } from '../../src/simulator/png.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let simulator: Simulator;
let receiver: Receiver;
let account: EcloudAccount;
let friend: string;
beforeEach(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({
    accounts: 0,
    ecloudAccounts: 1,
    ecloud: { scanAfterMs: null, confirmAfterMs: null },
  });
  account = simulator.ecloudAccounts[0]!;
  account.start();
  simulator.ecloud.callbackUrl = receiver.url;
  friend = [...account.account.contacts.values()].find((one) => one.kind === 'friend')!.wxid;
});
afterEach(async () => {
  await simulator.stop();
  await receiver[Symbol.asyncDispose]();
});

type Answer = { code: string; message: string; data: Record<string, unknown> | null };

/** With numbers as they are written. */
async function call(route: string, body: string): Promise<Answer> {
  const { baseUrl, authorization } = simulator.ecloud;
  const headers = { 'content-type': 'application/json', authorization };
  const response = await fetch(`${baseUrl}/${route}`, { method: 'POST', headers, body });
  return parseJson(await response.text()) as Answer;
}

async function posted(messageType: string): Promise<Record<string, unknown>> {
  const post = await simulator.until(() => receiver.received.find(({ body }) => body['messageType'] === messageType));
  return (parseJson(post.text) as { data: Record<string, unknown> }).data;
}

it('gives media only for what their message told, from an address that ends when they expire', async () => {
  simulator.world.receive(account.wxid, friend, { type: 'media', media: 'image', name: 'a', bytes: tinyJpeg });
  const { msgId, content } = await posted('60002');
  const ask = (change: object): Promise<Answer> =>
    call('getMsgImg', JSON.stringify({ wId: account.wId, msgId, content, ...change }));
  for (const change of [{ msgId: 1 }, { content: '<msg/>' }, { content: undefined }, { wId: 'x' }]) {
    expect(await ask(change)).toMatchObject({ code: '1001', data: null });
  }
  const url = (await ask({})).data?.['url'] as string;
  expect(Buffer.from(await (await fetch(url)).bytes()).equals(tinyJpeg)).toBe(true);
  simulator.ecloud.expireMedia();
  expect(await ask({})).toMatchObject({ code: '1001', message: '消息已过期，下载失败' });
  expect((await fetch(url)).status).toBe(404);
});

it('announces a file that is sent from a phone, under an id which the file itself names', async () => {
  simulator.world.receive(account.wxid, friend, { type: 'media', media: 'file', name: 'a.pdf', bytes: tinyJpeg });
  const announced = await posted('60008');
  const file = await posted('60009');
  expect(announced['content']).toContain('<type>74</type>');
  const id = BigInt.asUintN(64, BigInt(announced['newMsgId'] as string));
  expect(file['content']).toContain(`<overwrite_newmsgid>${id}</overwrite_newmsgid>`);
  expect(file['newMsgId']).not.toBe(announced['newMsgId']);
});

it('takes back only with the three numbers of the receipt, to the digit', async () => {
  const to = { wId: account.wId, wcId: friend };
  const { data } = await call('sendText', JSON.stringify({ ...to, content: 'x' }));
  const { msgId, newMsgId, createTime } = data as Record<string, string>;
  const revoke = (id: string): Promise<Answer> =>
    call(
      'revokeMsg',
      `{"wId":"${account.wId}","wcId":"${friend}","msgId":${msgId},"newMsgId":${id},"createTime":${createTime}}`,
    );
  expect(await revoke(String(BigInt(newMsgId!) + 1n))).toMatchObject({ code: '1001' });
  expect(await revoke(newMsgId!)).toMatchObject({ code: '1000' });
});

it('wants the code that the phone shows, from a second call while the first one waits', async () => {
  account.logout({ forgotten: true });
  account.requireVerifyCode('2580');
  const { wId } = (await call('iPadLogin', '{"wcId":""}')).data as { wId: string };
  const info = (verifyCode?: string): Promise<Answer> => call('getIPadLoginInfo', JSON.stringify({ wId, verifyCode }));
  const waiting = info();
  account.scan();
  account.confirm();
  expect(await waiting).toMatchObject({ code: '1001', message: '请在ipad上输入验证码' });
  expect((await info('1111')).message).toContain('验证码错误');
  expect(await info('2580')).toMatchObject({ code: '1000', data: { wcId: account.wxid, wId } });
});

it('shows pictures, and none of who has none', async () => {
  const { baseUrl } = simulator.ecloud;
  const picture = await fetch(`${baseUrl}/mmhead/${friend}/132`);
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
  const { wxid } = simulator.world.addPerson({ name: '无', avatar: 'none' });
  expect((await fetch(`${baseUrl}/mmhead/${wxid}/0`)).status).toBe(404);
});
