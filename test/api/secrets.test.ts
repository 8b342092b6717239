import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, adminToken, startStack } from '../end-to-end/stack.ts';
import { contactsFetched, dataOf, makeToken, receive, send } from './ask.ts';

let stack: Stack;
let secrets: string[];
beforeAll(async () => {
  stack = await startStack();
  await contactsFetched(stack);
  await receive(stack, '你好');
  await send(stack, ['00001'], '发出');
  const token = await makeToken(stack, 'ADMIN');
  secrets = [adminToken, token.secret, stack.callbackUrls[0]!.split('/').at(-1)!];
});
afterAll(() => stack.stop());

type TypeRef = { kind: string; name: string | null; ofType: TypeRef | null };
type Field = { name: string; type: TypeRef; args: { name: string; type: TypeRef; defaultValue: string | null }[] };
type Type = { name: string; kind: string; fields: Field[] | null; possibleTypes: { name: string }[] | null };

function named(type: TypeRef): TypeRef {
  return type.ofType ? named(type.ofType) : type;
}

/** A selection of everything of a type down to a depth, without `without`. */
function everything(types: Map<string, Type>, name: string, depth: number, without: readonly string[]): string {
  const type = types.get(name)!;
  const own = (type.fields ?? []).flatMap((field) => {
    if (without.includes(field.name)) return [];
    if (field.args.some((arg) => arg.type.kind === 'NON_NULL' && arg.defaultValue === null)) return [];
    const inner = named(field.type);
    if (inner.kind === 'SCALAR' || inner.kind === 'ENUM') return [field.name];
    if (depth === 0) return [];
    const selection = everything(types, inner.name!, depth - 1, without);
    return selection === '' ? [] : [`${field.name} { ${selection} }`];
  });
  if (type.kind === 'OBJECT') return own.join(' ');
  return ['__typename'].concat(type.kind === 'INTERFACE' ? own : []).join(' ');
}

describe('a secret', () => {
  it('stands in an answer: of every field that an ADMIN can ask for', async () => {
    const { __schema } = dataOf(
      await stack.query(`{ __schema { types { name kind possibleTypes { name } fields { name
        type { ...T } args { name defaultValue type { kind } } } } } }
        fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`),
    );
    const types = new Map((__schema.types as Type[]).map((type) => [type.name, type]));
    const roots = types
      .get('Query')!
      .fields!.filter((field) => !field.args.some((arg) => arg.type.kind === 'NON_NULL' && arg.defaultValue === null));
    expect(roots.length).toBeGreaterThan(8);
    for (const root of roots) {
      const selection = everything(types, named(root.type).name!, 3, ['callbackUrl', 'nodes']);
      const text = `{ ${root.name} { ${selection} } }`;
      const answer = await stack.query(text);
      const words = JSON.stringify(answer);
      expect(answer.errors?.map((error) => error.extensions['code']) ?? [], text).not.toContain('INTERNAL');
      for (const secret of secrets) expect(words.includes(secret), root.name).toBe(false);
      expect(words).not.toMatch(/wxg_[0-9a-f]{16}/);
    }
  });

  it('stands in an error', async () => {
    const [, token, callback] = secrets;
    const tries = [
      stack.query('{ account(id: "x") { nope } }', {}, token),
      stack.query('query ($x: Int) { accounts(first: $x) { nodes { id } } }', { x: token }, token),
      stack.query('{ accounts(first: 500) { nodes { id } } }', {}, token),
    ];
    for (const answer of await Promise.all(tries)) {
      expect(answer.errors).toBeDefined();
      expect(JSON.stringify(answer.errors!.map((error) => error.extensions))).not.toContain(token);
    }
    const posted = await fetch(`${stack.gateway.url}/callback/${callback}`, { method: 'POST', body: '{' });
    expect(posted.status).toBe(400);
    expect(await posted.text()).not.toContain(callback);
  });

  it('stands in the database in the open', async () => {
    const { app } = stack.gateway;
    const [account] = await app.store.queries.accountsById([1]);
    const stored = JSON.stringify([
      account,
      await app.store.queries.tokens({ first: 10 }),
      await app.store.read(0, 500),
    ]);
    for (const secret of secrets) expect(stored).not.toContain(secret);
  });
});
