/** A route with what it is called with: as an address, as what `fetch` takes, and as a command for a shell. */
import type { Parameter } from '../../../src/rest/openapi/shape.ts';
import type { Route } from './document.ts';

export type Filled = {
  /** By the names of parameters; empty: left out. */
  values: Readonly<Record<string, string>>;
  /** The media type of the body; null: it has none. */
  type: string | null;
  body: string;
  /** Where the body is a file, or a form with one. */
  file: File | null;
};

export type Example = { title: string; filled: Filled };

/** The documented examples of a request, `accountIds` in the place of the accounts that they speak of. */
export function examplesOf({ operation }: Route, accountIds: readonly string[]): Example[] {
  const own = (text: string): string => {
    const [first, second = first] = accountIds;
    return first === undefined ? text : text.replaceAll('00001', first).replaceAll('00002', second!);
  };
  const { parameters = [], requestBody } = operation;
  const values = Object.fromEntries(
    parameters.map(({ name, example }) => [name, example === undefined ? '' : own(String(example))]),
  );
  const empty = { values, type: null, body: '', file: null };
  if (!requestBody) return [{ title: 'curl', filled: empty }];
  return Object.entries(requestBody.content).flatMap(([type, { example, examples }]) => {
    const all = examples ? Object.values(examples) : [{ summary: type, value: example }];
    return all.map(({ summary, value }) => ({
      title: summary,
      filled: { ...empty, type, body: own(takesFile(type) ? fileIn(value) : textOf(value)) },
    }));
  });
}

/** Whether the body is a file, or a form that holds one. */
export function takesFile(type: string | null): boolean {
  return type === 'multipart/form-data' || type === 'application/octet-stream';
}

/** `@name`, as curl names a file. */
function fileIn(value: unknown): string {
  return typeof value === 'string' ? value : (Object.values(value as Record<string, string>)[0] ?? '');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** On the gateway itself: there is no other address. */
export function addressOf({ path, operation: { parameters = [] } }: Route, { values }: Filled): string {
  const place = given(parameters, values, 'path').reduce(
    (url, [name, value]) => url.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  );
  const query = given(parameters, values, 'query').map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return query.length === 0 ? place : `${place}?${query.join('&')}`;
}

/** Null for `token`: as who is signed in. */
export function requestOf({ method, operation: { parameters = [] } }: Route, filled: Filled, token: string | null) {
  const { type, body, file, values } = filled;
  const headers = Object.fromEntries(given(parameters, values, 'header'));
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  // The browser names the boundary of a form itself.
  if (type !== null && type !== 'multipart/form-data') headers['content-type'] = type;
  return {
    method,
    headers,
    body: type === null ? null : takesFile(type) ? withFile(type, file) : body,
    credentials: token === null ? 'same-origin' : 'omit',
  } as const;
}

function withFile(type: string, file: File | null): FormData | File | null {
  if (type !== 'multipart/form-data' || file === null) return file;
  const form = new FormData();
  form.set('file', file);
  return form;
}

export function curlOf(route: Route, filled: Filled): string {
  const { method, path, operation } = route;
  const { type, body, file, values } = filled;
  const stream = path === '/events' ? ' -N' : '';
  const verb = method === 'GET' || (method === 'POST' && type !== null) ? '' : ` -X ${method}`;
  const lines = [`curl${stream}${verb} ${quoted(location.origin + addressOf(route, filled))}`];
  if (!operation.security) lines.push(`-H "Authorization: Bearer $TOKEN"`);
  for (const [name, value] of given(operation.parameters ?? [], values, 'header'))
    lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  const name = file === null ? body : `@${file.name}`;
  if (type === 'multipart/form-data') lines.push(`-F ${quoted(`file=${name}`)}`);
  else if (takesFile(type)) lines.push(`-H 'Content-Type: ${type}'`, `--data-binary ${quoted(name)}`);
  else if (type !== null) {
    // Without a word curl calls it a form.
    if (type !== 'application/x-www-form-urlencoded') lines.push(`-H 'Content-Type: ${type}'`);
    lines.push(`-d ${quoted(body)}`);
  }
  return lines.join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function given(
  parameters: readonly Parameter<string>[],
  values: Filled['values'],
  where: Parameter['in'],
): [name: string, value: string][] {
  return parameters.flatMap(({ name, in: place }) => {
    const value = values[name] ?? '';
    return place === where && value !== '' ? [[name, value] as [string, string]] : [];
  });
}
