/**
 * One WeChat account within a developer account. Calls name its login instance, the wId, which changes at each login; what
 * stays is the wcId, by which the wId is looked up.
 */
import { type Connection, DriverError, type DriverSettings } from '../driver.ts';
import { type EcloudClient, isStale } from './client.ts';
import { type Fields, known, objects } from './fields.ts';
import { type CodeBox, codeBox } from './code-box.ts';

/** An account that is online. */
export type Online = { wcId: string; wId: string };

export type EcloudSession = {
  readonly client: EcloudClient;
  readonly settings: DriverSettings;
  /** Where a login waits for its verification code. */
  readonly codes: CodeBox;
  /** Whose account it is, as the connection or an earlier login says; null before the first one. */
  person(): string | null;
  /**
   * The account among those that are online, or null. While nobody knows whose account it is, that of the login instance:
   * of this one, else of the one that the connection names. Throws `DriverError`.
   */
  look(signal: AbortSignal, ofLogin?: string): Promise<Online | null>;
  /** A login has succeeded. */
  entered(online: Online): void;
  /** The login instance of now, asked for where it is not known. Throws `DriverError`, certain. */
  wId(signal: AbortSignal): Promise<string>;
  /** The login instance is no longer good. */
  forget(): void;
  /**
   * A call with the login instance of now, which is asked for first; once more with its successor where it has ended, since
   * nothing was done then. Throws `DriverError`.
   */
  ask(route: string, body: Fields, signal: AbortSignal, timeoutMs?: number): Promise<unknown>;
};

export function ecloudSession(client: EcloudClient, connection: Connection, settings: DriverSettings): EcloudSession {
  const configured = known(connection['wcId']);
  const firstWId = known(connection['wId']);
  let wcId = configured ?? settings.self?.wxid ?? null;
  let wId: string | null = null;

  const session: EcloudSession = {
    client,
    settings,
    codes: codeBox(),
    person: () => wcId,
    async look(signal, ofLogin) {
      const online = await onlineNow(client, signal);
      const instance = ofLogin ?? firstWId;
      const found = online.find((one) => (wcId === null ? one.wId === instance : one.wcId === wcId)) ?? null;
      wId = found?.wId ?? null;
      if (found !== null) wcId = found.wcId;
      return found;
    },
    entered(online) {
      ({ wcId, wId } = online);
    },
    async wId(signal) {
      const found = wId ?? (await beforehand(session.look(signal)))?.wId;
      if (found !== undefined) return found;
      throw new DriverError('UPSTREAM_UNREACHABLE', 'the account is not online at E云', { certain: true, retry: true });
    },
    forget() {
      wId = null;
    },
    async ask(route, body, signal, timeoutMs = client.timings.callMs) {
      try {
        return await client.call(route, { wId: await session.wId(signal), ...body }, timeoutMs, signal);
      } catch (error) {
        if (!isStale(error)) throw error;
        session.forget();
        return client.call(route, { wId: await session.wId(signal), ...body }, timeoutMs, signal);
      }
    },
  };
  return session;
}

/** What is asked before something is done: whatever fails there, nothing was done. */
export async function beforehand<Value>(question: Promise<Value>): Promise<Value> {
  try {
    return await question;
  } catch (error) {
    if (!(error instanceof DriverError) || error.certain) throw error;
    throw new DriverError(error.code, error.message, { certain: true, retry: error.retry, cause: error });
  }
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
