import { describe, expect, test } from 'vitest';
import { ConfigError, addressOf, readConfig } from '../src/config.ts';

const mistakesOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
};

test('without settings it listens on loopback and keeps its files together', () => {
  expect(readConfig({ PATH: '/bin', HOME: '/root' })).toEqual({
    host: '127.0.0.1',
    port: 4000,
    database: 'data/wxgraph.db',
    adminToken: null,
    publicUrl: null,
    secretKey: 'data/secret.key',
    defaultConnection: null,
    allowOrigins: [],
    allowHosts: [],
    mediaRoots: ['data/media'],
    timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    retentionDays: 30,
    logLevel: 'info',
    maxSocketsPerToken: 20_000,
    maxSocketsPerAddress: 20_000,
    sendPerMinute: null,
    callbacksPerMinute: null,
    pathTokens: false,
  });
});

test('every setting is read', () => {
  expect(
    readConfig({
      WXGRAPH_HOST: '0.0.0.0',
      WXGRAPH_PORT: '0',
      WXGRAPH_DATABASE: '/srv/wx/gateway.db',
      WXGRAPH_ADMIN_TOKEN: 'a-token-of-mine',
      WXGRAPH_PUBLIC_URL: 'https://wx.example.org/',
      WXGRAPH_DEFAULT_CONNECTION: '{"openwx":{"baseUrl":"http://127.0.0.1:3000"}}',
      WXGRAPH_ALLOW_ORIGINS: 'https://a.example, http://localhost:5173',
      WXGRAPH_ALLOW_HOSTS: 'NAS.lan, 192.168.1.5:8080,[fd00::1]:80',
      WXGRAPH_MEDIA_ROOTS: '/srv/wx/media:pictures',
      WXGRAPH_TIMEZONE: 'Asia/Shanghai',
      WXGRAPH_RETENTION_DAYS: '7',
      WXGRAPH_LOG_LEVEL: 'debug',
      WXGRAPH_MAX_SOCKETS_PER_TOKEN: '20',
      WXGRAPH_MAX_SOCKETS_PER_ADDRESS: '50',
      WXGRAPH_SEND_PER_MINUTE: '600',
      WXGRAPH_CALLBACKS_PER_MINUTE: '6000',
      WXGRAPH_PATH_TOKENS: 'on',
    }),
  ).toEqual({
    host: '0.0.0.0',
    port: 0,
    database: '/srv/wx/gateway.db',
    adminToken: 'a-token-of-mine',
    publicUrl: 'https://wx.example.org',
    secretKey: '/srv/wx/secret.key',
    defaultConnection: { openwx: { baseUrl: 'http://127.0.0.1:3000' } },
    allowOrigins: ['https://a.example', 'http://localhost:5173'],
    allowHosts: ['nas.lan', '192.168.1.5:8080', '[fd00::1]:80'],
    mediaRoots: ['/srv/wx/media', 'pictures'],
    timezone: 'Asia/Shanghai',
    retentionDays: 7,
    logLevel: 'debug',
    maxSocketsPerToken: 20,
    maxSocketsPerAddress: 50,
    sendPerMinute: 600,
    callbacksPerMinute: 6000,
    pathTokens: true,
  });
  expect(readConfig({ WXGRAPH_SECRET_KEY: '/run/key' }).secretKey).toBe('/run/key');
});

test('the default connection may be any upstream’s, E云 with its secret', () => {
  const ecloud = { baseUrl: 'http://127.0.0.1:9899', authorization: 'eyJ.x', wcId: 'wxid_a' };
  const read = readConfig({ WXGRAPH_DEFAULT_CONNECTION: JSON.stringify({ ecloud }) });
  expect(read.defaultConnection).toEqual({ ecloud });
});

test('an empty setting is as if it were not there', () => {
  expect(readConfig({ WXGRAPH_PORT: '', WXGRAPH_ADMIN_TOKEN: ' ', WXGRAPH_PUBLIC_URL: '' })).toEqual(readConfig({}));
});

