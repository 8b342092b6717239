/** The log: JSON lines on standard error, without secrets. */
import { type DestinationStream, type Logger, destination, pino, stdSerializers } from 'pino';
import type { LogLevel } from './config.ts';

const hidden = '[hidden]';
const secretNames = [
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'token',
  'adminToken',
  'accessToken',
  'secret',
  'secrets',
  'secretKey',
  'apiKey',
  'api_key',
  'password',
  'session',
  'sealedSecrets',
  'sealedCallback',
  'callbackUrl',
];
const secretFields = new Set(secretNames.map((name) => name.toLowerCase()));

/** A logger that hides fields by their names, at any depth, and takes secrets out of addresses. `to` is for tests. */
export function createLog(level: LogLevel, to: DestinationStream = destination({ dest: 2, sync: true })): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => hideFields(fields, 0) as Record<string, unknown>,
      },
      serializers: {
        err: (error: unknown) => hideFields(describeError(error), 0),
        // What a child logger is bound to passes no formatter.
        ...Object.fromEntries(secretNames.map((name) => [name, () => hidden])),
        url: (url: unknown) => (typeof url === 'string' ? safeUrl(url) : url),
      },
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
