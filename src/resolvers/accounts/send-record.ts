/** What the sends of an account tell of its upstream: whether it takes them. */
import type { Outcome } from '../../db/store.ts';
import type { Millis } from '../../words.ts';

/** More than are ever told. */
const kept = 20;

export type SendRecord = {
  failed: readonly { at: Millis; words: string }[];
  takenAt: Millis | null;
};

export const noSends: SendRecord = { failed: [], takenAt: null };

/** The record after one more try. What WeChat refused, and what never left the gateway, tells nothing of the upstream. */
export function record(before: SendRecord, outcome: Outcome): SendRecord {
  if (outcome.status === 'SENT') return { failed: [], takenAt: outcome.now };
  if (!isTrouble(outcome)) return before;
  return { ...before, failed: [...before.failed, { at: outcome.now, words: outcome.message }].slice(-kept) };
}

function isTrouble({ status, code }: Exclude<Outcome, { status: 'SENT' }>): boolean {
  if (code === 'INTERNAL' || code === 'UNAVAILABLE') return false;
  return status !== 'FAILED' || code === 'UPSTREAM_UNREACHABLE' || code === 'UPSTREAM_TIMEOUT';
}
