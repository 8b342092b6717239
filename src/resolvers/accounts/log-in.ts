/** Logging in: the driver's steps become states, until its upstream claims that the account runs. */
import type { LoginStep } from '../../drivers/driver.ts';
import type { ClientState } from '../../words.ts';
import { type DrivenAccount, present, showState } from './driven-account.ts';
import { receiveEvents } from '../receive/receive-events.ts';

/**
 * Answers why the account is believed to run, in words; null where it is stopped before, or is to look anew (`lookNow`).
 * That it runs is not shown yet.
 */
export async function logIn(driven: DrivenAccount, lookNow: AbortSignal): Promise<string | null> {
  const { app, account, driver, signal } = driven;
  if (!driver.login) return signal.aborted ? null : 'The upstream needs no login.';
  for await (const step of driver.login(AbortSignal.any([signal, lookNow]))) {
    if (signal.aborted) return null;
    if (step.self) await receiveEvents(app, account, [{ type: 'self', self: step.self }]);
    if (step.state === 'RUNNING') return step.reason;
    await show(driven, step);
  }
  return null;
}

/** What the upstream itself posts of a login that is under way. */
const postedSteps: readonly ClientState[] = ['SCANNING', 'CONFIRMING', 'UPDATING'];

/** A step that says less than what the upstream itself posted meanwhile is not shown. */
async function show(driven: DrivenAccount, { state, reason, qrCode }: LoginStep): Promise<void> {
  if (state === 'LOADING' && postedSteps.includes((await present(driven))?.state ?? 'INIT')) return;
  await showState(driven, { state, reason, qrCode: qrCode ?? (state === 'SCANNING' ? 'keep' : null) });
}
