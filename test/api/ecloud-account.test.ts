import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, adminToken, startStack } from '../end-to-end/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const authorization = 'eyJhbGciOiJIUzUxMiJ9.a-secret';
const create = `mutation ($ecloud: EcloudInput!) { createAccount(input: { name: "云", connection: { ecloud: $ecloud } }) {
  account { id driver capabilities connection { __typename baseUrl ... on EcloudConnection { wcId wId } } } } }`;

describe('an account at E云', () => {
  it('shows where it is and never its Authorization', async () => {
    const ecloud = { baseUrl: 'http://127.0.0.1:9/', authorization, wcId: 'wxid_a' };
    const answer = await stack.query(create, { ecloud });
    expect(answer.data.createAccount.account).toMatchObject({
      driver: 'ECLOUD',
      capabilities: expect.arrayContaining(['SEND_TEXT', 'MENTION', 'QR_LOGIN']) as string[],
      connection: { __typename: 'EcloudConnection', baseUrl: 'http://127.0.0.1:9', wcId: 'wxid_a', wId: null },
    });
    expect(JSON.stringify(answer)).not.toContain(authorization);
  });

  it.each([
    ['authorization', { authorization: '' }],
    ['authorization', { authorization: 'two\nlines' }],
    ['authorization', { authorization: '密码' }],
    ['baseUrl', { baseUrl: 'ftp://x' }],
    ['wcId', { wcId: 'x'.repeat(101) }],
  ])('is refused for a wrong %s, which is not quoted', async (field, wrong) => {
    const ecloud = { baseUrl: 'http://127.0.0.1:9', authorization, ...wrong };
    const { errors } = await stack.query(create, { ecloud });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_INPUT', field: `connection.ecloud.${field}` });
    expect(JSON.stringify(errors)).not.toContain('密码');
  });

  it('can be made by the panel’s API', async () => {
    const response = await fetch(`${stack.gateway.url}/api/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
      body: JSON.stringify({ name: '面板', connection: { ecloud: { baseUrl: 'http://127.0.0.1:9', authorization } } }),
    });
    const text = await response.text();
    expect([response.status, text.includes('"success":true'), text.includes(authorization)]).toEqual([
      200,
      true,
      false,
    ]);
  });
});
