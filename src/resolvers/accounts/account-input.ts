/** Checks and shapes what makes an account: name, connection, pacing. */
import type { Account, Pacing } from '../../db/model.ts';
import { defaultPacing } from '../../db/model.ts';
import type { DriverKind, PchookDialect } from '../../words.ts';
import { isTimezone } from '../../config.ts';
import type { App } from '../app.ts';
import { GatewayError, badInput } from '../errors.ts';
import { readBaseUrl, readOptionalText, readRange, readText } from '../input.ts';

/** Exactly one of these is given. */
export type ConnectionInput = {
  ecloud?: EcloudInput | null;
  openwx?: { baseUrl: string; client?: string | null } | null;
  pchook?: PchookInput | null;
};

export type EcloudInput = { baseUrl: string; authorization: string; wcId?: string | null; wId?: string | null };
export type PchookInput = { baseUrl: string; dialect?: PchookDialect | null; timezone?: string | null };

export type PacingInput = {
  intervalMs?: number | null;
  jitterMs?: number | null;
  perDay?: number | null;
  paused?: boolean | null;
};

export type CheckedConnection = {
  driver: DriverKind;
  connection: Account['connection'];
  /** What must not be stored in the open. */
  secrets: Record<string, string>;
};

/** Throws BAD_INPUT for what cannot be a connection, UNSUPPORTED for a driver that this gateway does not have. */
export function readConnection(app: App, input: ConnectionInput): CheckedConnection {
  const given = Object.entries(input).filter(([, value]) => value !== null && value !== undefined);
  if (given.length !== 1) throw badInput('connection', 'A connection names exactly one upstream.');
  const checked = check(input);
  if (!app.drivers[checked.driver]) {
    throw new GatewayError('UNSUPPORTED', `This gateway has no driver ${checked.driver}.`, { field: 'connection' });
  }
  return checked;
}

function check({ ecloud, openwx, pchook }: ConnectionInput): CheckedConnection {
  if (ecloud) return checkEcloud(ecloud);
  if (pchook) return checkPchook(pchook);
  if (!openwx) throw badInput('connection', 'A connection names exactly one upstream.');
  return {
    driver: 'OPENWX',
    connection: {
      baseUrl: readBaseUrl('connection.openwx.baseUrl', openwx.baseUrl),
      client: readOptionalText('connection.openwx.client', openwx.client, 100),
    },
    secrets: {},
  };
}

function checkEcloud({ baseUrl, authorization, wcId, wId }: EcloudInput): CheckedConnection {
  const field = 'connection.ecloud';
  const secret = readText(`${field}.authorization`, authorization, 4000);
  if (!/^[\x20-\x7e]+$/.test(secret)) {
    throw badInput(`${field}.authorization`, `${field}.authorization must be ASCII, as the value of a header is.`);
  }
  return {
    driver: 'ECLOUD',
    connection: {
      baseUrl: readBaseUrl(`${field}.baseUrl`, baseUrl),
      wcId: readOptionalText(`${field}.wcId`, wcId, 100),
      wId: readOptionalText(`${field}.wId`, wId, 100),
    },
    secrets: { authorization: secret },
  };
}

function checkPchook({ baseUrl, dialect, timezone }: PchookInput): CheckedConnection {
  const field = 'connection.pchook';
  return {
    driver: 'PCHOOK',
    connection: {
      baseUrl: readBaseUrl(`${field}.baseUrl`, baseUrl),
      dialect: dialect ?? null,
      timezone: readTimezone(`${field}.timezone`, timezone),
    },
    secrets: {},
  };
}

function readTimezone(field: string, value: string | null | undefined): string | null {
  const name = readOptionalText(field, value, 100);
  if (name === null || isTimezone(name)) return name;
  throw badInput(field, `${field} must be the IANA name of a time zone, such as Asia/Shanghai.`);
}

/** The pacing after a change: a field that is left out stays, a null one goes back to its default. */
export function changePacing(now: Pacing, change: PacingInput | null): Pacing {
  if (change === null) return defaultPacing;
  const pick = <T>(value: T | null | undefined, current: T, initial: T): T =>
    value === undefined ? current : (value ?? initial);
  const pacing = {
    intervalMs: pick(change.intervalMs, now.intervalMs, defaultPacing.intervalMs),
    jitterMs: pick(change.jitterMs, now.jitterMs, defaultPacing.jitterMs),
    perDay: change.perDay === undefined ? now.perDay : change.perDay,
    paused: pick(change.paused, now.paused, defaultPacing.paused),
  };
  readRange('pacing.intervalMs', pacing.intervalMs, 0, 3_600_000);
  readRange('pacing.jitterMs', pacing.jitterMs, 0, 3_600_000);
  if (pacing.perDay !== null) readRange('pacing.perDay', pacing.perDay, 1, 1_000_000);
  return pacing;
}
