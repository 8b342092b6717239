import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, adminToken, startStack } from '../end-to-end/stack.ts';
import { dataOf, expectError, makeToken } from './ask.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ simulator: { accounts: 2, friends: 1, rooms: 0 } });
});
afterAll(() => stack.stop());

const viewer = '{ viewer { scope accountIds token { id name scope accountIds createdAt lastUsedAt expiresAt } } }';
const create = (input: object) =>
  stack.query(
    `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
      secret token { id name scope accountIds createdAt lastUsedAt expiresAt }
    } }`,
    { input },
  );

describe('createApiToken', () => {
  it('makes another token than it was asked for, or one that does not work', async () => {
    const expiresAt = new Date(Date.now() + 3600_000).toISOString();
    const input = { name: '只读', scope: 'READ', accountIds: ['00002', '00002'], expiresAt };
    const { token, secret } = dataOf(await create(input)).createApiToken;
    expect(secret).toMatch(/^wxg_[0-9a-f]{64}$/);
    expect(token).toEqual({
      id: expect.stringMatching(/^tok_\d+$/),
      name: '只读',
      scope: 'READ',
      accountIds: ['00002'],
      createdAt: expect.any(String),
      lastUsedAt: null,
      expiresAt,
    });
    const seen = dataOf(await stack.query(viewer, {}, secret)).viewer;
    expect(seen).toMatchObject({ scope: 'READ', accountIds: ['00002'], token: { id: token.id } });
    expect(dataOf(await stack.query(viewer)).viewer).toMatchObject({
      scope: 'ADMIN',
      accountIds: null,
      token: { name: 'environment' },
    });
  });

  it.each([
    [{ name: '', scope: 'READ' }, 'BAD_INPUT', 'name'],
    [{ name: 'x'.repeat(51), scope: 'READ' }, 'BAD_INPUT', 'name'],
    [{ name: 'x', scope: 'ADMIN', accountIds: ['00001'] }, 'BAD_INPUT', 'accountIds'],
    [{ name: 'x', scope: 'ADMIN', accountIds: [] }, 'BAD_INPUT', 'accountIds'],
    [{ name: 'x', scope: 'READ', expiresAt: '2001-01-01T00:00:00Z' }, 'BAD_INPUT', 'expiresAt'],
    [{ name: 'x', scope: 'READ', accountIds: ['00001', '99999'] }, 'NOT_FOUND', undefined],
    [{ name: 'x', scope: 'READ', accountIds: ['x'] }, 'NOT_FOUND', undefined],
    [{ name: 'x', scope: 'OWNER' }, 'BAD_INPUT', undefined],
    [{ name: 'x' }, 'BAD_INPUT', undefined],
  ])('makes a token of %j', async (input, code, field) => {
    const count = async () => dataOf(await stack.query('{ apiTokens { totalCount } }')).apiTokens.totalCount as number;
    const before = await count();
    expectError(await create(input), code, field === undefined ? {} : { field });
    expect(await count()).toBe(before);
  });

  it('makes a token for no account that sees one', async () => {
    const { secret } = await makeToken(stack, 'READ', { accountIds: [] });
    const data = dataOf(
      await stack.query('{ viewer { accountIds } accounts { totalCount } contacts { totalCount } }', {}, secret),
    );
    expect(data).toEqual({ viewer: { accountIds: [] }, accounts: { totalCount: 0 }, contacts: { totalCount: 0 } });
  });
});

describe('revokeApiToken', () => {
  it('leaves the token working, or listed', async () => {
    const { id, secret } = await makeToken(stack, 'SEND');
    dataOf(await stack.query(viewer, {}, secret));
    const revoke = () => stack.query('mutation ($id: ID!) { revokeApiToken(id: $id) { deletedId cursor } }', { id });
    expect(dataOf(await revoke()).revokeApiToken.deletedId).toBe(id);
    expectError(await stack.query(viewer, {}, secret), 'UNAUTHENTICATED');
    expectError(await revoke(), 'NOT_FOUND');
    expectError(await stack.query('query ($id: ID!) { node(id: $id) { id } }', { id }), 'NOT_FOUND');
    const { apiTokens } = dataOf(await stack.query('{ apiTokens(first: 100) { nodes { id } } }'));
    expect(apiTokens.nodes).not.toContainEqual({ id });
  });

  it('ends more tokens than the one that was named', async () => {
    const [one, other] = [await makeToken(stack, 'READ'), await makeToken(stack, 'READ')];
    dataOf(await stack.query('mutation ($id: ID!) { revokeApiToken(id: $id) { deletedId } }', { id: one.id }));
    dataOf(await stack.query(viewer, {}, other.secret));
    dataOf(await stack.query(viewer, {}, adminToken));
    for (const id of ['tok_999999', 'x', 'con_1', '']) {
      expectError(
        await stack.query('mutation ($id: ID!) { revokeApiToken(id: $id) { deletedId } }', { id }),
        'NOT_FOUND',
      );
    }
  });
});
