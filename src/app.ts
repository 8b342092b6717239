/** Wires everything: the only file that sees all layers. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { type Clock, systemClock } from './clock.ts';
import { type Config, mediaFolderOf } from './config.ts';
import { watchDisk } from './disk.ts';
import { dayOf } from './days.ts';
import { openSqliteStore } from './db/sqlite/open.ts';
import type { Store } from './db/store.ts';
import { ecloud, ecloudCapabilities } from './drivers/ecloud/ecloud.ts';
import { openwx, openwxCapabilities, openwxCapabilitiesAt } from './drivers/openwx/openwx.ts';
import { addresseeOf } from './drivers/pchook/addressee.ts';
import { pchook, pchookCapabilities } from './drivers/pchook/pchook.ts';
import { type GatewayServer, createServer } from './http/server.ts';
import { createLog } from './log.ts';
import { createSilkDecoder } from './media-store/decode-silk.ts';
import { openMediaStore } from './media-store/media-store.ts';
import type { App, DriverType } from './resolvers/app.ts';
import { admitCallback } from './resolvers/receive/admit-callback.ts';
import {
  authenticateSession,
  authenticateToken,
  closeSession,
  ensureFirstToken,
  openSession,
  openTokenSession,
} from './resolvers/access/authenticate.ts';
import type { EventFormats } from './resolvers/events/event-format.ts';
import { fetchMedia } from './resolvers/media/fetch-media.ts';
import { groupCommit } from './resolvers/receive/group-commit.ts';
import { createKeyTurns } from './resolvers/send/idempotency.ts';
import { createKnownAccounts } from './resolvers/receive/known-accounts.ts';
import { limitCallbacks } from './resolvers/receive/limit-callbacks.ts';
import { createPasses } from './resolvers/access/passes.ts';
import { limitSends } from './resolvers/send/limit-sends.ts';
import { startLiveLog } from './resolvers/events/live-log.ts';
import { createPollers } from './resolvers/receive/poll-upstreams.ts';
import { checkHealth } from './resolvers/accounts/read-accounts.ts';
import { createAvatarFetches } from './resolvers/media/read-avatar.ts';
import { receiveCallback } from './resolvers/receive/receive-callback.ts';
import { receiveUnaddressed } from './resolvers/receive/receive-unaddressed.ts';
import { createRefusals } from './resolvers/receive/refusals.ts';
import { runAccounts } from './resolvers/accounts/run-accounts.ts';
import { runWebhooks } from './resolvers/webhooks/run-webhooks.ts';
import { serveMedia } from './resolvers/media/serve-media.ts';
import { createSharedCallbacks } from './resolvers/receive/shared-callbacks.ts';
import { withGatewayErrors } from './resolvers/store-errors.ts';
import { startTail } from './resolvers/events/tail-events.ts';
import { uploadMedia } from './resolvers/media/upload-media.ts';
import { encodeEcloudEvent } from './rest/ecloud/encode-event.ts';
import { addEcloudRoutes } from './rest/ecloud/routes.ts';
import { encodeOpenwxEvent } from './rest/openwx/encode-event.ts';
import { addDocs } from './rest/openapi/routes.ts';
import { addOpenwxRoutes } from './rest/openwx/routes.ts';
import { addPanelRoutes } from './rest/panel/routes.ts';
import { encodePchookEvent } from './rest/pchook/encode-event.ts';
import { addPchookRoutes } from './rest/pchook/routes.ts';
import { testEvents } from './rest/test-events.ts';
import { createContext } from './schema/builder.ts';
import { standardFormat } from './schema/encode-event.ts';
import { eventJson, eventsDocument } from './schema/event-json.ts';
import { schema } from './schema/schema.ts';
import { type Seal, loadSeal } from './secrets.ts';
import { keepConnections } from './web-connections.ts';
import type { DriverKind } from './words.ts';

const drivers: Partial<Record<DriverKind, DriverType>> = {
  ECLOUD: { capabilities: ecloudCapabilities, create: ecloud },
  OPENWX: { capabilities: openwxCapabilities, capabilitiesAt: openwxCapabilitiesAt, create: openwx, sendsById: true },
  PCHOOK: { capabilities: pchookCapabilities, create: pchook, addresseeOf },
};

const formats: EventFormats = {
  STANDARD: standardFormat,
  OPENWX: { encode: encodeOpenwxEvent, test: testEvents.OPENWX },
  ECLOUD: { encode: encodeEcloudEvent, test: testEvents.ECLOUD },
  PCHOOK: { encode: encodePchookEvent, test: testEvents.PCHOOK },
};

export type Overrides = {
  clock?: Clock;
  log?: Logger;
  doorbell?: boolean;
  random?: () => number;
  /** In the place of the gateway's own. */
  drivers?: Partial<Record<DriverKind, DriverType>>;
  formats?: Partial<EventFormats>;
  freeBytes?: App['freeBytes'];
};

