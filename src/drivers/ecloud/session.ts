/**
 * One WeChat account within a developer account. Calls name its login instance, the wId, which changes at each login; what
 * stays is the wcId, by which the wId is looked up.
 */
import { type Connection, DriverError, type DriverSettings } from '../driver.ts';
import { type EcloudClient, isStale } from './client.ts';
import { type Fields, known, objects } from './fields.ts';

/** An account that is online. */
export type Online = { wcId: string; wId: string };

export type EcloudSession = {
  readonly client: EcloudClient;
  readonly settings: DriverSettings;
  /** Whose account it is, as the connection or an earlier login says; null before the first one. */
  person(): string | null;
  /** The account among those that are online, or null. Throws `DriverError`. */
  look(signal: AbortSignal): Promise<Online | null>;
  /** A login has succeeded. */
  entered(online: Online): void;
  /** The login instance of now, asked for where it is not known. Throws `DriverError`, certain. */
  wId(signal: AbortSignal): Promise<string>;
  /** The login instance is no longer good. */
  forget(): void;
  /** A call that only reads, once more with a new wId where the known one has ended. Throws `DriverError`. */
  read(route: string, body: Fields, signal: AbortSignal): Promise<unknown>;
};

export function ecloudSession(client: EcloudClient, connection: Connection, settings: DriverSettings): EcloudSession {
  const configured = known(connection['wcId']);
  const firstWId = known(connection['wId']);
  let wcId = configured ?? settings.self?.wxid ?? null;
  let wId: string | null = null;

  const session: EcloudSession = {
    client,
    settings,
    person: () => wcId,
    async look(signal) {
      const online = await onlineNow(client, signal);
      // Without a wcId the login instance that the connection names is a way to learn it.
      const found = online.find((one) => (wcId === null ? one.wId === firstWId : one.wcId === wcId)) ?? null;
      wId = found?.wId ?? null;
      if (found !== null) wcId = found.wcId;
      return found;
    },
    entered(online) {
      ({ wcId, wId } = online);
    },
    async wId(signal) {
      const found = wId ?? (await session.look(signal))?.wId;
      if (found !== undefined) return found;
      throw new DriverError('UPSTREAM_UNREACHABLE', 'the account is not online at E云', { certain: true, retry: true });
    },
    forget() {
      wId = null;
    },
    async read(route, body, signal) {
      const { callMs } = client.timings;
      try {
        return await client.call(route, { wId: await session.wId(signal), ...body }, callMs, signal);
      } catch (error) {
        if (!isStale(error)) throw error;
        session.forget();
        return client.call(route, { wId: await session.wId(signal), ...body }, callMs, signal);
      }
    },
  };
  return session;
}

/** Code 1001 is how queryLoginWx says that nobody is online. */
async function onlineNow(client: EcloudClient, signal: AbortSignal): Promise<Online[]> {
  try {
    const data = await client.call('queryLoginWx', {}, client.timings.callMs, signal);
    return objects(data).flatMap((one) => {
      const wcId = known(one['wcId']);
      const wId = known(one['wId']);
      return wcId === null || wId === null ? [] : [{ wcId, wId }];
    });
  } catch (error) {
    if (error instanceof DriverError && error.code === 'UPSTREAM_REJECTED' && error.certain) return [];
    throw error;
  }
}
