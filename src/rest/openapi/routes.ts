/** `/docs/openapi.json`: the documentation of the REST routes. It shows nothing of anybody, and so it is open to everyone. */
import type { FastifyInstance } from 'fastify';
import { badInput } from '../../resolvers/errors.ts';
import type { App } from '../../resolvers/app.ts';
import { type Language, type System, languages, openApi, systems } from './document.ts';
import { type Query, readQuery } from '../panel/query.ts';

export function addDocs(server: FastifyInstance, app: App): void {
  server.get('/docs/openapi.json', (request, reply) => {
    const query = readQuery(request.url);
    const language = oneOf(languages, 'lang', query) ?? preferred(request.headers['accept-language']);
    const system: System = oneOf(systems, 'system', query) ?? 'gateway';
    void reply.headers({ 'content-language': language, vary: 'accept-language' });
    return openApi(system, language, { url: app.publicUrl(), version: app.version });
  });
}

/** The value of a parameter; null where it is not given. BAD_INPUT for another one than these. */
function oneOf<Value extends string>(values: readonly Value[], name: string, query: Query): Value | null {
  const given = query.text(name);
  if (given === null) return null;
  const value = values.find((one) => one === given);
  if (value === undefined) throw badInput(name, `${name} must be ${values.join(' or ')}.`);
  return value;
}

/** What the browser names first of the two; Chinese where it names neither. */
function preferred(header: string | undefined): Language {
  const named = header?.split(',').map((one) => one.trim().slice(0, 2).toLowerCase());
  return named?.map((one) => languages.find((language) => language === one)).find((one) => one !== undefined) ?? 'zh';
}
