import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { qrModules } from '../../src/simulator/qr-code.ts';

test('a login address becomes the code that a reader was seen to read', () => {
  const rows = qrModules('https://login.weixin.qq.com/l/abcdef1234==').map((row) =>
    row.map((dark) => (dark ? '#' : '.')).join(''),
  );
  expect(rows).toHaveLength(29);
  expect(rows[0]).toMatch(/^#######\..*\.#######$/);
  const digest = createHash('sha256').update(rows.join('\n')).digest('hex');
  expect(digest).toBe('0028a546037cf87212e7cdb8b7372a1d1b535b7df38f6abb79de2766a59c05f4');
});

test('what does not fit is refused', () => {
  expect(() => qrModules('x'.repeat(54))).toThrow(RangeError);
});
