import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonError, decimalId, parseJson, parseJsonVerbatim } from '../src/lossless-json.ts';

/** An array in an array, so many levels deep. */
function deep(levels: number): string {
  return `${'['.repeat(levels)}1497474118261484795${']'.repeat(levels)}`;
}

describe('parseJson', () => {
  it('does not round a 64-bit id to the nearest double', () => {
    expect(parseJson('{"id":1497474118261484795}')).toEqual({ id: '1497474118261484795' });
    expect(parseJson('[9007199254740991,9007199254740992,-9007199254740993]')).toEqual([
      9_007_199_254_740_991,
      '9007199254740992',
      '-9007199254740993',
    ]);
    expect(parseJson('1497474118261484795')).toBe('1497474118261484795');
  });

  it('leaves numbers with a fraction or an exponent and digits inside strings alone', () => {
    expect(parseJson('[1e20,1.5,123456789012345678901e-2,"a:1497474118261484795"]')).toEqual([
      1e20,
      1.5,
      Number('123456789012345678901e-2'),
      'a:1497474118261484795',
    ]);
  });

  it('lets no __proto__ into an object, however it is spelled', () => {
    for (const text of ['{"__proto__":{"a":1},"b":2}', String.raw`{"\u005f_proto__":{"a":1},"b":2}`]) {
      const parsed = parseJson(text) as object;
      expect(Object.keys(parsed)).toEqual(['b']);
      expect('a' in parsed).toBe(false);
    }
  });

  it('reads strings with raw control characters, which the hook posts', () => {
    expect(parseJson('{"a":"line\nnext\ttab\\"quote\u0001","b":\n1497474118261484795}')).toEqual({
      a: 'line\nnext\ttab"quote\u0001',
      b: '1497474118261484795',
    });
  });

  it('refuses nesting deeper than 32 levels before it parses, and counts no bracket inside a string', () => {
    expect(() => parseJson(deep(32))).not.toThrow();
    expect(() => parseJson(deep(33))).toThrow(expect.objectContaining({ name: 'JsonError', reason: 'DEPTH' }) as Error);
    expect(() => parseJson(deep(1_000_000))).toThrow(JsonError);
    expect(parseJson(JSON.stringify('['.repeat(100)))).toHaveLength(100);
  });

  it.each(['', '{"secret":"hunter2"', 'hunter2', '{"a":"hunter2}', '"\n', '{"a":\u0001"hunter2"}'])(
    'throws a JsonError for %j that does not quote it',
    (text) => {
      expect(() => parseJson(text)).toThrow(
        expect.objectContaining({
          name: 'JsonError',
          reason: 'SYNTAX',
          message: expect.not.stringContaining('hunter2'),
        }) as Error,
      );
    },
  );

  it('agrees with JSON.parse wherever no integer is long', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__') && !/\d{16}/.test(text));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('takes long integers for text wherever a value may stand', () => {
    const long = fc.constantFrom('1497474118261484795', '-9007199254740993');
    const leaf = fc.oneof(
      long.map((digits) => ({ text: digits, value: digits as unknown })),
      fc.oneof(fc.string(), fc.integer(), fc.constant('1497474118261484795, 1')).map((value) => ({
        text: JSON.stringify(value),
        value,
      })),
    );
    const space = fc.constantFrom('', ' ', '\n\t');
    const list = fc.array(fc.tuple(space, leaf, space), { maxLength: 5 }).map((items) => ({
      text: `[${items.map(([before, { text }, after]) => before + text + after).join(',')}]`,
      value: items.map(([, { value }]) => value),
    }));
    fc.assert(
      fc.property(fc.array(fc.tuple(space, list)), (fields) => {
        const text = `{${fields.map(([gap, one], n) => `"${n}"${gap}:${gap}${one.text}`).join(',')}}`;
        expect(parseJson(text)).toEqual(Object.fromEntries(fields.map(([, { value }], n) => [n, value])));
      }),
    );
  });

  it('makes nothing JSON that is none', () => {
    const piece = fc.constantFrom('1497474118261484795', '-9007199254740993', '"a"', ...'[]{},:" -0.e');
    const isRead = (parse: () => unknown): boolean => {
      try {
        parse();
        return true;
      } catch {
        return false;
      }
    };
    const id = '1497474118261484795';
    for (const text of [
      `{${id}:1}`,
      `{"a":1, ${id} : 1}`,
      `{"a":1,${id}}`,
      `[0${id}]`,
      `[${id}"a"]`,
      `[--${id}]`,
      `[${id} 1]`,
    ])
      expect(() => parseJson(text), text).toThrow(JsonError);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        expect([text, isRead(() => parseJson(text))]).toEqual([text, isRead(() => JSON.parse(text))]);
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps 100,000 unsigned 64-bit ids and their neighbours apart, as numbers, as texts and as signed numbers', () => {
    const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 2n });
    fc.assert(
      fc.property(fc.array(uint64, { minLength: 500, maxLength: 500 }), (ids) => {
        const all = ids.flatMap((id) => [id, id + 1n]);
        const signed = all.map((id) => BigInt.asIntN(64, id));
        const digits = all.map(String);
        for (const written of [digits, digits.map(quoted), signed.map(String), signed.map(String).map(quoted)]) {
          const read = (parseJson(`{"ids":[${written.join(',')}]}`) as { ids: unknown[] }).ids.map(decimalId);
          expect(read).toEqual(digits);
        }
        expect(new Set(digits).size).toBe(new Set(all).size);
      }),
      { numRuns: 100 },
    );
  });
});

const quoted = (text: string): string => `"${text}"`;

describe('parseJsonVerbatim', () => {
  it('writes every number again with the digits that it had', () => {
    const text = '{"id":1497474118261484795,"chunks":1.0,"e":1e400,"n":-0,"list":[9007199254740993,1]}';
    expect(JSON.stringify(parseJsonVerbatim(text))).toBe(text);
  });
});

describe('decimalId', () => {
  it('gives one form to an id, whatever it came as', () => {
    expect(decimalId(-1)).toBe('18446744073709551615');
    expect(decimalId('-9223372036854775808')).toBe('9223372036854775808');
    expect(decimalId(' 42 ')).toBe('42');
    expect(decimalId(-0)).toBe('0');
    expect(decimalId(18_446_744_073_709_551_615n)).toBe('18446744073709551615');
  });

  it('keeps text that is no 64-bit number, and takes nothing for an id that is none', () => {
    expect(decimalId('@f_alice')).toBe('@f_alice');
    expect(decimalId('18446744073709551616')).toBe('18446744073709551616');
    expect(decimalId('-9223372036854775809')).toBe('-9223372036854775809');
    expect(decimalId('9'.repeat(1_000_000))).toHaveLength(1_000_000);
    expect(decimalId(1.5)).toBe('1.5');
    expect(['', ' ', null, undefined, {}, [], true].map(decimalId)).toEqual(Array(7).fill(null));
  });
});
