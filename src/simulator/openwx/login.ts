/** How an Openwx client gets from its start to running: by QR code, or by a cookie that is still good. */
import type { Cancel, Clock } from '../clock.ts';
import { localContacts, createSessionIds, personJson, groupJson } from './contacts.ts';
import type { SessionIds } from './contacts.ts';
import { tellEvent } from './session.ts';
import type { Session } from './session.ts';
import { wrappedBase64 } from './text.ts';
import type { Json } from './text.ts';
import { modulesPng } from '../png.ts';
import { qrModules } from '../qr-code.ts';

export type OpenwxState = 'init' | 'loading' | 'scaning' | 'confirming' | 'updating' | 'running' | 'stop';

/** What the phone, or time, does with a login. */
type PhoneMove = 'scan' | 'confirm' | 'expire';

/** The phone that a login waits for. */
export type Phone = {
  /** Makes a move; one that nothing waits for yet is kept until the state changes. */
  move(move: PhoneMove): void;
  /** Waits for one of some moves: until it is made, or for so many milliseconds; null waits for ever. */
  wait(clock: Clock, moves: { readonly [move in PhoneMove]?: number | null }): Promise<PhoneMove>;
  /** Forgets a move that nothing has waited for. */
  forget(): void;
};

export type LoginRun = {
  session: Session;
  phone: Phone;
  /** The code that is shown now. */
  showQr: (png: Buffer | null) => void;
  /** Moves on and posts it; other posts of the login go through `post`. */
  moveTo: (state: OpenwxState) => Promise<void>;
  post: (event: string, params: readonly Json[]) => Promise<void>;
  /** The ids of an earlier login, for a cookie. */
  ids: SessionIds | null;
};

/** A phone that nobody has touched. */
export function createPhone(): Phone {
  let kept: PhoneMove | null = null;
  let waiting: ((move: PhoneMove) => void) | null = null;
  return {
    move(move) {
      if (waiting === null) kept = move;
      else waiting(move);
    },
    forget() {
      kept = null;
    },
    wait(clock, moves) {
      return new Promise((resolve) => {
        const cancels: Cancel[] = [];
        const done = (move: PhoneMove): void => {
          if (!(move in moves)) return;
          for (const cancel of cancels) cancel();
          waiting = null;
          kept = null;
          resolve(move);
        };
        waiting = done;
        if (kept !== null) done(kept);
        for (const [move, after] of Object.entries(moves) as [PhoneMove, number | null][]) {
          if (waiting !== done || after === null) continue;
          if (after === 0) done(move);
          else cancels.push(clock.after(after, () => done(move)));
        }
      });
    },
  };
}

/** Shows codes until one is scanned and confirmed. False when all codes have expired. */
async function loginByQr(run: LoginRun): Promise<boolean> {
  const { session, phone } = run;
  const { options, clock, random } = session;
  const path = `/tmp/mojo_weixin_qrcode_${session.clientName ?? 'default'}.jpg`;
  // A Controller's clients upload the picture to a public host.
  const uploaded = session.clientName === null ? [] : [`https://qr.example/${session.pid}.jpg`];
  for (let shown = 0; shown < options.qrCodes; shown++) {
    const png = modulesPng(qrModules(`https://login.weixin.qq.com/l/${random.hex(10)}==`), 6, 4);
    run.showQr(png);
    // The picture is told before the state that goes with it.
    await run.post('input_qrcode', [path, wrappedBase64(png), ...uploaded]);
    await run.moveTo('scaning');
    if ((await phone.wait(clock, { scan: options.scanAfterMs, expire: options.qrExpiresMs })) === 'expire') continue;
    await run.moveTo('confirming');
    if ((await phone.wait(clock, { confirm: options.confirmAfterMs, expire: options.qrExpiresMs })) === 'confirm') {
      run.showQr(null);
      return true;
    }
  }
  run.showQr(null);
  return false;
}

/** Brings the client to running. False when nobody scanned. */
export async function login(run: LoginRun): Promise<boolean> {
  const { session } = run;
  const byQr = run.ids === null;
  if (byQr && !(await loginByQr(run))) return false;
  session.ids = run.ids ?? createSessionIds(session.random);
  await run.moveTo('updating');
  const { orderRooms } = session.options;
  session.contacts = localContacts(session.world, session.account, session.ids, (rooms) =>
    orderRooms === null ? session.random.shuffled(rooms) : orderRooms(rooms),
  );
  await run.post('login', [byQr ? 1 : 0]);
  const { user, friends, groups } = session.contacts;
  tellEvent(session, 'update_user', [personJson(user)]);
  const helper = friends.find((friend) => friend.wxid === 'filehelper');
  if (helper !== undefined) tellEvent(session, 'new_friend', [personJson(helper)]);
  tellEvent(session, 'update_friend', friends.map(personJson));
  tellEvent(
    session,
    'update_group',
    groups.map((group) => groupJson(group, user)),
  );
  await run.moveTo('running');
  return true;
}
