/** The panel: its built files, and one page for all of its addresses. It asks for nothing but this gateway. */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../resolvers/errors.ts';
import { page, pagePolicy } from './pages.ts';
import type { Inside } from './parts.ts';

type Asset = { bytes: Buffer; gzipped: Buffer; type: string; etag: string };
type Built = { html: string | null; assets: ReadonlyMap<string, Asset> };

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const notBuilt = page(
  'The panel is not built',
  '<p>Run <code>npm run build</code> and load this page again. <code>npm start</code> does it by itself.</p>',
);

export function addPanel(server: FastifyInstance, { app }: Inside): void {
  // Read at its first use; an installation's files do not change while it runs.
  let reading: Promise<Built> | undefined;
  const built = async (): Promise<Built> => {
    try {
      const found = await (reading ??= readBuilt(new URL('../../web/dist/', import.meta.url).pathname));
      if (found.html === null) reading = undefined;
      return found;
    } catch (error) {
      // It was being replaced: the next one who asks finds it whole.
      reading = undefined;
      throw error;
    }
  };

  async function showPage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    void reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache');
    const { html } = await built();
    if (html === null) return reply.code(503).header('content-security-policy', pagePolicy).send(notBuilt);
    const nonce = app.randomHex(16);
    const policy = policyOf(request.headers.host!, app.publicUrl(), nonce);
    return reply.header('content-security-policy', policy).send(html.replaceAll('__NONCE__', nonce));
  }

  server.get('/', showPage);
  server.get('/panel', showPage);
  // The documentation of the REST routes is a page of the panel that needs nobody signed in.
  server.get('/docs', showPage);
  server.get<{ Params: { '*': string } }>('/panel/*', async (request, reply) => {
    const asset = (await built()).assets.get(request.params['*']);
    if (asset) return sendAsset(request, reply, asset);
    if (extname(request.params['*']) !== '') throw new GatewayError('NOT_FOUND', 'There is nothing at this address.');
    return showPage(request, reply);
  });
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  // Built files carry a hash of what is in them in their names.
  const isHashed = request.url.startsWith('/panel/assets/');
  void reply.type(asset.type).headers({
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: asset.etag,
    vary: 'accept-encoding',
  });
  if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
  const isGzip = /\bgzip\b/.test(String(request.headers['accept-encoding']));
  return isGzip ? reply.header('content-encoding', 'gzip').send(asset.gzipped) : reply.send(asset.bytes);
}

/** Scripts are files of the gateway, styles those and what carries the page's nonce; media may lie at the public address. */
function policyOf(host: string, publicUrl: string, nonce: string): string {
  const media = URL.canParse(publicUrl) ? new URL(publicUrl).origin : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    `img-src 'self' data: blob: ${media}`,
    `media-src 'self' blob: ${media}`,
    // Not every browser counts WebSockets of the same host among 'self'.
    `connect-src 'self' ws://${host} wss://${host}`,
    "frame-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

async function readBuilt(folder: string): Promise<Built> {
  const assets = new Map<string, Asset>();
  let html: string | null = null;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).replaceAll('\\', '/');
    const type = types[extname(name)];
    const bytes = await readFile(path);
    if (name === 'index.html') html = bytes.toString();
    else if (type !== undefined) assets.set(name, await assetOf(bytes, type));
  }
  return { html, assets };
}

async function assetOf(bytes: Buffer, type: string): Promise<Asset> {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const gzipped = await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION });
  return { bytes, gzipped, type, etag: `"${hash}"` };
}
