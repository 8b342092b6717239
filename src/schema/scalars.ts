import { GraphQLError } from 'graphql';
import { utcTime } from '../days.ts';
import { builder } from './builder.ts';

/** RFC 3339 with seconds and a zone; fractions as far as milliseconds count. */
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

builder.scalarType('DateTime', {
  description: 'RFC 3339 date and time; answered in UTC with milliseconds, such as `2026-11-22T04:00:00.000Z`.',
  serialize: utcTime,
  parseValue: (value) => {
    const at = typeof value === 'string' && rfc3339.test(value) && isDay(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(at)) {
      throw new GraphQLError('A DateTime is RFC 3339 text with a zone, such as "2026-11-22T12:00:00+08:00".', {
        extensions: { code: 'BAD_INPUT' },
      });
    }
    return at;
  },
});

/** Whether the date is one: `Date.parse` takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day) && new Date(day).toISOString().startsWith(text.slice(0, 10));
}

builder.scalarType('JSON', {
  description: 'Any JSON value; integers that need more than 53 bits are strings.',
  serialize: (value) => value,
});
