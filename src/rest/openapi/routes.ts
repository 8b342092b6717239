/** `/docs/openapi.json`: the documentation of the REST routes. It shows nothing of anybody, and so it is open to everyone. */
import type { FastifyInstance } from 'fastify';
import { badInput } from '../../resolvers/errors.ts';
import type { App } from '../../resolvers/app.ts';
import { type Language, languages, openApi } from './document.ts';
import { readQuery } from '../panel/query.ts';

export function addDocs(server: FastifyInstance, app: App): void {
  server.get('/docs/openapi.json', (request, reply) => {
    const language = asked(readQuery(request.url).text('lang')) ?? preferred(request.headers['accept-language']);
    void reply.headers({ 'content-language': language, vary: 'accept-language' });
    return openApi(language, { url: app.publicUrl(), version: app.version });
  });
}

function asked(lang: string | null): Language | null {
  if (lang === null) return null;
  const language = languages.find((one) => one === lang);
  if (language === undefined) throw badInput('lang', `lang must be ${languages.join(' or ')}.`);
  return language;
}

/** What the browser names first of the two; Chinese where it names neither. */
function preferred(header: string | undefined): Language {
  const named = header?.split(',').map((one) => one.trim().slice(0, 2).toLowerCase());
  return named?.map((one) => languages.find((language) => language === one)).find((one) => one !== undefined) ?? 'zh';
}
