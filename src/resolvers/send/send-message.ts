import type { Account, SendJob } from '../../db/model.ts';
import type { NewSend } from '../../db/store.ts';
import type { Capability, Millis, SendContent, SendType } from '../../words.ts';
import { type PreparedJob, acceptJob } from './accept-job.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { findReceiver } from './find-receiver.ts';
import { GatewayError, badInput, notFound } from '../errors.ts';
import { readKey } from './idempotency.ts';
import { readId, showId } from '../ids.ts';
import { readRange } from '../input.ts';
import { readGroup } from '../accounts/manage-groups.ts';
import { capabilitiesOf, readAccount } from '../accounts/read-accounts.ts';
import { type GivenContent, checkContent } from './send-content.ts';
import { takeContent } from '../media/take-media.ts';
import { waitForJob } from './wait-for-job.ts';

export type SendInput = {
  targets: readonly string[];
  to?: readonly string[] | null;
  /** `to` names Contact ids and wxids alone: what is none of them is passed on as a wxid, and nobody is looked for by a name. */
  byId?: boolean;
  content: GivenContent;
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

/**
 * Queues one line an account and receiver, all of them durably or none, and waits up to `waitMs` for their outcomes.
 *
 * Refused whole: an unknown target or Contact, an ambiguous name, an account that cannot do it or was never started, media that
 * cannot be had (`takeContent`): they are in the media store before anything is queued. `signal` gives up until then. An account without a default receiver gives a FAILED line with NO_RECEIVER, and the others go.
 */
export async function sendMessage(app: App, caller: Caller, input: SendInput, signal?: AbortSignal): Promise<SentJob> {
  requireScope(caller, 'SEND');
  check(input);
  const now = app.clock.now();
  const idempotency = readKey(caller, input.operation ?? 'send', input.idempotencyKey, decisive(input), now);
  const prepare = () => prepareLines(app, caller, input, now, signal);
  const accepted = await acceptJob(app, caller, idempotency, now, prepare);
  const job = await waitForJob(app, caller, accepted.jobId, input.waitMs, signal);
  return { job, seq: accepted.seq };
}

async function prepareLines(
  app: App,
  caller: Caller,
  input: SendInput,
  now: Millis,
  signal?: AbortSignal,
): Promise<PreparedJob> {
  if (input.expiresAt && input.expiresAt <= now) throw badInput('expiresAt', 'expiresAt has passed already.');
  const addressed: Addressed[] = [];
  for (const account of await readTargets(app, caller, input.targets)) {
    requireSendable(app, account, { type: input.content.type, mentions: input.mentions });
    const receivers = new Set<string>();
    for (const given of input.to ?? [account.defaultReceiver]) {
      const one = await address(app, account, given, input.byId);
      // A receiver that was named twice, or by two names, is sent to once.
      if (!receivers.has(one.receiver)) addressed.push(one);
      receivers.add(one.receiver);
      if (addressed.length > maxLines) throw badInput('to', `One send may have at most ${maxLines} lines.`);
    }
  }
  return {
    sends: addressed.filter((one) => one.failure === null).length,
    lines: async () => {
      const either = AbortSignal.any([app.stopping, ...(signal ? [signal] : [])]);
      const content = await takeContent(app, caller, input.content, either);
      return addressed.map((one) => makeLine(one, { ...input, content }));
    },
  };
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
  checkContent(input.content);
  if (input.content.type !== 'TEXT' && input.mentions && input.mentions.length > 0) {
    throw badInput('mentions', 'Only a text can mention somebody.');
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

/** Throws UNSUPPORTED for what its driver cannot do, and NOT_READY where the account was not started. */
export function requireSendable(
  app: App,
  account: Account,
  { type, mentions }: { type: SendType; mentions?: readonly string[] | null | undefined },
): void {
  const id = showId('account', account.id);
  const can = capabilitiesOf(app, account);
  const needed: Capability[] = [`SEND_${type}`];
  if (mentions && mentions.length > 0) needed.push('MENTION');
  const missing = needed.find((capability) => !can.includes(capability));
  if (missing) {
    throw new GatewayError('UNSUPPORTED', `Account ${id}: the driver ${account.driver} cannot do ${missing}.`);
  }
  if (!account.wanted) {
    throw new GatewayError('NOT_READY', `Account ${id} is not started.`, { field: 'targets' });
  }
}

/** From whom to whom; with a failure it goes nowhere. */
export type Addressed = Pick<NewSend, 'accountId' | 'receiver' | 'receiverContactId' | 'failure'>;

/** To a receiver as it was given; without one the line is FAILED from the start. */
export async function address(
  app: App,
  account: Account,
  given: string | null,
  byId: boolean = false,
): Promise<Addressed> {
  if (given === null) {
    const message = 'The account has no default receiver, and the send names none.';
    const failure = { code: 'NO_RECEIVER', message } as const;
    return { accountId: account.id, receiver: '', receiverContactId: null, failure };
  }
  const { receiver, contactId } = await findReceiver(app, account, given, 'to', byId);
  return { accountId: account.id, receiver, receiverContactId: contactId, failure: null };
}

export function makeLine(
  addressed: Addressed,
  {
    content,
    mentions,
    sendAt,
    expiresAt,
  }: Pick<SendInput, 'mentions' | 'sendAt' | 'expiresAt'> & { content: SendContent },
): NewSend {
  return {
    ...addressed,
    type: content.type,
    content,
    mentions: mentions ?? [],
    sendAt: sendAt ?? null,
    expiresAt: expiresAt ?? null,
    resendOf: null,
  };
}

/** All that decides what is sent; not how long the client waits. */
function decisive(input: SendInput): readonly unknown[] {
  const { targets, to, content, mentions, sendAt, expiresAt } = input;
  return [targets, to ?? null, content, mentions ?? [], sendAt ?? null, expiresAt ?? null];
}
