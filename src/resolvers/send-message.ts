import { createHash } from 'node:crypto';
import type { Account, SendJob } from '../db/model.ts';
import type { NewSend } from '../db/store.ts';
import type { Capability, Millis, SendContent } from '../words.ts';
import type { App } from './app.ts';
import { type Caller, keyScope, requireScope } from './caller.ts';
import { findReceiver } from './find-receiver.ts';
import { GatewayError, badInput, notFound } from './errors.ts';
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
};

export type SentJob = { job: SendJob; seq: number };

const maxLines = 10_000;
const maxTextLength = 16_384;
const keyKeptMs = 7 * 24 * 3600_000;

/**
 * Queues one line an account and receiver, all of them durably or none, and waits up to `waitMs` for their outcomes.
 *
 * Refused whole: an unknown target or Contact, an ambiguous name, an account that cannot do it or was never started. An
 * account without a default receiver gives a FAILED line with NO_RECEIVER, and the others go.
 */
export async function sendMessage(app: App, caller: Caller, input: SendInput, signal?: AbortSignal): Promise<SentJob> {
  requireScope(caller, 'SEND');
  const now = app.clock.now();
  check(input, now);
  const accounts = await readTargets(app, caller, input.targets);
  const lines: NewSend[] = [];
  for (const account of accounts) {
    requireSendable(app, account, input);
    const receivers = input.to ?? [account.defaultReceiver];
    for (const given of receivers) lines.push(await line(app, account, given, input));
  }
  if (lines.length > maxLines) throw badInput('to', `One send may have at most ${maxLines} lines.`);
  const accepted = await app.store.accept({
    now,
    lines,
    idempotency: input.idempotencyKey
      ? {
          scope: keyScope(caller),
          operation: 'send',
          key: input.idempotencyKey,
          hash: hashInput(input),
          expiresAt: now + keyKeptMs,
        }
      : null,
  });
  if (accepted.result === 'CONFLICT') {
    throw new GatewayError('CONFLICT', 'This idempotency key was used for another input.', {
      field: 'idempotencyKey',
      reason: 'KEY_REUSED',
    });
  }
  const job = await waitForJob(app, caller, accepted.jobId, input.waitMs, signal);
  return { job, seq: accepted.seq };
}

function check(input: SendInput, now: Millis): void {
  readRange('waitMs', input.waitMs, 0, 30_000);
  if (input.targets.length === 0) throw badInput('targets', 'Name at least one account or group to send from.');
  if (input.to && input.to.length === 0) {
    throw badInput('to', 'Name at least one receiver, or leave `to` out for the default receivers.');
  }
  const { text } = input.content;
  if (text.trim() === '') throw badInput('content.text', 'The text must not be empty.');
  if (text.length > maxTextLength)
    throw badInput('content.text', `The text may have at most ${maxTextLength} characters.`);
  if (text.includes('\u0000')) throw badInput('content.text', 'The text must not have NUL characters.');
  if (input.idempotencyKey !== null && input.idempotencyKey !== undefined) {
    const { length } = input.idempotencyKey;
    if (length === 0 || length > 255) throw badInput('idempotencyKey', 'A key has 1 to 255 characters.');
  }
  if (input.expiresAt !== null && input.expiresAt !== undefined) {
    if (input.expiresAt <= now) throw badInput('expiresAt', 'expiresAt has passed already.');
    if (input.sendAt && input.expiresAt <= input.sendAt)
      throw badInput('expiresAt', 'expiresAt must be later than sendAt.');
  }
}

/** The accounts behind targets, in their order, each once. */
async function readTargets(app: App, caller: Caller, targets: readonly string[]): Promise<Account[]> {
  const ids = new Set<number>();
  for (const target of targets) {
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

function requireSendable(app: App, account: Account, input: SendInput): void {
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

async function line(app: App, account: Account, given: string | null, input: SendInput): Promise<NewSend> {
  const common = {
    accountId: account.id,
    type: input.content.type,
    content: input.content,
    mentions: input.mentions ?? [],
    sendAt: input.sendAt ?? null,
    expiresAt: input.expiresAt ?? null,
    resendOf: null,
  };
  if (given === null) {
    const message = 'The account has no default receiver, and the send names none.';
    return { ...common, receiver: '', receiverContactId: null, failure: { code: 'NO_RECEIVER', message } };
  }
  const found = await findReceiver(app, account, given);
  return { ...common, receiver: found.receiver, receiverContactId: found.contactId, failure: null };
}

/** Of all that decides what is sent; not of how long the client waits. */
function hashInput(input: SendInput): string {
  const { targets, to, content, mentions, sendAt, expiresAt } = input;
  const parts = [targets, to ?? null, content, mentions ?? [], sendAt ?? null, expiresAt ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
