/**
 * The calls of the PC hook, for any account of any driver: `/pchook/<account id>/<call>`. Each route is a row of `table.ts` that reads
 * the parameters, calls a use case and shapes the answer; nothing is decided here.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { goneSignal } from '../../http/gone.ts';
import type { Guards } from '../../http/guards.ts';
import { logProblem, problemOf } from '../../http/problem.ts';
import type { App } from '../../resolvers/app.ts';
import { mayBeDone } from '../../resolvers/accounts/ask-upstream.ts';
import { type Caller, requireScope } from '../../resolvers/access/caller.ts';
import { GatewayError, notFound } from '../../resolvers/errors.ts';
import { hookDialectOf, readAccount, showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import type { ErrorCode } from '../../words.ts';
import { refused, unknown } from './answers.ts';
import type { Call } from './call.ts';
import { readParams } from './params.ts';
import { rows } from './table.ts';

/** Files come in hexadecimal: up to 16 MiB of them, and what stands around. */
const fileBytes = 33 * 1024 * 1024;
/** Failures that HTTP tells; of all others a client of the hook looks into the answer. */
const toldByStatus: readonly ErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'UNAVAILABLE', 'INTERNAL'];

type HookRequest = FastifyRequest<{ Params: { id: string; call?: string } }>;

/** Adds the hook's calls, for tokens alone: a cookie counts for nothing here. */
export function addPchookRoutes(server: FastifyInstance, app: App, guards: Guards): void {
  const callers = new WeakMap<FastifyRequest, Caller>();
  server.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    logProblem(app.log, error, problem, request.id);
    const body = { ...refused(callIn(request.url), problem.message), code: problem.code };
    return reply.code(problem.status).headers(problem.headers).send(body);
  });
  // Before the body is read: strangers bring nothing.
  server.addHook('onRequest', async (request) => {
    callers.set(request, await guards.authenticate(request));
  });

  for (const { call, answer, takesFile } of rows) {
    server.route<{ Params: { id: string } }>({
      method: ['GET', 'POST'],
      url: `/pchook/:id/${call}`,
      ...(takesFile && {
        bodyLimit: fileBytes,
        onRequest: async (request) => requireScope(callers.get(request)!, 'SEND'),
      }),
      handler: async (request, reply) => {
        const caller = callers.get(request)!;
        const account = await readAccount(app, caller, request.params.id);
        return answered(call, async () => answer(callOf({ app, caller, account, name: call }, request, reply)));
      },
    });
  }
  server.all('/pchook/:id/:call', async ({ params }: HookRequest) => {
    throw notFound('call', params.call ?? '');
  });
}

/** What a row answers; what its use case refuses in the hook's own words. */
async function answered(name: string, answer: () => Promise<object>): Promise<object> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof GatewayError) || toldByStatus.includes(error.code)) throw error;
    const { code, message } = error;
    return { ...(mayBeDone(error) ? unknown(name, message) : refused(name, message)), code };
  }
}

function callOf(
  of: Pick<Call, 'app' | 'caller' | 'account' | 'name'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Call {
  const key = request.headers['idempotency-key'];
  return {
    ...of,
    accountId: showAccountId(of.account),
    dialect: hookDialectOf(of.account),
    params: readParams(request.body, request.url),
    idempotencyKey: typeof key === 'string' && key !== '' ? key : null,
    signal: goneSignal(reply),
  };
}

/** The call that an address names. */
function callIn(url: string): string {
  return url.split('?', 1)[0]!.split('/').at(-1) ?? '';
}
