/** Whatever is asked of each object of a list, the database is asked as often for twenty as for four. */
import BetterSqlite3 from 'better-sqlite3';
import {
  type GraphQLCompositeType,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/schema.ts';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { contactsFetched, dataOf, inRoom, receive, send } from './ask.ts';

let stack: Stack;
let ids: string[] = [];
let statements = 0;
let uncount: () => void;

beforeAll(async () => {
  stack = await startStack({
    simulator: { accounts: 3, friends: 30, rooms: 12, roomMembers: 5 },
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
  });
  await contactsFetched(stack);
  for (let i = 0; i < 40; i += 1) {
    const room = i % 2 === 0 ? inRoom(`@@r${i % 20}`, `群${i % 20}`) : {};
    const sender = { sender_id: `@s${i}`, sender_name: `人${i}`, sender: `人${i}` };
    await receive(stack, `第${i}条`, { account: i % 3, ...sender, ...room });
  }
  for (let i = 0; i < 20; i += 1) await send(stack, stack.accountIds, `发${i}`);
  for (let i = 0; i < 20; i += 1) {
    const text = `mutation ($ids: [ID!]!, $to: String) { createGroup(input: { name: "组", accountIds: $ids }) { cursor }
      createAccount(input: { name: "号", connection: { openwx: { baseUrl: "http://127.0.0.1:9" } }, defaultReceiver: $to }) { cursor }
      createWebhook(input: { url: "http://127.0.0.1:9/", types: [CONTACTS_SYNCED] }) { cursor }
      createApiToken(input: { name: "钥匙", scope: READ }) { secret } }`;
    dataOf(await stack.query(text, { ids: stack.accountIds, to: `谁${i}` }));
  }
  const { chats } = dataOf(await stack.query('{ chats(first: 20) { nodes { id } } }'));
  ids = (chats.nodes as { id: string }[]).map(({ id }) => id);

  const raw = new BetterSqlite3(':memory:');
  const statement = Object.getPrototypeOf(raw.prepare('select 1')) as Record<
    'all' | 'get',
    (...values: unknown[]) => unknown
  >;
  raw.close();
  const { all, get } = statement;
  const counting = (run: typeof all) =>
    function (this: unknown, ...values: unknown[]) {
      statements += 1;
      return run.apply(this, values);
    };
  Object.assign(statement, { all: counting(all), get: counting(get) });
  uncount = () => Object.assign(statement, { all, get });
});
afterAll(async () => {
  uncount();
  await stack.stop();
});

/** Fields of a type that can be asked for without more. */
const fieldsOf = (type: GraphQLCompositeType) =>
  isUnionType(type) ? [] : Object.values(type.getFields()).filter((field) => !field.args.some(isRequiredArgument));

/** Everything of a type; of lists three, of unions what has fields of its own. */
function everythingOf(type: GraphQLCompositeType, depth: number): string {
  const parts = ['__typename'];
  for (const field of fieldsOf(type)) {
    const named = getNamedType(field.type);
    if (!isCompositeType(named)) parts.push(field.name);
    else if (depth > 0) parts.push(`${listed(field.name, field.args)} { ${below(named, depth - 1)} }`);
  }
  for (const one of isObjectType(type) ? [] : schema.getPossibleTypes(type)) {
    const own = fieldsOf(one).filter(
      (field) => isCompositeType(getNamedType(field.type)) && !isShared(type, field.name),
    );
    const asked = own.map(
      (field) =>
        `${listed(field.name, field.args)} { ${below(getNamedType(field.type) as GraphQLObjectType, depth - 1)} }`,
    );
    if (depth > 0 && asked.length > 0) parts.push(`... on ${one.name} { ${asked.join(' ')} }`);
  }
  return parts.join(' ');
}

const isShared = (type: GraphQLCompositeType, name: string) => !isUnionType(type) && name in type.getFields();
const listed = (name: string, args: readonly { name: string }[]) =>
  args.some((arg) => arg.name === 'first') ? `${name}(first: 3)` : name;

function below(type: GraphQLCompositeType, depth: number): string {
  if (!('getFields' in type) || !('nodes' in type.getFields())) return everythingOf(type, depth);
  const node = getNamedType((type as GraphQLObjectType).getFields()['nodes']!.type) as GraphQLCompositeType;
  const count = 'totalCount' in (type as GraphQLObjectType).getFields() ? 'totalCount' : '';
  return `${count} nodes { ${everythingOf(node, depth)} }`;
}

/** A document for each field that has fields, of each list of the root. */
const documents = fieldsOf(schema.getQueryType()!).flatMap((list) => {
  if (!list.args.some((arg) => arg.name === 'first')) return [];
  const nodes = (getNamedType(list.type) as GraphQLObjectType).getFields()['nodes']!;
  return documentsOf(
    `query ($n: Int) { ${list.name}(first: $n) { nodes`,
    getNamedType(nodes.type) as GraphQLCompositeType,
    '} }',
    list.name,
  );
});
documents.push(
  ...documentsOf(
    'query ($ids: [ID!]!) { nodes(ids: $ids)',
    schema.getType('Chat') as GraphQLObjectType,
    '}',
    'nodes',
    '... on Chat',
  ),
);

function documentsOf(
  start: string,
  type: GraphQLCompositeType,
  finish: string,
  list: string,
  on = '',
): [string, string][] {
  const own = [type, ...(isObjectType(type) ? [] : schema.getPossibleTypes(type))].flatMap((one) =>
    fieldsOf(one)
      .filter((field) => isCompositeType(getNamedType(field.type)) && (one === type || !isShared(type, field.name)))
      .map((field): [string, string] => {
        const inner = `${listed(field.name, field.args)} { ${below(getNamedType(field.type) as GraphQLCompositeType, 1)} }`;
        const condition = one === type ? on : `... on ${one.name}`;
        return [
          `${list}.${one.name}.${field.name}`,
          `${start} { ${condition ? `${condition} { ${inner} }` : inner} } ${finish}`,
        ];
      }),
  );
  return [
    ...own,
    [
      `${list} alone`,
      `${start} { ${on ? `${on} { __typename` : ''} ${everythingOf(type, 0)} ${on ? '}' : ''} } ${finish}`,
    ],
  ];
}

/** How many statements a document takes; the fewest of three times, as the gateway has work of its own. */
async function statementsOf(text: string, n: number): Promise<number> {
  let fewest = Infinity;
  for (let time = 0; time < 3; time += 1) {
    statements = 0;
    dataOf(await stack.query(text, text.includes('$ids') ? { ids: ids.slice(0, n) } : { n }));
    fewest = Math.min(fewest, statements);
  }
  return fewest;
}

describe('a list', () => {
  it('is left out', () => {
    const lists = new Set(documents.map(([name]) => name.split(/[ .]/)[0]!));
    expect([...lists].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'accounts',
      'apiTokens',
      'chats',
      'contacts',
      'events',
      'groups',
      'logs',
      'messages',
      'nodes',
      'webhooks',
    ]);
    expect(documents.length).toBeGreaterThan(50);
  });

  it.each(documents)('%s: takes more statements the longer it is', async (_, text) => {
    const few = await statementsOf(text, 4);
    const many = await statementsOf(text, 20);
    // A kind of object that the first four do not have may come in.
    expect(many - few, text).toBeLessThanOrEqual(6);
    expect(many, text).toBeLessThanOrEqual(45);
  });
});
