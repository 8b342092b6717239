import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Timings as EcloudTimings } from '../../src/drivers/ecloud/client.ts';
import { ecloudWith } from '../../src/drivers/ecloud/ecloud.ts';
import { openwxWith } from '../../src/drivers/openwx/openwx.ts';
import { pchookWith } from '../../src/drivers/pchook/pchook.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { startReceiver } from '../simulator/receiver.ts';
import { type Contract, settings } from './contract/bench.ts';
import { testDriver } from './contract.ts';

const quick = {
  callMs: 5_000,
  sendMs: 5_000,
  mediaMs: 5_000,
  videoMs: 5_000,
  videoLookMs: 1,
  pauseMs: 1,
  longestPauseMs: 4,
};

const contracts: Contract[] = [];

/** Mojo-Weixin, its own address or that of a Controller, who calls it `wx1`. */
function openwxContract(client: string | null): Contract {
  return {
    name: client === null ? 'openwx' : 'openwx at a Controller',
    folder: 'openwx',
    vague: true,
    ...(client !== null && { query: `client=${client}` }),
    start: async () => {
      const receiver = await startReceiver();
      const simulator = await startSimulator({
        accounts: 1,
        postApi: receiver.url,
        openwx: { pollWaitMs: 50, avatarWaitMs: 50 },
        ...(client !== null && { controllerPort: 0 }),
      });
      const account = simulator.account();
      const create = openwxWith({ ...quick, silentMs: 5_000, pollMs: 5_000 });
      const person = simulator.world.people.get(account.wxid)!;
      return {
        simulator,
        number: 1,
        wxid: account.wxid,
        get self() {
          const { name, alias, uin } = person;
          return { wxid: account.idOf(account.wxid), name, alias, uid: String(uin), avatarUrl: null };
        },
        idOf: (wxid) => account.idOf(wxid),
        driver: (baseUrl = simulator.controllerUrl ?? account.baseUrl) => create({ baseUrl, client }, {}, settings),
        stop: async () => {
          await simulator.stop();
          await receiver[Symbol.asyncDispose]();
        },
      };
    },
    unknown: () =>
      JSON.stringify({ post_type: 'whisper_message', sender_id: '@a', content: 'x', id: '1', type: 'friend_message' }),
    foreign: JSON.stringify({
      post_type: 'receive_message',
      sender_id: '@a',
      receiver_uid: '99',
      type: 'friend_message',
    }),
    secrets: [],
    contactRoute: 'get_group_info',
  };
}
contracts.push(openwxContract(null), openwxContract('wx1'));

const timings: EcloudTimings = {
  ...quick,
  mediaMs: 5_000,
  videoMs: 5_000,
  videoLookMs: 1,
  loginMs: 5_000,
  addressListMs: 1,
  betweenCallsMs: [0, 0],
};
const authorization = 'the-developer-accounts-secret';

contracts.push({
  name: 'ecloud',
  folder: 'ecloud',
  start: async () => {
    const receiver = await startReceiver();
    const simulator = await startSimulator({ accounts: 0, ecloudAccounts: 2, ecloud: { authorization } });
    const { ecloud } = simulator;
    const [account] = ecloud.accounts;
    for (const one of ecloud.accounts) one.start();
    ecloud.callbackUrl = receiver.url;
    const { wxid } = account!;
    return {
      simulator,
      number: account!.number,
      wxid,
      self: { wxid, name: null, alias: null, uid: null, avatarUrl: null },
      idOf: (id) => id,
      loseMedia: () => ecloud.expireMedia(),
      driver: (baseUrl = ecloud.baseUrl) =>
        ecloudWith(timings)({ baseUrl, wcId: wxid, wId: null }, { authorization }, settings),
      stop: async () => {
        await simulator.stop();
        await receiver[Symbol.asyncDispose]();
      },
    };
  },
  unknown: ({ wxid }) =>
    JSON.stringify({ messageType: '60088', wcId: wxid, data: { fromUser: 'wxid_a', content: 'x', newMsgId: 5 } }),
  foreign: JSON.stringify({ messageType: '60001', wcId: 'wxid_other', data: { fromUser: 'wxid_a', content: 'x' } }),
  secrets: [authorization],
  contactRoute: 'getContact',
});

for (const dialect of ['V39', 'NEWEST'] as const) {
  contracts.push({
    name: `pchook ${dialect}`,
    folder: 'pchook',
    start: async () => {
      const receiver = await startReceiver();
      const simulator = await startSimulator({ accounts: 0, hooks: 1, pchook: { dialect } });
      const [hook] = simulator.hooks;
      const { wxid, number, baseUrl: hookUrl } = hook!;
      hook!.callbackUrl = receiver.url;
      const create = pchookWith({ ...quick, contactsMs: 5_000 });
      return {
        simulator,
        number,
        wxid,
        self: { wxid, name: null, alias: null, uid: null, avatarUrl: null },
        idOf: (id) => id,
        loseMedia: () => hook!.expireMedia(),
        driver: (baseUrl = hookUrl) => create({ baseUrl, dialect, timezone: 'Asia/Shanghai' }, {}, settings),
        stop: async () => {
          await simulator.stop();
          await receiver[Symbol.asyncDispose]();
        },
      };
    },
    unknown: ({ wxid }) =>
      JSON.stringify({
        selfwxid: wxid,
        sendorrecv: '2',
        msglist: [{ msgtype: '777', msgsvrid: '5', msg: 'x', fromid: 'wxid_a', toid: wxid }],
      }),
    foreign: JSON.stringify({ selfwxid: 'wxid_other', sendorrecv: '2', msglist: [] }),
    secrets: [],
    contactRoute: 'GetFriendAndChatRoomList',
    vague: true,
    idFollows: true,
  });
}

for (const contract of contracts) testDriver(contract);

it('every driver has a front of the simulator that it is tested against', () => {
  const drivers = readdirSync(new URL('../../src/drivers', import.meta.url), { withFileTypes: true });
  const folders = drivers.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(new Set(contracts.map(({ folder }) => folder))).toEqual(new Set(folders));
});
