/** `GET /sign-in/<link>`: a link that works once gives the browser a session. */
import '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../resolvers/errors.ts';
import { addressOf, sessionCookie } from './guards.ts';
import { busyPage, pagePolicy, signedInPage, spentPage } from './pages.ts';
import type { Inside } from './parts.ts';

export function addSignIn(server: FastifyInstance, { app, guards, useCases }: Inside): void {
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
    void reply.setCookie(sessionCookie, opened.session, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: guards.rules.secure,
      expires: new Date(opened.expiresAt),
    });
    const site = request.headers['sec-fetch-site'];
    if (site === 'cross-site' || site === 'same-site') return reply.type('text/html; charset=utf-8').send(signedInPage);
    return reply.redirect('/graphql', 303);
  });
}
