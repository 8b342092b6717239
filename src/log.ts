/** The log: JSON lines on standard error, without secrets. */
import { type DestinationStream, type Logger, destination, pino, stdSerializers } from 'pino';
import type { LogLevel } from './config.ts';

const hidden = '[hidden]';
const secretFields = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'xapikey',
  'token',
  'admintoken',
  'accesstoken',
  'secret',
  'secrets',
  'secretkey',
  'apikey',
  'api_key',
  'password',
  'session',
  'connectionsecrets',
  'sealedsecrets',
  'sealedcallback',
  'callbackurl',
]);

/** A logger that hides fields by their names, at any depth, and takes secrets out of addresses. `to` is for tests. */
export function createLog(level: LogLevel, to: DestinationStream = destination({ dest: 2, sync: true })): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        bindings: (fields) => hideFields(fields, 0) as Record<string, unknown>,
        log: (fields) => hideFields(fields, 0) as Record<string, unknown>,
      },
      serializers: { err: (error: unknown) => hideFields(describeError(error), 0) },
    },
    to,
  );
}

/** An address as it may be logged: callback secrets, path tokens, sign-in links and the values of a query are left out. */
export function safeUrl(url: string): string {
  const [path = '', query] = url.split('?', 2);
  const shown = path.replace(/\/(callback|t|sign-in)\/[^/]+/g, '/$1/…').replace(/\/\/[^/@]*@/, '//');
  if (query === undefined || query === '') return shown;
  return `${shown}?${query
    .split('&')
    .map((pair) => `${pair.split('=', 1)[0]}=…`)
    .join('&')}`;
}

function hideFields(value: unknown, depth: number): unknown {
  if (value instanceof Error) return hideFields(describeError(value), depth);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (value instanceof Date || value instanceof Uint8Array)
    return value instanceof Date ? value : `${value.length} bytes`;
  if (depth > 6) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => hideFields(item, depth + 1));
  const shown: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (secretFields.has(name.toLowerCase()) && field !== null && field !== undefined && typeof field !== 'number') {
      shown[name] = hidden;
    } else if ((name === 'url' || name === 'address') && typeof field === 'string') {
      shown[name] = safeUrl(field);
    } else {
      shown[name] = hideFields(field, depth + 1);
    }
  }
  return shown;
}

function describeError(error: unknown): unknown {
  return error instanceof Error ? { ...stdSerializers.errWithCause(error) } : error;
}
