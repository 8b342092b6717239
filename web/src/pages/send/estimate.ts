/** How much a send will be, before it is one. */
import { type Draft, receiversOf } from './draft.ts';
import type { SenderAccount } from './send.ts';

export type Estimate = {
  accounts: number;
  /** Of each account; null: its default one. */
  receivers: number | null;
  lines: number;
  /** Milliseconds until the last one is dispatched, by each account's pacing and what it has queued already. */
  durationMs: number;
  /** Accounts whose lines wait: they are not ready, or paused. */
  waiting: SenderAccount[];
  /** Accounts that come to their limit of the day. */
  limited: SenderAccount[];
  /** Accounts without a default receiver where it is needed: their lines fail. */
  unaddressed: SenderAccount[];
};

export function estimate(draft: Draft, senders: readonly SenderAccount[]): Estimate {
  const receivers = receiversOf(draft, senders)?.length ?? null;
  const each = receivers ?? 1;
  const durations = senders.map(({ pacing, stats }) => {
    // The first of them waits for nobody.
    const waits = Math.max(0, stats.queued + each - 1);
    return waits * (pacing.intervalMs + pacing.jitterMs / 2);
  });
  return {
    accounts: senders.length,
    receivers,
    lines: senders.length * each,
    // Each account sends by itself.
    durationMs: Math.max(0, ...durations),
    waiting: senders.filter(({ ready, pacing }) => !ready || pacing.paused),
    limited: senders.filter(
      ({ pacing, stats }) => pacing.perDay !== null && stats.todaySent + stats.queued + each > pacing.perDay,
    ),
    unaddressed: receivers === null ? senders.filter(({ defaultReceiverId }) => defaultReceiverId === null) : [],
  };
}
