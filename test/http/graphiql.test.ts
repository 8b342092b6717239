import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { tabs } from '../../src/http/graphql/graphiql.ts';
import { queryLimits, tooLarge } from '../../src/http/graphql/query-limits.ts';
import { schema } from '../../src/schema/schema.ts';

test.each(tabs)('what the editor shows first is valid and within the limits: %s', (text) => {
  const document = parse(text, { maxTokens: queryLimits.tokens });
  expect(validate(schema, document)).toEqual([]);
  expect(tooLarge(document)).toBeNull();
});
