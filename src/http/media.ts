/**
 * Media and pictures at signed addresses, which are all that is asked for: pages of any origin may show what they were given.
 *
 * Whatever the bytes are, a browser that opens them does not run them: their type is the sniffed one, they are saved and not shown
 * as a page, and were they shown, it would be in a sandbox. `<img>`, `<audio>` and `<video>` take them all the same.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Inside } from './parts.ts';
import { readRange } from './range.ts';

type MediaRequest = FastifyRequest<{ Params: { id: string }; Querystring: Record<string, unknown> }>;

export function addMedia(server: FastifyInstance, { app, useCases }: Inside): void {
  server.route({
    method: ['GET', 'HEAD'],
    url: '/media/:id',
    config: { anyOrigin: true },
    handler: async (request: MediaRequest, reply) => {
      const { expires, signature } = request.query;
      const file = await useCases.serveMedia(app, {
        id: request.params.id,
        expires: typeof expires === 'string' ? expires : '',
        signature: typeof signature === 'string' ? signature : '',
      });
      // No failure: a page that shows people has pictures of some of them.
      if (file === null) return reply.code(204).header('cache-control', 'private, max-age=600').send();
      const etag = `"${file.sha256}"`;
      const seconds = Math.max(0, Math.floor((file.expiresAt - app.clock.now()) / 1000));
      void reply.headers({
        'accept-ranges': 'bytes',
        'cache-control': `private, max-age=${seconds}`,
        'content-disposition': disposition(file.name),
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'cross-origin-resource-policy': 'cross-origin',
        etag,
      });
      if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();

      const { range: asked, 'if-range': ifRange } = request.headers;
      const range = ifRange === undefined || ifRange === etag ? readRange(asked, file.size) : null;
      if (range === 'NONE') return reply.code(416).header('content-range', `bytes */${file.size}`).send();
      if (range) void reply.code(206).header('content-range', `bytes ${range.from}-${range.to}/${file.size}`);
      void reply.type(file.mime).header('content-length', range ? range.to - range.from + 1 : file.size);
      return reply.send(request.method === 'HEAD' ? '' : await file.read(range ?? undefined));
    },
  });
}

function matches(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

/** RFC 6266: a name for clients of old in ASCII, and the whole one (RFC 8187). */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const whole = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}
