/** `/graphql` over HTTP: operations by POST, the editor for a browser that looks. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLParams } from 'graphql-yoga';
import { checkNesting, readText } from '../body.ts';
import { editor } from './graphiql.ts';
import { showError } from './graphql-errors.ts';
import type { Shared } from '../subscriptions/group.ts';
import { cookieIn, sessionCookie } from '../guards.ts';
import { pagePolicy, signedOutPage } from '../pages.ts';
import { jsonAnswer, jsonTypeOf } from './json-answer.ts';
import type { Inside } from '../parts.ts';
import { type StreamForm, comment } from '../subscriptions/streams.ts';
import { HttpError, graphqlBody, logProblem, problemOf } from '../problem.ts';

export function addGraphql(server: FastifyInstance, inside: Inside): void {
  const { app } = inside;
  void server.register((scope, _options, done) => {
    scope.setErrorHandler((error, request, reply) => {
      const problem = problemOf(error);
      logProblem(app.log, error, problem, request.id);
      return reply
        .code(problem.status)
        .headers(problem.headers)
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(graphqlBody(problem, request.id)));
    });
    scope.get('/graphql', (request, reply) => showEditor(request, reply, inside));
    scope.post('/graphql', (request, reply) => answer(request, reply, inside));
    done();
  });
}

async function answer(request: FastifyRequest, reply: FastifyReply, inside: Inside): Promise<FastifyReply | undefined> {
  const { app, guards, graphql, streams } = inside;
  const credential = guards.credentialOf(request, { cookie: true });
  const caller = await guards.check(credential, request.ip);
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'Post the query as application/json.');
  }
  const body = readText(request.body);
  checkNesting(body);

  const operation = { app, caller, requestId: request.id, idempotencyKey: idempotencyKey(request) };
  const accept = request.headers.accept ?? 'application/json';
  const type = jsonTypeOf(accept);
  const params = type === null ? null : paramsIn(body);
  if (type !== null && params !== null) {
    const json = jsonAnswer(await graphql.resultOf(params, operation), type);
    return reply.code(json.status).headers(json.headers).send(json.body);
  }

  // What may go on, and what cannot be read, is yoga's to answer.
  let subscription: Shared | null = null;
  const response = await graphql.fetch(
    `http://${request.headers.host}/graphql`,
    { method: 'POST', headers: { 'content-type': 'application/json', accept }, body },
    { operation, follow: (opened) => (subscription = opened) },
  );
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (response.status === 406 || (subscription && !isStream)) {
    throw new HttpError(406, 'Accept application/json, and text/event-stream for a subscription.');
  }
  if (subscription) {
    streams.follow(reply, streams.enter(request, caller, credential!), subscription, form(inside, request));
    return undefined;
  }
  return reply
    .code(response.status)
    .headers(headersOf(response))
    .send(Buffer.from(await response.arrayBuffer()));
}

/** As the protocol of GraphQL over SSE has it. */
function form({ app }: Inside, request: FastifyRequest): StreamForm {
  const next = 'event: next\ndata: ';
  return {
    head: next,
    beat: (position) => (position === null ? comment : `: ${JSON.stringify({ cursor: position })}\n\n`),
    failed: (error) => {
      const result = { errors: [showError(error, request.id, app.log)] };
      return `${next}${JSON.stringify(result)}\n\nevent: complete\ndata:\n\n`;
    },
  };
}

async function showEditor(
  request: FastifyRequest,
  reply: FastifyReply,
  { app, useCases }: Inside,
): Promise<FastifyReply> {
  const wantsPage = request.headers.accept?.includes('text/html') ?? false;
  if (!wantsPage)
    throw new HttpError(405, 'Operations are posted: GET shows the editor to a browser.', { allow: 'GET, POST' });
  void reply.header('vary', 'accept, accept-encoding, cookie').header('cache-control', 'no-cache');

  const session = cookieIn(request.headers.cookie, sessionCookie);
  const signedIn =
    session !== null &&
    (await useCases.authenticateSession(app, session).then(
      () => true,
      () => false,
    ));
  if (!signedIn && !/[?&]editor\b/.test(request.url)) {
    return reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(signedOutPage);
  }
  const { html, gzipped, etag, policy } = await editor();
  void reply
    .header('content-security-policy', policy(request.headers.host!))
    .header('etag', etag)
    .type('text/html; charset=utf-8');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  if (/\bgzip\b/.test(String(request.headers['accept-encoding']))) {
    return reply.header('content-encoding', 'gzip').send(gzipped);
  }
  return reply.send(html);
}

/** How the connection is kept is the server's. */
const ofConnection = new Set(['connection', 'content-length', 'transfer-encoding']);

/** The headers that are meant for the client. */
function headersOf(response: Response): Record<string, string> {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    const key = name.toLowerCase();
    if (!ofConnection.has(key) && value !== 'none') headers[key] = value;
  });
  return headers;
}

/** The parameters of an operation whose answer is one result for certain: a subscription has its keyword in its text. Else null. */
function paramsIn(body: string): GraphQLParams | null {
  let params: GraphQLParams | null;
  try {
    params = JSON.parse(body) as GraphQLParams | null;
  } catch {
    return null;
  }
  return typeof params?.query === 'string' && !params.query.includes('subscription') ? params : null;
}

function idempotencyKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  return typeof key === 'string' && key !== '' ? key : null;
}
