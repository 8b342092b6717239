/**
 * Connections to addresses that somebody else chose, which stay open for a while after a call. Each goes for its whole life to the
 * address that was checked when it was made: what its name stands for later matters only to the next one.
 */
import { Client, type buildConnector } from 'undici';
import { guardedConnector } from './web-address.ts';

/** How long one stays open unused, where the other side does not say itself when it closes. */
const idleMs = 4_000;
/** At most, whatever it says. */
const mostIdleMs = 30_000;
/** So many are open and unused at once; of more the oldest is closed. */
const mostIdle = 100;
/** So many calls, then a new one: a name that was moved is looked up again. */
const mostCalls = 500;

export type WebConnection = {
  readonly origin: string;
  readonly client: Client;
  /** That it stood once: before, not a byte has left. */
  readonly progress: { connected: boolean };
  /** At once; whatever is under way fails. */
  close(): void;
};

/** Unused ones, each for one call at a time. */
export type WebConnections = {
  /** One to that origin which nobody uses; null where there is none. */
  take(origin: string): WebConnection | null;
  /** It may be used again: its last answer was read to the end. */
  keep(connection: WebConnection): void;
};

/** Prepares one, which connects when it is used; a second time it does not, since whoever uses it could not tell what has left. */
export function createConnection(url: URL, allowHosts: readonly string[]): WebConnection {
  const progress = { connected: false };
  const client = new Client(url.origin, {
    connect: connectOnce(guardedConnector(url, allowHosts), progress),
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: mostIdleMs,
    maxRequestsPerClient: mostCalls,
    // Whoever calls has a limit for everything.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // Not awaited: it must not wait for a handshake that nobody answers.
  const close = () => void client.destroy().catch(() => undefined);
  return { origin: url.origin, client, progress, close };
}

/** Keeps them until `stopping` aborts. */
export function keepConnections(stopping: AbortSignal): WebConnections {
  const idle = new Set<WebConnection>();
  const drop = (connection: WebConnection): void => {
    idle.delete(connection);
    connection.close();
  };
  stopping.addEventListener('abort', () => idle.forEach(drop), { once: true });
  return {
    take: (origin) => {
      // The one that was used last is the least likely to be closed by the other side.
      const connection = [...idle].findLast((one) => one.origin === origin) ?? null;
      if (connection) idle.delete(connection);
      return connection;
    },
    keep: (connection) => {
      if (stopping.aborted) return connection.close();
      if (connection.client.listenerCount('disconnect') === 0) {
        connection.client.once('disconnect', () => drop(connection));
      }
      idle.add(connection);
      const [oldest] = idle;
      if (idle.size > mostIdle) drop(oldest!);
    },
  };
}

function connectOnce(connect: buildConnector.connector, progress: { connected: boolean }): buildConnector.connector {
  let used = false;
  return (options, callback) => {
    if (used) {
      // Not a SocketError: after that the client would try for ever.
      callback(new Error('the connection closed at once'), null);
      return;
    }
    used = true;
    connect(options, (...result) => {
      progress.connected = result[0] === null;
      callback(...result);
    });
  };
}
