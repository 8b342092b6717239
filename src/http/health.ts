/** Whether the gateway runs, and whether it can serve. Open to everyone. */
import type { FastifyInstance } from 'fastify';
import type { Inside } from './parts.ts';
import { problemOf } from './problem.ts';

export function addHealth(server: FastifyInstance, { app, useCases, stopping }: Inside): void {
  server.get('/live', () => ({ status: 'ok' }));

  server.get('/ready', async (_request, reply) => {
    if (stopping()) return reply.code(503).send({ status: 'stopping' });
    try {
      await useCases.checkHealth(app);
      return { status: 'ok' };
    } catch (error) {
      app.log.warn({ err: error }, 'not ready');
      return reply.code(503).send({ status: 'unavailable', code: problemOf(error).code });
    }
  });

  server.get('/health', async () => {
    const { accounts, readyAccounts } = await useCases.checkHealth(app);
    return { status: 'ok', accounts, ready_accounts: readyAccounts };
  });
}