test('all mistakes come together, each by its name', () => {
  const mistakes = mistakesOf({
    WXGRAPH_PORT: '65536',
    WXGRAPH_PROT: '4000',
    WXGRAPH_TIMEZONE: 'Mars/Olympus',
    WXGRAPH_LOG_LEVEL: 'loud',
    WXGRAPH_DEFAULT_CONNECTION: '{"ecloud":{"baseUrl":"http://x"}}',
  });
  expect(mistakes.map((mistake) => mistake.split(':')[0])).toEqual([
    'WXGRAPH_PROT',
    'WXGRAPH_PORT',
    'WXGRAPH_DEFAULT_CONNECTION',
    'WXGRAPH_TIMEZONE',
    'WXGRAPH_LOG_LEVEL',
  ]);
});

test('a default connection may be to a PC hook', () => {
  const pchook = { baseUrl: 'http://127.0.0.1:30001', dialect: 'NEWEST', timezone: 'Asia/Shanghai' };
  expect(readConfig({ WXGRAPH_DEFAULT_CONNECTION: JSON.stringify({ pchook }) }).defaultConnection).toEqual({ pchook });
  for (const wrong of [{ dialect: 'V40' }, { timezone: 'Mars/Olympus' }, { baseUrl: 'x' }]) {
    const mistakes = mistakesOf({ WXGRAPH_DEFAULT_CONNECTION: JSON.stringify({ pchook: { ...pchook, ...wrong } }) });
    expect(mistakes).toEqual([expect.stringContaining('must be JSON')]);
  }
});

test.each([
  ['WXGRAPH_PORT', ['-1', '4000.5', '0x10', 'port', '99999']],
  ['WXGRAPH_HOST', ['http://127.0.0.1', '127.0.0.1/24']],
  ['WXGRAPH_DATABASE', ['postgres://localhost/wx']],
  [
    'WXGRAPH_PUBLIC_URL',
    ['wx.example.org', 'ftp://wx.example.org', 'https://wx.example.org/?a=b', 'https://u:p@wx.example.org'],
  ],
  ['WXGRAPH_ALLOW_ORIGINS', ['*', 'https://a.example/', 'https://a.example/path', 'a.example', 'null']],
  ['WXGRAPH_ALLOW_HOSTS', ['http://nas.lan', 'nas.lan/x', '*', 'nas.lan:0', 'nas.lan:99999', '10.0.0.0/8', 'a b']],
  ['WXGRAPH_MEDIA_ROOTS', [':', 'data', './data/', '/', 'data/media-store', 'media:data/media-store/00']],
  ['WXGRAPH_TIMEZONE', ['Shanghai', 'UTC+25']],
  ['WXGRAPH_RETENTION_DAYS', ['0', '-1', '1e3', 'forever']],
  ['WXGRAPH_MAX_SOCKETS_PER_TOKEN', ['0']],
  ['WXGRAPH_ADMIN_TOKEN', ['short', 'has a space in it', 'ünïcödé-token']],
  [
    'WXGRAPH_DEFAULT_CONNECTION',
    ['{', '{}', '[]', '{"openwx":{}}', '{"openwx":{"baseUrl":"x"}}', '{"openwx":{"baseUrl":"http://x","port":1}}'],
  ],
])('%s: what does not fit is a mistake', (name, values) => {
  for (const value of values) {
    const mistakes = mistakesOf({ [name]: value });
    expect([value, ...mistakes]).toEqual([value, expect.stringMatching(`^${name}: must be `)]);
  }
});

describe('what is secret', () => {
  test('stands in no message', () => {
    const mistakes = mistakesOf({
      WXGRAPH_ADMIN_TOKEN: 'a secret with spaces',
      WXGRAPH_DEFAULT_CONNECTION: '{"ecloud":{"baseUrl":"no","authorization":"a secret"}}',
    });
    expect(mistakes).toHaveLength(2);
    expect(mistakes.join()).not.toContain('secret');
  });
});

test('an address is shown as one that works on this machine', () => {
  expect(addressOf('127.0.0.1', 4000)).toBe('http://127.0.0.1:4000');
  expect(addressOf('0.0.0.0', 80)).toBe('http://127.0.0.1:80');
  expect(addressOf('::1', 4000)).toBe('http://[::1]:4000');
});
