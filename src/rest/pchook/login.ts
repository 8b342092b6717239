/** Calls about the login. */
import { startAccount } from '../../resolvers/accounts/start-account.ts';
import { stopClient } from '../../resolvers/accounts/stop-client.ts';
import type { ClientState } from '../../words.ts';
import { done, refused } from './answers.ts';
import type { Answer } from './call.ts';

/** 0 to scan, 1 to confirm, 2 logging in, 3 logged in, 4 logged out, 5 waits for its button. */
const statuses: Record<ClientState, string> = {
  INIT: '5',
  LOADING: '2',
  SCANNING: '0',
  CONFIRMING: '1',
  UPDATING: '2',
  RUNNING: '3',
  SUSPECT: '3',
  // Clients click the button by themselves: what its user has stopped shall not start by that.
  STOPPED: '4',
  OFFLINE: '4',
};
const runs: readonly ClientState[] = ['RUNNING', 'SUSPECT'];

export const tellStatus: Answer = async ({ account: { state, stateReason, self } }) => {
  const isIn = runs.includes(state);
  return {
    onlinestatus: statuses[state],
    login_loading: statuses[state] === '2' ? '1' : '0',
    selfwxid: isIn ? (self?.wxid ?? '') : '',
    nickname: isIn ? (self?.name ?? '') : '',
    msg: stateReason ?? '',
  };
};

/** Nobody, while nobody is logged in. */
export const tellSelf: Answer = async ({ account: { state, self, id } }) => {
  const person = runs.includes(state) ? self : null;
  const picture = person?.avatarUrl ?? '';
  return {
    ProcessID: String(id),
    wxid: person?.wxid ?? '',
    account: person?.alias ?? '',
    nickname: person?.name ?? '',
    qq: '',
    tel: '',
    email: '',
    country: '',
    province: '',
    city: '',
    head_small: picture,
    head_big: picture,
    diy_sign: '',
    timeline_bg: '',
  };
};

/** The picture of the code, while there is one to scan. */
export const giveQrCode: Answer = async ({ account: { state, qrCode } }) => {
  const data = state === 'SCANNING' ? (qrCode?.image.split(',', 2)[1] ?? '') : '';
  return { hex_data: Buffer.from(data, 'base64').toString('hex').toUpperCase() };
};

/** Drivers renew a code that is over by themselves: there is nothing to do but to say whether there is one. */
export const renewQrCode: Answer = async ({ account: { state }, name }) =>
  state === 'SCANNING' ? done(name) : refused(name, `There is no code to renew: the account is ${state}.`);

/** Starts what does not run. */
export const clickLogin: Answer = async ({ app, caller, account, accountId, name }) => {
  if (!account.wanted) await startAccount(app, caller, accountId);
  return done(name);
};

/** WeChat is logged out where the account's driver can do that; the gateway stops driving the account in any case. */
export const logOut: Answer = async ({ app, caller, accountId, name }) => {
  await stopClient(app, caller, accountId);
  return done(name);
};
