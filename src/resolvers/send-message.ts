import type { Account, SendJob } from '../db/model.ts';
import type { NewSend } from '../db/store.ts';
import type { Capability, Millis, SendContent } from '../words.ts';
import { acceptJob } from './accept-job.ts';
import type { App } from './app.ts';
import { type Caller, requireScope } from './caller.ts';
import { findReceiver } from './find-receiver.ts';
import { GatewayError, badInput, notFound } from './errors.ts';
import { readKey } from './idempotency.ts';
import { readId, showId } from './ids.ts';
import { readRange } from './input.ts';
import { readGroup } from './manage-groups.ts';
import { capabilitiesOf, readAccount } from './read-accounts.ts';
import { waitForJob } from './wait-for-job.ts';

export type SendInput = {
  targets: readonly string[];
  to?: readonly string[] | null;
  content: SendContent;
  mentions?: readonly string[] | null;
  sendAt?: Millis | null;
  expiresAt?: Millis | null;
  idempotencyKey?: string | null;
  waitMs: number;
  /** What was asked for, where it is more than a send: it has idempotency keys of its own. */
  operation?: 'consult';
};

export type SentJob = { job: SendJob; seq: number };

const maxLines = 10_000;
const maxTextLength = 16_384;

/**
 * Queues one line an account and receiver, all of them durably or none, and waits up to `waitMs` for their outcomes.
 *
 * Refused whole: an unknown target or Contact, an ambiguous name, an account that cannot do it or was never started. An
 * account without a default receiver gives a FAILED line with NO_RECEIVER, and the others go.
 */
export async function sendMessage(app: App, caller: Caller, input: SendInput, signal?: AbortSignal): Promise<SentJob> {
  requireScope(caller, 'SEND');
  check(input);
  const now = app.clock.now();
  const idempotency = readKey(caller, input.operation ?? 'send', input.idempotencyKey, decisive(input), now);
  const accepted = await acceptJob(app, caller, idempotency, now, () => makeLines(app, caller, input, now));
  const job = await waitForJob(app, caller, accepted.jobId, input.waitMs, signal);
  return { job, seq: accepted.seq };
}

async function makeLines(app: App, caller: Caller, input: SendInput, now: Millis): Promise<NewSend[]> {
  if (input.expiresAt && input.expiresAt <= now) throw badInput('expiresAt', 'expiresAt has passed already.');
  const lines: NewSend[] = [];
  for (const account of await readTargets(app, caller, input.targets)) {
    requireSendable(app, account, input);
    const receivers = new Set<string>();
    for (const given of input.to ?? [account.defaultReceiver]) {
      const one = await makeLine(app, account, given, input);
      // A receiver that was named twice, or by two names, is sent to once.
      if (!receivers.has(one.receiver)) lines.push(one);
      receivers.add(one.receiver);
      if (lines.length > maxLines) throw badInput('to', `One send may have at most ${maxLines} lines.`);
    }
  }
  return lines;
}

/** What can be said of the input alone. */
function check(input: SendInput): void {
  readRange('waitMs', input.waitMs, 0, 30_000);
  const { targets, to, sendAt, expiresAt } = input;
  if (targets.length === 0) throw badInput('targets', 'Name at least one account or group to send from.');
  if (targets.length > maxLines) throw badInput('targets', `Name at most ${maxLines} accounts and groups.`);
  if (to && to.length === 0) {
    throw badInput('to', 'Name at least one receiver, or leave `to` out for the default receivers.');
  }
  if (to && to.length > maxLines) throw badInput('to', `Name at most ${maxLines} receivers.`);
  const { text } = input.content;
  if (text.trim() === '') throw badInput('content.text', 'The text must not be empty.');
  if (text.length > maxTextLength) {
    throw badInput('content.text', `The text may have at most ${maxTextLength} characters.`);
  }
  if (text.includes('\u0000')) throw badInput('content.text', 'The text must not have NUL characters.');
  if (!text.isWellFormed()) throw badInput('content.text', 'The text has half a character (a lone surrogate).');
  if (sendAt && expiresAt && expiresAt <= sendAt) throw badInput('expiresAt', 'expiresAt must be later than sendAt.');
}

/** The accounts behind targets, in their order, each once. */
async function readTargets(app: App, caller: Caller, targets: readonly string[]): Promise<Account[]> {
  const ids = new Set<number>();
  for (const target of new Set(targets)) {
    if (readId('group', target) !== null) {
      for (const id of (await readGroup(app, caller, target)).accountIds) ids.add(id);
    } else if (readId('account', target) !== null) {
      ids.add((await readAccount(app, caller, target)).id);
    } else {
      throw notFound('account or group', target);
    }
  }
  if (ids.size === 0) throw badInput('targets', 'These groups have no accounts.');
  const byId = new Map((await app.store.queries.accountsById([...ids])).map((account) => [account.id, account]));
  return [...ids].flatMap((id) => byId.get(id) ?? []);
}

/** Throws UNSUPPORTED for what its driver cannot do, and NOT_READY where the account was not started. */
export function requireSendable(app: App, account: Account, input: { mentions?: readonly string[] | null }): void {
  const id = showId('account', account.id);
  const can = capabilitiesOf(app, account);
  const needed: Capability[] = ['SEND_TEXT'];
  if (input.mentions && input.mentions.length > 0) needed.push('MENTION');
  const missing = needed.find((capability) => !can.includes(capability));
  if (missing) {
    throw new GatewayError('UNSUPPORTED', `Account ${id}: the driver ${account.driver} cannot do ${missing}.`);
  }
  if (!account.wanted) {
    throw new GatewayError('NOT_READY', `Account ${id} is not started.`, { field: 'targets' });
  }
}

type Outgoing = Pick<SendInput, 'content' | 'mentions' | 'sendAt' | 'expiresAt'>;

/** A line to a receiver as it was given; without one it is FAILED from the start. */
export async function makeLine(app: App, account: Account, given: string | null, outgoing: Outgoing): Promise<NewSend> {
  if (given === null) {
    const message = 'The account has no default receiver, and the send names none.';
    const nobody = makeLineTo(account.id, { receiver: '', contactId: null }, outgoing);
    return { ...nobody, failure: { code: 'NO_RECEIVER', message } };
  }
  return makeLineTo(account.id, await findReceiver(app, account, given), outgoing);
}

/** A line to a receiver that was found. */
export function makeLineTo(
  accountId: number,
  { receiver, contactId }: { receiver: string; contactId: number | null },
  { content, mentions, sendAt, expiresAt }: Outgoing,
): NewSend {
  return {
    accountId,
    receiver,
    receiverContactId: contactId,
    type: content.type,
    content,
    mentions: mentions ?? [],
    sendAt: sendAt ?? null,
    expiresAt: expiresAt ?? null,
    resendOf: null,
    failure: null,
  };
}

/** All that decides what is sent; not how long the client waits. */
function decisive(input: SendInput): readonly unknown[] {
  const { targets, to, content, mentions, sendAt, expiresAt } = input;
  return [targets, to ?? null, content, mentions ?? [], sendAt ?? null, expiresAt ?? null];
}
