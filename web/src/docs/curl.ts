import type { Operation } from '../../../src/rest/openapi/shape.ts';
import type { Route } from './document.ts';

export type Example = { title: string; text: string };

/** The documented examples of a request as commands for a shell. */
export function curlsOf({ method, path, operation }: Route): Example[] {
  const lines = [`curl${methodOption(method, operation)} '${location.origin}${addressOf(path, operation)}'`];
  if (!operation.security) lines.push(`-H "Authorization: Bearer $TOKEN"`);
  if (path === '/events') lines[0] = lines[0]!.replace('curl', 'curl -N');
  const { requestBody } = operation;
  if (!requestBody) return [{ title: 'curl', text: lines.join(' \\\n  ') }];
  return Object.entries(requestBody.content).flatMap(([type, { example, examples }]) => {
    const all = examples ? Object.values(examples) : [{ summary: type, value: example }];
    return all.map(({ summary, value }) => ({
      title: summary,
      text: [...lines, ...bodyOptions(type, value)].join(' \\\n  '),
    }));
  });
}

function methodOption(method: string, { requestBody }: Operation<string>): string {
  return method === 'GET' || (method === 'POST' && requestBody) ? '' : ` -X ${method}`;
}

function addressOf(path: string, { parameters = [] }: Operation<string>): string {
  const given = parameters.filter(({ example }) => example !== undefined);
  const query = given.filter((one) => one.in === 'query').map(({ name, example }) => `${name}=${String(example)}`);
  const place = given.reduce((url, { name, example }) => url.replace(`{${name}}`, String(example)), path);
  return query.length === 0 ? place : `${place}?${query.join('&')}`;
}

function bodyOptions(type: string, value: unknown): string[] {
  if (type === 'multipart/form-data') {
    return Object.entries(value as Record<string, string>).map(([name, file]) => `-F ${name}=${file}`);
  }
  if (typeof value === 'string' && value.startsWith('@'))
    return [`-H 'Content-Type: ${type}'`, `--data-binary ${value}`];
  if (typeof value === 'string') return [`-d '${value}'`];
  const text = JSON.stringify(value).replaceAll("'", String.raw`'\''`);
  return [`-H 'Content-Type: ${type}'`, `-d '${text}'`];
}
