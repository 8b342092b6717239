/**
 * How a browser gets a session: by `GET /sign-in/<link>`, which works once, or for a token by `POST /session`; `GET /session` tells whether there is
 * one, and `DELETE /session` ends it.
 */
import '@fastify/cookie';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { GatewayError } from '../resolvers/errors.ts';
import { type Credential, addressOf, sessionCookie } from './guards.ts';
import { busyPage, pagePolicy, signedInPage, spentPage } from './pages.ts';
import type { Inside } from './parts.ts';

export function addSignIn(server: FastifyInstance, { app, guards, useCases }: Inside): void {
  const attributes = { path: '/', httpOnly: true, sameSite: 'strict', secure: guards.rules.secure } as const;

  const isGood = (credential: Credential): Promise<boolean> =>
    guards.recheck(credential).then(
      () => true,
      () => false,
    );

  function giveCookie(reply: FastifyReply, { session, expiresAt }: { session: string; expiresAt: number }): void {
    void reply.setCookie(sessionCookie, session, { ...attributes, expires: new Date(expiresAt) });
  }

  // No HEAD: what looks at links before they are opened would spend them.
  server.get<{ Params: { link: string } }>('/sign-in/:link', { exposeHeadRoute: false }, async (request, reply) => {
    void reply.headers({
      'content-security-policy': pagePolicy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    let opened: { session: string; expiresAt: number };
    try {
      opened = await useCases.openSession(app, request.params.link);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'UNAUTHENTICATED') throw error;
      const wait = guards.throttle.failed(addressOf(request));
      if (wait === 0) return reply.code(401).type('text/html; charset=utf-8').send(spentPage);
      void reply.header('retry-after', String(Math.ceil(wait / 1000)));
      return reply.code(429).type('text/html; charset=utf-8').send(busyPage);
    }
    giveCookie(reply, opened);
    const site = request.headers['sec-fetch-site'];
    if (site === 'cross-site' || site === 'same-site') return reply.type('text/html; charset=utf-8').send(signedInPage);
    return reply.redirect('/', 303);
  });

  // For a page that must know before it asks anything; a refusal would be an error in the browser's eyes.
  server.get('/session', async (request) => {
    const credential = guards.credentialOf(request, { cookie: true });
    return { signedIn: credential !== null && (await isGood(credential)) };
  });

  server.post('/session', async (request, reply) => {
    const credential = guards.credentialOf(request);
    // Counts and slows down guessing as everywhere.
    await guards.check(credential, addressOf(request));
    giveCookie(reply, await useCases.openTokenSession(app, credential!.value));
    return reply.code(204).send();
  });

  server.delete('/session', async (request, reply) => {
    const credential = guards.credentialOf(request, { cookie: true });
    if (credential?.kind === 'session') await useCases.closeSession(app, credential.value);
    return reply.clearCookie(sessionCookie, attributes).code(204).send();
  });
}
