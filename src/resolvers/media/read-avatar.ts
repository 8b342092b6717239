/**
 * Pictures of people and chat rooms: fetched when somebody first looks at one, and kept.
 *
 * A picture is fetched again after a day, and when its upstream names another place or id for it; one that is kept is shown while
 * the upstream is away.
 */
import type { Account, Avatar, AvatarOwner } from '../../db/model.ts';
import { DriverError } from '../../drivers/driver.ts';
import type { MediaBody } from '../../drivers/media.ts';
import { type Gate, createGate } from '../../gate.ts';
import { MediaStoreError } from '../../media-store/media-store.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import { download } from './download.ts';
import { driverOf } from '../accounts/driver-of.ts';
import { GatewayError } from '../errors.ts';
import { keepFetched } from './keep-media.ts';

const freshMs = 24 * 3600_000;
/** An upstream that failed is left alone for so long. */
const failedMs = 30_000;
const maxBytes = 5 * 1024 * 1024;
const timeoutMs = 30_000;
/** Of one account: a page full of contacts must not keep its upstream from its messages. */
const atOnce = 2;

/** The fetches under way, and those that failed a moment ago. */
export type AvatarFetches = {
  underWay: Map<string, Promise<Avatar['stored']>>;
  failed: Map<string, { error: GatewayError; until: Millis }>;
  gates: Map<number, Gate>;
};

export function createAvatarFetches(): AvatarFetches {
  return { underWay: new Map(), failed: new Map(), gates: new Map() };
}

/** Whose picture, and where it is to be had. */
type Subject = { account: Account; wxid: string; roomWxid: string | null; avatarUrl: string | null };

/** The picture's file; null where there is none. Throws a GatewayError where the upstream fails and none is kept. */
export async function readAvatar(app: App, owner: AvatarOwner): Promise<Avatar['stored']> {
  const subject = await subjectOf(app, owner);
  if (subject === null) return null;
  const kept = await app.store.queries.avatar(owner);
  const isSame = kept?.wxid === subject.wxid && kept.sourceUrl === subject.avatarUrl;
  if (kept && isSame && app.clock.now() - kept.fetchedAt < freshMs) return kept.stored;
  try {
    return await fetchOnce(app, owner, subject);
  } catch (error) {
    if (!(error instanceof GatewayError) || kept === null || kept.wxid !== subject.wxid) throw error;
    return kept.stored;
  }
}

async function subjectOf(app: App, { of, id }: AvatarOwner): Promise<Subject | null> {
  const { queries } = app.store;
  if (of === 'ACCOUNT') {
    const [account] = await queries.accountsById([id]);
    const self = account?.self;
    return account && self ? { account, wxid: self.wxid, roomWxid: null, avatarUrl: self.avatarUrl } : null;
  }
  const [member] = of === 'MEMBER' ? await queries.membersById([id]) : [];
  const [contact] = of === 'MEMBER' && !member ? [] : await queries.contactsById([member?.roomId ?? id]);
  const [account] = contact ? await queries.accountsById([contact.accountId]) : [];
  if (!contact || !account) return null;
  return member
    ? { account, wxid: member.wxid, roomWxid: contact.wxid, avatarUrl: member.avatarUrl }
    : { account, wxid: contact.wxid, roomWxid: null, avatarUrl: contact.avatarUrl };
}

/** However many look at once, the upstream is asked once, and not at all for a while after it failed. */
function fetchOnce(app: App, owner: AvatarOwner, subject: Subject): Promise<Avatar['stored']> {
  const { underWay, failed } = app.avatarFetches;
  const key = `${owner.of} ${owner.id}`;
  const now = app.clock.now();
  for (const [name, { until }] of failed) if (until <= now) failed.delete(name);
  const failure = failed.get(key);
  if (failure) return Promise.reject(failure.error);
  const present = underWay.get(key);
  if (present) return present;
  const fetching = fetchAvatar(app, owner, subject)
    .catch((error: unknown) => {
      const shown = shownError(error);
      if (shown instanceof GatewayError) failed.set(key, { error: shown, until: app.clock.now() + failedMs });
      throw shown;
    })
    .finally(() => underWay.delete(key));
  underWay.set(key, fetching);
  return fetching;
}

async function fetchAvatar(app: App, owner: AvatarOwner, subject: Subject): Promise<Avatar['stored']> {
  const { account, wxid, avatarUrl } = subject;
  const leave = await gateOf(app, account.id)();
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), timeoutMs);
  try {
    const body = await bodyOf(app, subject, AbortSignal.any([app.stopping, over.signal]));
    const stored = body && (await pictureIn(app, body));
    const avatar = { ...owner, accountId: account.id, wxid, sourceUrl: avatarUrl, stored, fetchedAt: app.clock.now() };
    await app.store.saveAvatar(avatar);
    return stored;
  } finally {
    clearTimeout(timer);
    // Whatever of it was not read.
    over.abort();
    leave();
  }
}

/** Null: there is none. */
async function bodyOf(app: App, subject: Subject, signal: AbortSignal): Promise<MediaBody | null> {
  const { account, wxid, roomWxid, avatarUrl } = subject;
  const driver = driverOf(app, account);
  try {
    if (driver.fetchAvatar) return await driver.fetchAvatar({ wxid, roomWxid, avatarUrl }, signal);
    return avatarUrl === null ? null : await download(app, account.connection.baseUrl, avatarUrl, signal);
  } catch (error) {
    if (error instanceof DriverError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** Null where the bytes are no picture. */
async function pictureIn(app: App, { chunks }: MediaBody): Promise<Avatar['stored']> {
  try {
    const stored = await keepFetched(app, chunks, maxBytes);
    if (stored.mime.startsWith('image/')) return stored;
    await app.mediaStore.delete(stored.file);
    return null;
  } catch (error) {
    if (error instanceof MediaStoreError && error.code === 'EMPTY') return null;
    throw error;
  }
}

function gateOf(app: App, accountId: number): Gate {
  const { gates } = app.avatarFetches;
  const gate = gates.get(accountId) ?? createGate(atOnce);
  gates.set(accountId, gate);
  return gate;
}

/** What whoever looks is told; anything unexpected stays as it is. */
function shownError(error: unknown): unknown {
  if (error instanceof MediaStoreError) {
    const code = error.code === 'TOO_LARGE' ? 'UPSTREAM_REJECTED' : 'UNAVAILABLE';
    return new GatewayError(code, error.message, { cause: error, retryable: true });
  }
  if (!(error instanceof DriverError)) return error;
  const known = ['URL_NOT_ALLOWED', 'UPSTREAM_UNREACHABLE', 'UPSTREAM_TIMEOUT'] as const;
  const code = known.find((one) => one === error.code) ?? 'UPSTREAM_REJECTED';
  return new GatewayError(code, error.message, { cause: error, retryable: error.retry });
}
