/** Documents of the old systems' routes: a row a route, and what its fields mean said once for all of them. */
import type { Content, Effect, Operation, Parameter, Paths, Schema, Text } from './shape.ts';

export type Tag = 'login' | 'contacts' | 'rooms' | 'sending' | 'callbacks';

export type Row = {
  name: string;
  tag: Tag;
  effect: Effect;
  summary: Text;
  /** Fields with their values of the example. */
  needed: Readonly<Record<string, string | readonly string[]>>;
  optional: readonly string[];
};

const rowsThat =
  (effect: Effect) =>
  (
    name: string,
    tag: Tag,
    zh: string,
    en: string,
    needed: Row['needed'] = {},
    optional: Row['optional'] = [],
  ): Row => ({ name, tag, effect, summary: { zh, en }, needed, optional });

export const reads = rowsThat('reads');
export const changes = rowsThat('changes');
export const sends = rowsThat('sends');

export type Face = {
  /** What stands before a route's name. */
  prefix: string;
  /** Of every route: what is in its path. */
  parameters?: readonly Parameter[];
  /** How fields are given: in the query or, where something is done, a form; or as JSON always. */
  style: 'form' | 'json';
  fields: Readonly<Record<string, Text>>;
  answer: { text: Text; example: unknown };
  rows: readonly Row[];
};

export const tagWords: Readonly<Record<Tag, Text>> = {
  login: { zh: '账号与登录', en: 'Accounts and login' },
  contacts: { zh: '联系人', en: 'Contacts' },
  rooms: { zh: '群聊', en: 'Chat rooms' },
  sending: { zh: '消息', en: 'Messages' },
  callbacks: { zh: '回调与事件', en: 'Callbacks and events' },
};

export function facePaths(face: Face): Paths {
  return Object.fromEntries(
    face.rows.map((row) => {
      const isGet = face.style === 'form' && row.effect === 'reads';
      return [face.prefix + row.name, { [isGet ? 'get' : 'post']: operationOf(face, row, isGet) }];
    }),
  );
}

function operationOf(face: Face, row: Row, isGet: boolean): Operation {
  const { name, tag, effect, summary, needed, optional } = row;
  const parameters = [...(face.parameters ?? []), ...(isGet ? queryOf(face, row) : [])];
  const hasBody = !isGet && (face.style === 'json' || Object.keys(needed).length + optional.length > 0);
  return {
    operationId: name.replace('/', '_'),
    tags: [tag],
    summary,
    'x-effect': effect,
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody && { requestBody: { content: bodyOf(face, row) } }),
    responses: {
      '200': {
        description: face.answer.text,
        content: { 'application/json': { schema: {}, example: face.answer.example } },
      },
    },
  };
}

function queryOf({ fields }: Face, { needed, optional }: Row): Parameter[] {
  const parameter = (name: string): Omit<Parameter, 'required'> => ({
    name,
    in: 'query',
    description: fields[name]!,
    schema: { type: 'string' },
  });
  return [
    ...Object.entries(needed).map(([name, example]) => ({
      ...parameter(name),
      required: true,
      example: String(example),
    })),
    ...optional.map(parameter),
  ];
}

function bodyOf({ style, fields }: Face, { needed, optional }: Row): Readonly<Record<string, Content>> {
  const given = Object.entries(needed);
  const schema: Schema = {
    type: 'object',
    required: given.map(([name]) => name),
    properties: Object.fromEntries([
      ...given.map(([name, example]) => [name, fieldOf(fields[name]!, typeof example !== 'string')] as const),
      ...optional.map((name) => [name, fieldOf(fields[name]!, false)] as const),
    ]),
  };
  if (style === 'json') return { 'application/json': { schema, example: needed } };
  const form = given.map(([name, example]) => `${name}=${String(example)}`).join('&');
  return { 'application/x-www-form-urlencoded': { schema, example: form } };
}

function fieldOf(description: Text, isList: boolean): Schema {
  return isList ? { type: 'array', items: { type: 'string' }, description } : { type: 'string', description };
}
