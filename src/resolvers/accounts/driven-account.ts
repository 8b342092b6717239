/** An account that this gateway drives, and the state in which it is shown. */
import type { Logger } from 'pino';
import type { Account } from '../../db/model.ts';
import type { Lane, StateChange } from '../../db/store.ts';
import type { Driver } from '../../drivers/driver.ts';
import type { App } from '../app.ts';

export type DrivenAccount = {
  readonly app: App;
  readonly lane: Lane;
  /** As it was when the run began. */
  readonly account: Account;
  readonly driver: Driver;
  readonly log: Logger;
  /** Aborts when the account is stopped, and when the gateway stops. */
  readonly signal: AbortSignal;
};

/** The account as it is now; null once it is deleted. */
export async function present({ app, account }: DrivenAccount): Promise<Account | null> {
  return (await app.store.queries.accountsById([account.id]))[0] ?? null;
}

/** Shows a state; nothing is told where it is shown already. */
export async function showState(
  { app, lane, account }: DrivenAccount,
  { qrCode = null, ...change }: Pick<StateChange, 'state' | 'reason'> & { qrCode?: StateChange['qrCode'] },
): Promise<void> {
  await app.store.setState(account.id, { ...change, qrCode, now: app.clock.now() }, lane);
}
