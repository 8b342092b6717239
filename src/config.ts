/** The settings: read once from the environment, all mistakes together, by name. */
import { delimiter, dirname, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { type PchookDialect, pchookDialects } from './words.ts';

/** Where an account's upstream is and how to get in; what `ConnectionInput` of the API holds, secrets included. */
export type ConnectionSetting =
  | {
      ecloud: {
        baseUrl: string;
        authorization: string;
        wcId?: string | null | undefined;
        wId?: string | null | undefined;
      };
    }
  | { openwx: { baseUrl: string; client?: string | null | undefined } }
  | {
      pchook: {
        baseUrl: string;
        dialect?: PchookDialect | null | undefined;
        timezone?: string | null | undefined;
      };
    };

export type Config = {
  host: string;
  /** 0: the system picks one. */
  port: number;
  /** The SQLite file. */
  database: string;
  /** The environment's token; null: a first one is made and printed. */
  adminToken: string | null;
  /** Base of the addresses that the gateway gives out, without a slash at its end; null: from host and port (`addressOf`). */
  publicUrl: string | null;
  /** Path of the key file. */
  secretKey: string;
  defaultConnection: ConnectionSetting | null;
  /** Origins that browsers may call from, beside the gateway's own. */
  allowOrigins: readonly string[];
  /** Private hosts that addresses of media and webhooks may point to: `host`, which is any port of it, or `host:port`. */
  allowHosts: readonly string[];
  /** Folders that media may be sent from by their path. */
  mediaRoots: readonly string[];
  /** IANA name. */
  timezone: string;
  retentionDays: number;
  logLevel: LogLevel;
  maxSocketsPerToken: number;
  maxSocketsPerAddress: number;
  /** How many sends a token may queue a minute; null: any number. */
  sendPerMinute: number | null;
  /** How many callbacks an account may be posted a minute; null: any number. */
  callbacksPerMinute: number | null;
  /** Whether old clients may have their token in the address: `/t/<token>/…`. */
  pathTokens: boolean;
};

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What is wrong with the settings: one line for each variable, never with a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The settings are wrong:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

const webAddress = z.string().refine(isWebAddress);
const connection = z.union([
  z.strictObject({
    ecloud: z.strictObject({
      baseUrl: webAddress,
      authorization: z.string().regex(/^[\x20-\x7e]+$/),
      wcId: z.string().nullish(),
      wId: z.string().nullish(),
    }),
  }),
  z.strictObject({ openwx: z.strictObject({ baseUrl: webAddress, client: z.string().nullish() }) }),
  z.strictObject({
    pchook: z.strictObject({
      baseUrl: webAddress,
      dialect: z.enum(pchookDialects).nullish(),
      timezone: z.string().refine(isTimezone).nullish(),
    }),
  }),
]);

const settings = z.object({
  WXGRAPH_HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be an address or a host name, without a port')
    .default('127.0.0.1'),
  WXGRAPH_PORT: wholeNumber(0, 65_535).default(4000),
  WXGRAPH_DATABASE: z
    .string()
    .refine((path) => !/^[a-z]+:\/\//i.test(path), 'must be the path of an SQLite file')
    .default('data/wxgraph.db'),
  WXGRAPH_ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{8,512}$/, 'must be 8 to 512 visible ASCII characters, without spaces')
    .nullable()
    .default(null),
  WXGRAPH_PUBLIC_URL: z
    .string()
    .refine(isWebAddress, 'must be an http or https address without query, such as https://wx.example.org')
    .transform((address) => new URL(address).href.replace(/\/+$/, ''))
    .nullable()
    .default(null),
  WXGRAPH_SECRET_KEY: z.string().nullable().default(null),
  WXGRAPH_DEFAULT_CONNECTION: z
    .string()
    .transform((text, context): ConnectionSetting => {
      const read = connection.safeParse(readJson(text));
      if (read.success) return read.data;
      context.addIssue('must be JSON such as {"openwx": {"baseUrl": "http://127.0.0.1:3000", "client": null}}');
      return z.NEVER;
    })
    .nullable()
    .default(null),
  WXGRAPH_ALLOW_ORIGINS: list()
    .refine((origins) => origins.every(isOrigin), 'must be origins such as https://app.example.org, separated by ","')
    .default([]),
  WXGRAPH_ALLOW_HOSTS: list()
    .transform((hosts) => hosts.map((host) => host.toLowerCase()))
    .refine((hosts) => hosts.every(isHost), 'must be hosts such as nas.lan or 192.168.1.5:8080, separated by ","')
    .default([]),
  WXGRAPH_MEDIA_ROOTS: list(delimiter)
    .refine((roots) => roots.length > 0, `must be folders, separated by "${delimiter}"`)
    .default(['data/media']),
  WXGRAPH_TIMEZONE: z
    .string()
    .refine(isTimezone, 'must be the IANA name of a time zone, such as Asia/Shanghai')
    .default(() => new Intl.DateTimeFormat().resolvedOptions().timeZone),
  WXGRAPH_RETENTION_DAYS: wholeNumber(1, 36_500).default(30),
  WXGRAPH_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  WXGRAPH_MAX_SOCKETS_PER_TOKEN: wholeNumber(1, 1_000_000).default(20_000),
  WXGRAPH_MAX_SOCKETS_PER_ADDRESS: wholeNumber(1, 1_000_000).default(20_000),
  WXGRAPH_SEND_PER_MINUTE: wholeNumber(1, 1_000_000).nullable().default(null),
  WXGRAPH_CALLBACKS_PER_MINUTE: wholeNumber(1, 1_000_000).nullable().default(null),
  WXGRAPH_PATH_TOKENS: z.enum(['on', 'off'], 'must be on or off').default('off'),
});

/** The settings of this environment. Throws ConfigError with every mistake, typos in names included. Empty is as if not set. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const ours = Object.entries(env).filter(
    // WXGRAPH_TEST_… steer the tests alone.
    ([name, value]) => name.startsWith('WXGRAPH_') && !name.startsWith('WXGRAPH_TEST_') && value?.trim(),
  );
  const known = Object.keys(settings.shape);
  const mistakes = ours
    .filter(([name]) => !known.includes(name))
    .map(([name]) => `${name}: there is no such setting; there are ${known.join(', ')}`);

  const read = settings.safeParse(Object.fromEntries(ours.map(([name, value]) => [name, value?.trim()])));
  if (!read.success) mistakes.push(...read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  else if (mayGiveAway(read.data)) {
    mistakes.push('WXGRAPH_MEDIA_ROOTS: must be folders apart from the database, the key file and media-store');
  }
  if (!read.success || mistakes.length > 0) throw new ConfigError(mistakes);

  const from = read.data;
  return {
    host: from.WXGRAPH_HOST,
    port: from.WXGRAPH_PORT,
    database: from.WXGRAPH_DATABASE,
    adminToken: from.WXGRAPH_ADMIN_TOKEN,
    publicUrl: from.WXGRAPH_PUBLIC_URL,
    secretKey: secretKeyOf(from),
    defaultConnection: from.WXGRAPH_DEFAULT_CONNECTION,
    allowOrigins: from.WXGRAPH_ALLOW_ORIGINS,
    allowHosts: from.WXGRAPH_ALLOW_HOSTS,
    mediaRoots: from.WXGRAPH_MEDIA_ROOTS,
    timezone: from.WXGRAPH_TIMEZONE,
    retentionDays: from.WXGRAPH_RETENTION_DAYS,
    logLevel: from.WXGRAPH_LOG_LEVEL,
    maxSocketsPerToken: from.WXGRAPH_MAX_SOCKETS_PER_TOKEN,
    maxSocketsPerAddress: from.WXGRAPH_MAX_SOCKETS_PER_ADDRESS,
    sendPerMinute: from.WXGRAPH_SEND_PER_MINUTE,
    callbacksPerMinute: from.WXGRAPH_CALLBACKS_PER_MINUTE,
    pathTokens: from.WXGRAPH_PATH_TOKENS === 'on',
  };
}

type Settings = z.infer<typeof settings>;

function secretKeyOf({ WXGRAPH_SECRET_KEY: path, WXGRAPH_DATABASE: database }: Settings): string {
  return path ?? join(dirname(database), 'secret.key');
}

/** Whether somebody who may send could send the gateway's own files. */
function mayGiveAway(read: Settings): boolean {
  const { WXGRAPH_DATABASE: database, WXGRAPH_MEDIA_ROOTS: roots } = read;
  const own = [database, secretKeyOf(read), mediaFolderOf(database)].map((path) => resolve(path));
  return roots
    .map((root) => resolve(root))
    .some((root) => own.some((path) => isInside(root, path) || isInside(path, root)));
}

/** Where received and sent media are kept: beside the database. */
export function mediaFolderOf(database: string): string {
  return join(dirname(database), 'media-store');
}

/** Where a gateway that listens on this host and port is reached from its own machine. */
export function addressOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
}

function wholeNumber(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, message);
}

function list(separator = ',') {
  return z.string().transform((text) =>
    text
      .split(separator)
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );
}

/** `host` or `host:port`, in the form that an address shows it in. */
function isHost(text: string): boolean {
  const [, host, port] = /^(\[[^\]]*\]|[^:/?#@[*]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return host !== undefined && Number(port ?? 1) > 0 && URL.parse(`http://${text}`)?.hostname === host;
}

/** Whether the path is the folder, or in it. */
function isInside(folder: string, path: string): boolean {
  return `${path}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

function isWebAddress(text: string): boolean {
  const address = URL.parse(text);
  return (
    address !== null &&
    (address.protocol === 'http:' || address.protocol === 'https:') &&
    address.search === '' &&
    address.hash === '' &&
    address.username === ''
  );
}

function isOrigin(text: string): boolean {
  return isWebAddress(text) && URL.parse(text)?.origin === text;
}

/** Whether this is the IANA name of a time zone. */
export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
