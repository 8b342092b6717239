import { expect, test } from 'vitest';
import { readFileName, withExtension } from '../../src/resolvers/media/file-name.ts';

test.each([
  ['报告 1.pdf', '报告 1.pdf'],
  ['C:\\fakepath\\a.png', 'a.png'],
  ['../../etc/passwd', 'passwd'],
  ['a\u0000b\r\n.png', 'ab.png'],
  [' .hidden ', '.hidden'],
  ['.', null],
  ['..', null],
  ['folder/', null],
  ['', null],
  [null, null],
])('the name of a file is safe to show and to store: %j', (given, name) => {
  expect(readFileName(given)).toBe(name);
});

test('a long name keeps its end', () => {
  const name = readFileName(`${'长'.repeat(300)}.docx`)!;
  expect([...name].length).toBe(200);
  expect(name).toMatch(/长\.docx$/);
});

test('a name that says nothing gets the end of what the file is', () => {
  expect(withExtension('photo', 'image/jpeg')).toBe('photo.jpg');
  expect(withExtension('photo.jpeg', 'image/png')).toBe('photo.jpeg');
  expect(withExtension('LICENSE', 'application/octet-stream')).toBe('LICENSE');
});
