import { expect, test } from 'vitest';
import { createLog, safeUrl } from '../src/log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  write(createLog('info', { write: (line: string) => void (text += line) }));
  return text;
}

test('a line is JSON with level, time and words', () => {
  const line = logged((log) => log.info({ accountId: 7 }, 'hello'));
  expect(JSON.parse(line)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.+Z$/),
    accountId: 7,
    msg: 'hello',
  });
});

test('secret fields are hidden by their names, at any depth, in lines, in bindings and in errors', () => {
  const canary = 'canary-4f1c';
  const text = logged((log) => {
    log.info({ authorization: canary, headers: { Cookie: canary, 'X-API-Key': canary } }, 'request');
    log.info({ account: { connection: [{ secrets: { authorization: canary } }], token: canary } }, 'account');
    log.child({ token: canary, session: canary }).info('child');
    log.error({ err: Object.assign(new Error('failed'), { password: canary, config: { apiKey: canary } }) }, 'error');
    log.error(Object.assign(new Error('failed'), { secret: canary }));
  });
  expect(text).not.toContain(canary);
  expect(text).toContain('failed');
});

test('what only looks like a secret stays', () => {
  expect(JSON.parse(logged((log) => log.info({ tokenId: 3, accountId: 1 }, 'x')))).toMatchObject({ tokenId: 3 });
});

test('an address loses its secrets', () => {
  expect(safeUrl('/callback/abc?x=1&y=2')).toBe('/callback/…?x=…&y=…');
  expect(safeUrl('/t/abc/openwx/send_friend_message?content=hello')).toBe('/t/…/openwx/send_friend_message?content=…');
  expect(safeUrl('/sign-in/abc')).toBe('/sign-in/…');
  expect(safeUrl('https://user:word@wx.example/api/accounts/00001')).toBe('https://wx.example/api/accounts/00001');
  expect(safeUrl('/graphql')).toBe('/graphql');
});
