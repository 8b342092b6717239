import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, adminToken, startStack } from '../end-to-end/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** The audits of the GraphQL-over-HTTP working group, with the token in every request. */
const audits = serverAudits({
  url: () => `${stack.gateway.url}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${adminToken}` };
    return fetch(url, { ...init, headers });
  },
});

/** What we do not follow, each for a reason. */
const declined: Record<string, string> = {
  'MAY accept application/x-www-form-urlencoded formatted GET requests': 'a GET with an operation is 405',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json':
    'a GET with an operation is 405',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json':
    'a GET with an operation is 405',
  'MAY use 400 status code when request body is missing on POST': 'without a body there is no content type: 415',
  'SHOULD use 400 status code on JSON parsing failure when accepting application/json':
    'yoga answers 200 to application/json; 400 to application/graphql-response+json',
};

describe('GraphQL over HTTP', () => {
  it.each(audits.filter((audit) => audit.name.startsWith('MUST')).map((audit) => [audit.name, audit] as const))(
    'breaks: %s',
    async (_, audit) => {
      const result = await audit.fn();
      expect(result.status, JSON.stringify(result)).toBe('ok');
    },
  );

  it('follows other recommendations than are known', async () => {
    const failed: Record<string, string> = {};
    for (const audit of audits) {
      const result = await audit.fn();
      if (result.status !== 'ok') failed[audit.name] = result.reason;
    }
    expect(Object.keys(failed).toSorted()).toEqual(Object.keys(declined).toSorted());
  });
});
