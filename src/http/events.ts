/** `GET /events`: the event log as an event stream that `curl -N` and EventSource follow and resume. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ExecutionResult, type GraphQLError, parse } from 'graphql';
import { GatewayError, badInput } from '../resolvers/errors.ts';
import type { Inside } from './parts.ts';
import { isErrorCode } from './problem.ts';
import { type StreamForm, comment } from './subscriptions/streams.ts';
import { isOpened, openSubscription } from './subscriptions/subscribe.ts';

const parameters = ['types', 'accountIds', 'chatIds', 'after', 'last'];

export function addEvents(server: FastifyInstance, inside: Inside): void {
  const { app, graphql, guards, streams, schema, createContext } = inside;
  const document = parse(inside.eventsDocument);

  server.get('/events', { exposeHeadRoute: false }, async (request, reply) => {
    const credential = guards.credentialOf(request, { cookie: true });
    const caller = await guards.check(credential, request.ip);
    const variableValues = variablesOf(request);
    const operation = { app, caller, requestId: request.id, idempotencyKey: null };
    const place = streams.enter(request, caller, credential!);
    try {
      const subscription = await openSubscription(
        { schema, document, variableValues, contextValue: createContext(operation) },
        { operation, executeEach: graphql.executeEach, createContext },
      );
      if (!isOpened(subscription)) throw refusal(subscription);
      streams.follow(
        reply,
        place,
        { ...subscription, write: (result) => event(result, inside) },
        form(inside, request),
      );
    } catch (error) {
      place.leave();
      throw error;
    }
  });
}

/** A reader that is cut off comes back with the id of the last event: there is nothing to say. */
function form({ app }: Inside, { id: requestId }: FastifyRequest): StreamForm {
  return {
    head: '',
    beat: () => comment,
    failed: (error) => {
      app.log.error({ err: error, requestId }, 'an event stream could not go on');
      return '';
    },
  };
}

function variablesOf(request: FastifyRequest): Record<string, unknown> {
  const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
  for (const name of query.keys()) {
    if (!parameters.includes(name))
      throw badInput(name, `There is no parameter ${name}; there are ${parameters.join(', ')}.`);
  }
  const list = (name: string) => {
    const values = query.getAll(name).flatMap((value) => value.split(','));
    return query.has(name) ? values.map((value) => value.trim()).filter((value) => value !== '') : null;
  };
  const filter = { types: list('types'), accountIds: list('accountIds'), chatIds: list('chatIds') };

  // A browser that reconnects repeats the address it began with: where it has got to since stands in the header.
  const resumed = request.headers['last-event-id'];
  if (typeof resumed === 'string' && resumed !== '') return { ...filter, after: resumed, last: null };
  return { ...filter, after: query.get('after') || null, last: numberIn(query, 'last') };
}

function numberIn(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null || text === '') return null;
  if (!/^-?\d{1,9}$/.test(text)) throw badInput(name, `${name} is not a whole number.`);
  return Number(text);
}

function event(result: ExecutionResult, { eventJson }: Inside): string {
  const cursor = String(result.extensions?.['cursor']);
  const value = result.data?.['events'];
  // An event that could not be shown is not passed over in silence.
  const shown = value ? eventJson(value as never) : failure(result, cursor);
  return `id: ${cursor}\ndata: ${JSON.stringify(shown)}`;
}

function failure(result: ExecutionResult, cursor: string) {
  const [error] = result.errors ?? [];
  const data = { code: error?.extensions['code'] ?? 'INTERNAL', error: error?.message, ...requestIdOf(error) };
  return { type: 'ERROR', timestamp: null, cursor, accountId: null, data };
}

function requestIdOf(error: GraphQLError | undefined) {
  return { requestId: error?.extensions['requestId'] ?? null };
}

/** What kept the stream from beginning, as an error of HTTP. */
function refusal(result: ExecutionResult): GatewayError {
  const [error] = result.errors ?? [];
  const { code, ...details }: Record<string, unknown> = { ...error?.extensions, requestId: undefined };
  return new GatewayError(isErrorCode(code) ? code : 'INTERNAL', error?.message ?? 'Unexpected error.', details);
}