export type Gateway = {
  app: App;
  /** Where it serves, from this machine. */
  url: string;
  /** The first token, where one was made at this start; else null. */
  firstToken: string | null;
  /** Ends within 20 seconds: nothing new is taken, what is under way ends, the database is closed. */
  stop(): Promise<void>;
};

/** Opens the store and serves. Throws before it listens where a secret, the database or a setting is wrong. */
export async function startGateway(config: Config, overrides: Overrides = {}): Promise<Gateway> {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog(config.logLevel);
  const stopping = new AbortController();
  const seal = await loadSeal(config.secretKey);
  const store = withGatewayErrors(
    await openSqliteStore({
      path: config.database,
      dayOf: (at) => dayOf(at, config.timezone),
      doorbell: overrides.doorbell ?? true,
      now: () => clock.now(),
    }),
  );
  const randomHex = (bytes: number) => randomBytes(bytes).toString('hex');
  let server: GatewayServer | null = null;
  try {
    await checkKey(store, seal);
    const mediaStore = await openMediaStore({ folder: mediaFolderOf(config.database), randomHex });
    for (const root of config.mediaRoots) await mkdir(root, { recursive: true });
    const tail = await startTail(store, stopping.signal, (error) => log.error({ err: error }, 'event log not read'));
    let url = config.publicUrl ?? '';
    const app: App = {
      config,
      store,
      mediaStore,
      decodeSilk: createSilkDecoder(),
      log,
      clock,
      randomHex,
      random: overrides.random ?? Math.random,
      seal,
      drivers: { ...drivers, ...overrides.drivers },
      tail,
      liveLog: startLiveLog(tail, stopping.signal),
      commit: groupCommit(store, clock),
      pollers: createPollers(),
      sharedCallbacks: createSharedCallbacks(),
      runningDrivers: new Map(),
      knownAccounts: createKnownAccounts(),
      avatarFetches: createAvatarFetches(),
      breakers: new Map(),
      sendLimit: limitSends(config.sendPerMinute, clock),
      limitCallbacks: limitCallbacks(config.callbacksPerMinute, clock),
      refusals: createRefusals(log, clock),
      keyTurns: createKeyTurns(),
      passes: createPasses(randomHex),
      webConnections: keepConnections(stopping.signal),
      formats: { ...formats, ...overrides.formats },
      freeBytes: overrides.freeBytes ?? watchDisk(dirname(config.database), clock),
      publicUrl: () => url,
      startedAt: clock.now(),
      version: readVersion(),
      stopping: stopping.signal,
    };
    const node = await store.join({ name: `${process.pid}`, now: clock.now() });
    const firstToken = await ensureFirstToken(app);
    server = await createServer({
      app,
      schema,
      createContext,
      eventsDocument,
      eventJson,
      useCases: {
        authenticateToken,
        authenticateSession,
        openSession,
        admitCallback,
        openTokenSession,
        closeSession,
        receiveCallback,
        receiveUnaddressed,
        serveMedia,
        uploadMedia,
        checkHealth,
      },
      routes: [addPanelRoutes, addOpenwxRoutes, addEcloudRoutes, addPchookRoutes, addDocs],
    });
    const listening = await server.listen();
    ({ url } = listening);
    const accounts = runAccounts(app, node);
    const fetches = fetchMedia(app);
    const serving = server;
    const webhooks = runWebhooks(app, (caller, path) => app.passes.use(caller, (token) => serving.visit(path, token)));
    return {
      app,
      url: listening.local,
      firstToken,
      stop: async () => {
        stopping.abort();
        await Promise.all([serving.close(), accounts, fetches, webhooks, tail.ended]);
        await store.close();
      },
    };
  } catch (error) {
    stopping.abort();
    await server?.close();
    await store.close();
    throw error;
  }
}

/** A database is opened with the key that sealed its secrets, or not at all. */
async function checkKey(store: Store, seal: Seal): Promise<void> {
  const sealed = await store.keyCheck();
  if (sealed === null) await store.saveKeyCheck(seal.seal('wxgraph', 'key check'));
  else seal.unseal(sealed, 'key check');
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
