/** All that a use case may need. The type alone stands here, so that nothing imports upwards; `app.ts` builds it. */
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Store } from '../db/store.ts';
import type { Connection, DriverFactory } from '../drivers/driver.ts';
import type { DecodeSilk } from '../media-store/decode-silk.ts';
import type { MediaStore } from '../media-store/media-store.ts';
import type { Seal } from '../secrets.ts';
import type { WebConnections } from '../web-connections.ts';
import type { Capability, DriverKind, Millis } from '../words.ts';
import type { Clock } from '../clock.ts';
import type { Breaker } from './send/breaker.ts';
import type { EventFormats } from './events/event-format.ts';
import type { Commit } from './receive/group-commit.ts';
import type { KeyTurns } from './send/idempotency.ts';
import type { KnownAccounts } from './receive/known-accounts.ts';
import type { AvatarFetches } from './media/read-avatar.ts';
import type { LiveLog } from './events/live-log.ts';
import type { Passes } from './access/passes.ts';
import type { Pollers } from './receive/poll-upstreams.ts';
import type { RunningDrivers } from './accounts/driver-of.ts';
import type { CallbackLimit } from './receive/limit-callbacks.ts';
import type { SendLimit } from './send/limit-sends.ts';
import type { Refusals } from './receive/refusals.ts';
import type { SharedCallbacks } from './receive/shared-callbacks.ts';
import type { Tail } from './events/tail-events.ts';

export type App = {
  readonly config: Config;
  readonly store: Store;
  readonly mediaStore: MediaStore;
  readonly decodeSilk: DecodeSilk;
  readonly log: Logger;
  readonly clock: Clock;
  /** Random bytes, as hexadecimal text. */
  readonly randomHex: (bytes: number) => string;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  readonly seal: Seal;
  readonly drivers: Readonly<Partial<Record<DriverKind, DriverType>>>;
  readonly tail: Tail;
  readonly liveLog: LiveLog;
  readonly commit: Commit;
  readonly pollers: Pollers;
  readonly sharedCallbacks: SharedCallbacks;
  readonly runningDrivers: RunningDrivers;
  readonly knownAccounts: KnownAccounts;
  readonly avatarFetches: AvatarFetches;
  /** Of each account that is driven, by its id. */
  readonly breakers: Map<number, Breaker>;
  readonly sendLimit: SendLimit;
  readonly limitCallbacks: CallbackLimit;
  readonly refusals: Refusals;
  readonly keyTurns: KeyTurns;
  readonly passes: Passes;
  /** To receivers of webhooks, between one post and the next. */
  readonly webConnections: WebConnections;
  /** How events are told to webhooks. */
  readonly formats: EventFormats;
  /** What is left on the database's disk; null where the system does not tell. */
  readonly freeBytes: () => Promise<number | null>;
  /** Under which address this gateway is reached; known once it listens. */
  readonly publicUrl: () => string;
  readonly startedAt: Millis;
  readonly version: string;
  /** Aborts when the gateway stops. */
  readonly stopping: AbortSignal;
};

/** A kind of driver: what it can do, and how one is made for an account. */
export type DriverType = {
  readonly capabilities: readonly Capability[];
  /** What it can do for an account at this connection, where that is less. */
  readonly capabilitiesAt?: (connection: Connection) => readonly Capability[];
  readonly create: DriverFactory;
  /** Its upstream sends media that it knows already by their ids, without their bytes. */
  readonly sendsById?: true;
  /** Of an upstream that may post to one address for all accounts: whom a post is for, by wxid or by its upstream's port. */
  readonly addresseeOf?: (body: Uint8Array) => { wxid: string | null; port: string | null } | null;
};
