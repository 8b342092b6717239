/** Which methods a path would have: what tells 405 from 404. */
import type { FastifyInstance } from 'fastify';

/** Notes the routes that are added to this server from now on. Answers the methods of the routes that a path matches. */
export function noteMethods(server: FastifyInstance): (path: string) => string[] {
  const noted = new Map<string, { matches: RegExp; methods: Set<string> }>();
  server.addHook('onRoute', ({ url, method }) => {
    // A route for everything, such as files, says nothing about a path.
    if (url === '*' || url === '/*') return;
    let entry = noted.get(url);
    if (!entry) noted.set(url, (entry = { matches: patternOf(url), methods: new Set() }));
    for (const one of [method].flat()) entry.methods.add(one);
  });
  return (path) => {
    const methods = new Set<string>();
    for (const entry of noted.values()) {
      if (entry.matches.test(path)) for (const method of entry.methods) methods.add(method);
    }
    return [...methods].toSorted();
  };
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part === '*' ? '.*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')))
    .join('/');
  return new RegExp(`^${source}$`);
}
