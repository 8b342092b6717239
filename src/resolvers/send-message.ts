import { createHash } from 'node:crypto';
import type { Account, SendJob } from '../db/model.ts';
import type { NewJob, NewSend } from '../db/store.ts';
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
  /** What was asked for, where it is more than a send: it has idempotency keys of its own. */
  operation?: 'consult';
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
  check(input);
  const now = app.clock.now();
  const idempotency = keyOf(caller, input, now);
  // Looked up first: the same request is the same job, whatever has become of accounts, groups and names since.
  const used = idempotency && (await app.store.queries.jobByKey(idempotency, now));
  if (used && used.hash !== idempotency.hash) throw keyReused();
  const accepted = used ?? (await accept(app, caller, input, idempotency, now));
  const job = await waitForJob(app, caller, accepted.jobId, input.waitMs, signal);
  return { job, seq: accepted.seq };
}

/** All lines of the job, durably or not at all. */
async function accept(
  app: App,
  caller: Caller,
  input: SendInput,
  idempotency: NewJob['idempotency'],
  now: Millis,
): Promise<{ jobId: number; seq: number }> {
  if (input.expiresAt && input.expiresAt <= now) throw badInput('expiresAt', 'expiresAt has passed already.');
  const lines: NewSend[] = [];
  for (const account of await readTargets(app, caller, input.targets)) {
    requireSendable(app, account, input);
    const receivers = new Set<string>();
    for (const given of input.to ?? [account.defaultReceiver]) {
      const one = await line(app, account, given, input);
      // A receiver that was named twice, or by two names, is sent to once.
      if (!receivers.has(one.receiver)) lines.push(one);
      receivers.add(one.receiver);
    }
  }
  if (lines.length > maxLines) throw badInput('to', `One send may have at most ${maxLines} lines.`);
  const accepted = await app.store.accept({ now, lines, idempotency });
  if (accepted.result === 'CONFLICT') throw keyReused();
  return accepted;
}

function keyOf(caller: Caller, input: SendInput, now: Millis): NewJob['idempotency'] {
  if (!input.idempotencyKey) return null;
  const scope = keyScope(caller);
  return {
    scope,
    operation: input.operation ?? 'send',
    key: input.idempotencyKey,
    hash: hashInput(input),
    expiresAt: now + keyKeptMs,
  };
}

function keyReused(): GatewayError {
  return new GatewayError('CONFLICT', 'This idempotency key was used for another input.', {
    field: 'idempotencyKey',
    reason: 'KEY_REUSED',
  });
}

/** What can be said of the input alone. */
function check(input: SendInput): void {
  readRange('waitMs', input.waitMs, 0, 30_000);
  const { targets, to, idempotencyKey, sendAt, expiresAt } = input;
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
  if (idempotencyKey !== null && idempotencyKey !== undefined) {
    const { length } = idempotencyKey;
    if (length === 0 || length > 255) throw badInput('idempotencyKey', 'A key has 1 to 255 characters.');
  }
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
