/** The panel's documented API: one row a route. `/health` stands with the probes, being open to everyone. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { goneSignal } from '../../http/gone.ts';
import type { Guards } from '../../http/guards.ts';
import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import { readBody } from './body.ts';
import type { Answer, Call } from './call.ts';
import { addAccount, listAccounts, removeAccount } from './accounts.ts';
import { inPanelWords } from './errors.ts';
import { addGroup, listGroups, removeGroup } from './groups.ts';
import { listLogs } from './logs.ts';
import { send } from './send.ts';
import { showStats } from './stats.ts';
import { readQuery } from './query.ts';

const routes: readonly { method: 'GET' | 'POST' | 'DELETE'; url: string; answer: Answer }[] = [
  { method: 'POST', url: '/send', answer: send },
  { method: 'GET', url: '/api/accounts', answer: listAccounts },
  { method: 'POST', url: '/api/accounts', answer: addAccount },
  { method: 'DELETE', url: '/api/accounts/:id', answer: removeAccount },
  { method: 'GET', url: '/api/groups', answer: listGroups },
  { method: 'POST', url: '/api/groups', answer: addGroup },
  { method: 'DELETE', url: '/api/groups/:id', answer: removeGroup },
  { method: 'GET', url: '/api/logs', answer: listLogs },
  { method: 'GET', url: '/api/stats', answer: showStats },
];

/** Adds the panel's API, for tokens and for the browser's session. */
export function addPanelRoutes(server: FastifyInstance, app: App, guards: Guards): void {
  const callers = new WeakMap<FastifyRequest, Caller>();
  // Before the body is read: strangers upload nothing.
  server.addHook('onRequest', async (request) => {
    callers.set(request, await guards.authenticate(request, { cookie: true }));
  });
  for (const { method, url, answer } of routes) {
    server.route({
      method,
      url,
      async handler(request, reply) {
        try {
          return await answer(callOf(app, callers.get(request)!, request, reply));
        } catch (error) {
          throw inPanelWords(error);
        }
      },
    });
  }
}

function callOf(app: App, caller: Caller, request: FastifyRequest, reply: FastifyReply): Call {
  const key = request.headers['idempotency-key'];
  return {
    app,
    caller,
    id: (request.params as { id?: string }).id ?? '',
    query: readQuery(request.url),
    body: () => readBody(request.headers['content-type'], request.body),
    idempotencyKey: typeof key === 'string' && key !== '' ? key : null,
    signal: goneSignal(reply),
  };
}
