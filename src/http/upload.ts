/** Where files are brought that are to be sent: as a form's field `file`, or as the body itself. They go to the disk as they come. */
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Caller } from '../resolvers/access/caller.ts';
import { GatewayError, badInput } from '../resolvers/errors.ts';
import { maxUploadBytes, tooLarge } from '../resolvers/media/keep-media.ts';
import { wholeOrBroken } from './callback-body.ts';
import type { Inside } from './parts.ts';
import { logProblem, problemBody, problemOf } from './problem.ts';

type UploadRequest = FastifyRequest<{ Querystring: Record<string, unknown> }>;
type File = { chunks: AsyncIterable<Uint8Array>; name: string | null };

/** What a form has around its file. */
const formBytes = 64 * 1024;

export function addUpload(server: FastifyInstance, { app, guards, useCases }: Inside): void {
  const callers = new WeakMap<FastifyRequest, Caller>();

  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // One byte more than may be: then it is known to be too large.
    const limits = { fileSize: maxUploadBytes + 1, files: 5, fields: 20, fieldSize: 4096, parts: 25 };
    await scope.register(multipart, { limits });
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.setErrorHandler((error, request, reply) => {
      const problem = problemOf(error);
      logProblem(app.log, error, problem, request.id);
      // What is still to come is not read.
      if (!request.raw.complete) void reply.header('connection', 'close');
      return reply.code(problem.status).headers(problem.headers).send(problemBody(problem, request.id));
    });
    // Before the body is read: strangers upload nothing.
    scope.addHook('onRequest', async (request) => {
      callers.set(request, await guards.authenticate(request, { cookie: true }));
      const allowed = request.headers['content-type']?.startsWith('multipart/') ? formBytes : 0;
      if (Number(request.headers['content-length'] ?? 0) > maxUploadBytes + allowed) throw tooLarge('file');
    });
    scope.post('/media', async (request: UploadRequest, reply) => {
      const file = request.isMultipart() ? await fileInForm(request) : fileInBody(request);
      const media = await useCases.uploadMedia(app, callers.get(request)!, file);
      return reply.code(201).send({ success: true, media });
    });
  });
}

async function fileInForm(request: FastifyRequest): Promise<File> {
  const file = await findFile(request).catch((cause: unknown) => {
    throw new GatewayError('BAD_INPUT', 'The form cannot be read.', { field: 'file', cause });
  });
  if (file === null) throw badInput('file', 'The form has no field `file` with a file.');
  return file;
}

/** Null: there is none. */
async function findFile(request: FastifyRequest): Promise<File | null> {
  for await (const part of request.parts()) {
    if (part.type !== 'file') continue;
    if (part.fieldname === 'file') return { chunks: wholeOrBroken(part.file), name: part.filename };
    part.file.resume();
  }
  return null;
}

function fileInBody({ body, query: { name } }: UploadRequest): File {
  if (!isStream(body)) throw badInput('file', 'There is no body.');
  return { chunks: wholeOrBroken(body), name: typeof name === 'string' ? name : null };
}

function isStream(body: unknown): body is FastifyRequest['raw'] {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
