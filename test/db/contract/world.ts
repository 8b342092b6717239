/** What the contract's tests are made of. Nothing here knows an engine. */
import { afterEach, beforeEach } from 'vitest';
import { defaultPacing, type SendLog, type StoredEvent } from '../../../src/db/model.ts';
import type {
  Accepted,
  Incoming,
  Lane,
  NewAccount,
  NewContact,
  NewMessage,
  NewSend,
  Received,
  StateChange,
  Store,
} from '../../../src/db/store.ts';
import type { Millis } from '../../../src/words.ts';

export type StoreSettings = { dayOf: (at: Millis) => string; now: () => Millis };

/** Opens the database of that name, made where there is none. The same name again is the same database. */
export type OpenStore = (database: string, settings: StoreSettings) => Promise<Store>;

export const minute = 60_000;
export const hour = 60 * minute;
export const noon = Date.UTC(2026, 2, 14, 12);

export function dayOf(at: Millis): string {
  return new Date(at).toISOString().slice(0, 10);
}

export type World = {
  store: Store;
  /** The time of what the tests do; advanced by hand. */
  now: Millis;
  /** Another store on a database of its own. */
  other(): Promise<Store>;
  /** Closes the store and opens the same database again. */
  reopen(): Promise<void>;
};

let databases = 0;
const fresh = (): string => `store-${(databases += 1)}`;

/** A store on a new database for each test, closed after it. */
export function useWorld(open: OpenStore): World {
  let opened: Store[] = [];
  let database = '';
  const world = { now: noon } as World;
  const openNamed = async (name: string): Promise<Store> => {
    const store = await open(name, { dayOf, now: () => world.now });
    opened.push(store);
    return store;
  };
  world.other = () => openNamed(fresh());
  world.reopen = async () => {
    await world.store.close();
    world.store = await openNamed(database);
  };
  beforeEach(async () => {
    world.now = noon;
    database = fresh();
    world.store = await openNamed(database);
  });
  afterEach(async () => {
    for (const store of opened) await store.close();
    opened = [];
  });
  return world;
}

let accounts = 0;

/** A new account's id. */
export async function addAccount(world: World, input: Partial<NewAccount> = {}): Promise<number> {
  accounts += 1;
  const { object } = await world.store.createAccount({
    name: `account ${accounts}`,
    remark: null,
    driver: 'OPENWX',
    connection: { baseUrl: 'http://127.0.0.1:3000' },
    sealedSecrets: null,
    callbackHash: `callback ${accounts}`,
    sealedCallback: 'sealed',
    defaultReceiver: null,
    pacing: defaultPacing,
    now: world.now,
    ...input,
  });
  return object.id;
}

export function state(world: World, name: StateChange['state'], more: Partial<StateChange> = {}): StateChange {
  return { state: name, reason: null, qrCode: null, now: world.now, ...more };
}

/** Every lane of the accounts that are wanted, held by a new start of the gateway. */
export async function startGateway(world: World, want = 100): Promise<Lane[]> {
  const node = await world.store.join({ name: 'gateway', now: world.now });
  return world.store.claim(node, want);
}

/** An account that is driven, and its lane. */
export async function addLane(world: World, input: Partial<NewAccount> = {}): Promise<Lane> {
  const accountId = await addAccount(world, input);
  await world.store.wantAccount(accountId, true, state(world, 'RUNNING'));
  const lane = (await startGateway(world)).find((one) => one.accountId === accountId);
  if (lane === undefined) throw new Error('the lane was not given');
  return lane;
}

export const alice: NewContact = { wxid: 'wxid_alice', kind: 'FRIEND', name: 'Alice' };

/** A text that came in, unless told otherwise. */
export function message(world: World, key: string, more: Partial<NewMessage> = {}): NewMessage {
  const text = more.text ?? `text of ${key}`;
  return {
    key,
    upstreamId: key,
    peer: alice,
    sender: { wxid: alice.wxid, name: 'Alice', displayName: null },
    direction: 'INCOMING',
    kind: 'TEXT',
    text,
    content: { type: 'Text', text },
    mentions: [],
    mentionsMe: false,
    sentAt: world.now,
    richness: 1,
    raw: `{"id":"${key}"}`,
    ...more,
  };
}

/** An own text to Alice as WeChat shows it. */
export function echo(world: World, key: string, text: string, more: Partial<NewMessage> = {}): NewMessage {
  return message(world, key, {
    direction: 'OUTGOING',
    sender: { wxid: 'wxid_me', name: null, displayName: null },
    text,
    // WeChat's times have seconds.
    sentAt: Math.floor(world.now / 1000) * 1000,
    ...more,
  });
}

/** Brings messages of one account in. */
export function receive(world: World, accountId: number, ...messages: NewMessage[]): Promise<Received[]> {
  return world.store.receive(
    messages.map((one): Incoming => ({ type: 'message', accountId, now: world.now, message: one })),
  );
}

/** The position of one message that came in. */
export async function receiveOne(world: World, accountId: number, one: NewMessage): Promise<number> {
  const [received] = await receive(world, accountId, one);
  if (received?.messageSeq == null) throw new Error('the message was not stored');
  return received.messageSeq;
}

export function line(accountId: number, text: string, more: Partial<NewSend> = {}): NewSend {
  return {
    accountId,
    receiver: alice.wxid,
    receiverContactId: null,
    type: 'TEXT',
    content: { type: 'TEXT', text },
    mentions: [],
    sendAt: null,
    expiresAt: null,
    resendOf: null,
    failure: null,
    ...more,
  };
}

/** Accepts lines as one job and answers them as they stand. */
export async function accept(world: World, ...lines: NewSend[]): Promise<SendLog[]> {
  const accepted = await world.store.accept({ now: world.now, idempotency: null, lines });
  const { items } = await world.store.queries.logsOfJob(jobOf(accepted), {}, { first: 100 });
  return items;
}

export function jobOf(accepted: Accepted): number {
  if (accepted.result === 'CONFLICT') throw new Error('the job was not accepted');
  return accepted.jobId;
}

/** The next line, dispatched; null: not now. */
export async function take(world: World, lane: Lane, random = 0): Promise<SendLog | null> {
  const taken = await world.store.take(lane, world.now, random);
  return 'send' in taken ? taken.send : null;
}

/** When to ask again. */
export async function askAgain(world: World, lane: Lane): Promise<Millis | null> {
  const taken = await world.store.take(lane, world.now, 0);
  if ('send' in taken) throw new Error('a line was taken');
  return taken.askAgainAt;
}

/** Takes the next line after waiting for the pacing. */
export async function takeNext(world: World, lane: Lane): Promise<SendLog> {
  world.now += 10_000;
  const send = await take(world, lane);
  if (send === null) throw new Error('there was nothing to take');
  return send;
}

export async function logOf(world: World, id: number): Promise<SendLog> {
  const [log] = await world.store.queries.logsById([id]);
  if (log === undefined) throw new Error(`there is no line ${id}`);
  return log;
}

/** All events after a position. */
export async function eventsAfter(world: World, after: number): Promise<StoredEvent[]> {
  return world.store.read(after, 10_000);
}

export async function newest(world: World): Promise<number> {
  return (await world.store.bounds()).newest;
}

/** The types of all events after a position. */
export async function typesAfter(world: World, after: number): Promise<StoredEvent['type'][]> {
  return (await eventsAfter(world, after)).map((event) => event.type);
}

/** Every message of the store, oldest first. */
export async function allMessages(world: World, accountId: number) {
  const { items } = await world.store.queries.messages({ accountIds: [accountId] }, { first: 10_000 });
  return items;
}
