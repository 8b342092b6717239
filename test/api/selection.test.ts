/** Lists read of their objects no more than is selected. */
import { type GraphQLObjectType, getNamedType, isLeafType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/schema.ts';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { contactsFetched, dataOf, send } from './ask.ts';

let stack: Stack;
let jobId: string;

beforeAll(async () => {
  stack = await startStack({ simulator: { accounts: 1, friends: 2 } });
  await contactsFetched(stack);
  const sent = await send(stack, stack.accountIds, '发出', ['filehelper']);
  const again = 'mutation ($id: ID!) { resend(input: { logId: $id, waitMs: 20000 }) { job { id } } }';
  const { job } = dataOf(await stack.query(again, { id: sent.job.logs.nodes[0]!.id })).resend as {
    job: { id: string };
  };
  jobId = job.id;
  const whole = 'query ($id: ID!) { sendJob(id: $id) { logs { nodes { message { id } } } } }';
  await stack.until(async () => dataOf(await stack.query(whole, { id: jobId })).sendJob.logs.nodes[0].message !== null);
});
afterAll(() => stack.stop());

/** Every field of a line of the send log, as it is selected. */
const fields = Object.values((schema.getType('SendLog') as GraphQLObjectType).getFields()).map(({ name, type }) =>
  isLeafType(getNamedType(type)) ? name : `${name} { id }`,
);

/** The same line in each of its lists, by `nodes` or by `edges`. */
const lists: Record<string, (selected: string) => string> = {
  'all of them': (selected) => `logs(filter: { jobIds: ["${jobId}"] }) { nodes { ${selected} } }`,
  'those of an account': (selected) =>
    `accounts { nodes { logs(filter: { jobIds: ["${jobId}"] }) { edges { node { ...Asked } } } } } } fragment Asked on SendLog { ... { ${selected} }`,
  'those of a job': (selected) =>
    `sendJob(id: "${jobId}") { logs { nodes { ... on Node { __typename } ${selected} } } }`,
};

describe.for(Object.entries(lists))('a field alone is something else than among all of them, in %s', ([, list]) => {
  it.for(fields)('%s', async (field) => {
    const ask = async (selected: string) => JSON.stringify(dataOf(await stack.query(`{ ${list(selected)} }`)));
    // All of them together are read whole, as some do not say what they are made of.
    const whole = JSON.parse(await ask(fields.join(' ')), (_, value: unknown) =>
      isLine(value)
        ? { ...('__typename' in value && { __typename: value.__typename }), [nameOf(field)]: value[nameOf(field)] }
        : value,
    ) as unknown;
    expect(JSON.parse(await ask(field))).toEqual(whole);
  });
});

function nameOf(field: string): string {
  return field.split(' ')[0]!;
}

function isLine(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'receiver' in value;
}
