/** How the panel shows JSON that it was answered. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layOut } from '../web/src/docs/json-layout.ts';

it('an answer is laid out as JSON is, whatever is in it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(layOut(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    }),
  );
});

it('an id of WeChat keeps all its digits, and what is no JSON is not taken for it', () => {
  expect(layOut('{"newMsgId":7257313800000000001,"text":"a, \\"b\\": {1}"}')).toBe(
    '{\n  "newMsgId": 7257313800000000001,\n  "text": "a, \\"b\\": {1}"\n}',
  );
  expect(layOut('api not found')).toBeNull();
});
