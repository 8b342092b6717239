import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask } from './clients.ts';
import { type Fake, startFake, token } from './fake.ts';

let fake: Fake;
beforeEach(async () => {
  fake = await startFake();
});
afterEach(() => fake.server.close());

test('a link signs in once: the second time it says what to do', async () => {
  const first = await ask(fake, '/sign-in/link');
  expect([first.status, first.headers.location]).toEqual([303, '/']);
  const [cookie] = first.headers['set-cookie']!;
  expect(cookie).toMatch(/^wxgraph_session=session-of-link; Path=\/; Expires=.+; HttpOnly; SameSite=Strict$/);

  const second = await ask(fake, '/sign-in/link');
  expect(second.status).toBe(401);
  expect(second.headers['set-cookie']).toBeUndefined();
  expect(second.text).toContain('each link works once');

  const headers = { cookie: cookie!.split(';')[0]!, origin: fake.url, 'content-type': 'application/json' };
  const answer = await ask(fake, '/graphql', { method: 'POST', headers, body: '{"query":"{ whoAmI }"}' });
  expect(answer.json()).toEqual({ data: { whoAmI: 'token null' } });
  const page = await ask(fake, '/graphql', { headers: { cookie: headers.cookie, accept: 'text/html' } });
  expect(page.text).toContain('GraphiQL');
});

test('fifty at once: one of them is signed in', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(fake, '/sign-in/link')));
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
});

test('what looks at a link without opening it does not spend it', async () => {
  expect((await ask(fake, '/sign-in/link', { method: 'HEAD' })).status).toBe(405);
  expect((await ask(fake, '/sign-in/link')).status).toBe(303);
});

test("followed from another site's page, it goes on by a page of its own, as the browser keeps a new cookie from redirects", async () => {
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const answer = await ask(fake, '/sign-in/link', { headers });
  expect(answer.status).toBe(200);
  expect(answer.headers['set-cookie']).toHaveLength(1);
  expect(answer.text).toContain('url=/"');
});

test('who guesses links is slowed down', async () => {
  for (let i = 0; i < 10; i += 1) expect((await ask(fake, `/sign-in/guess${i}`)).status).toBe(401);
  const throttled = await ask(fake, '/sign-in/guess');
  expect(throttled.status).toBe(429);
  expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
  expect((await ask(fake, '/sign-in/link')).status).toBe(303);
});

test('neither the link nor the session is in the log', async () => {
  await ask(fake, '/sign-in/link');
  await fake.world.until(() => fake.world.lines.some((line) => line.includes('/sign-in/…')));
  expect(fake.world.lines.join('')).not.toMatch(/sign-in\/link|session-of-link/);
});

test('a token is exchanged for a session, which ends when it is asked to and does not come back', async () => {
  const answer = await ask(fake, '/session', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(204);
  const [cookie] = answer.headers['set-cookie']!;
  expect(cookie).toMatch(/^wxgraph_session=session-of-.+; Path=\/; Expires=.+; HttpOnly; SameSite=Strict$/);

  const headers = { cookie: cookie!.split(';')[0]!, origin: fake.url, 'content-type': 'application/json' };
  const asking = () => ask(fake, '/graphql', { method: 'POST', headers, body: '{"query":"{ whoAmI }"}' });
  expect((await asking()).status).toBe(200);
  const ended = await ask(fake, '/session', { method: 'DELETE', headers });
  expect([ended.status, ended.headers['set-cookie']![0]]).toEqual([204, expect.stringContaining('wxgraph_session=;')]);
  expect((await asking()).status).toBe(401);
});

test('a page learns whether it is signed in without being refused', async () => {
  const told = async (cookie: string) =>
    (await ask(fake, '/session', { headers: { cookie, origin: fake.url } })).json();
  expect(await told('')).toEqual({ signedIn: false });
  await ask(fake, '/sign-in/link');
  expect(await told('wxgraph_session=session-of-link')).toEqual({ signedIn: true });
  expect(await told('wxgraph_session=other')).toEqual({ signedIn: false });
});

test('no session without a token, none for a session, none for the page of another site', async () => {
  expect((await ask(fake, '/session', { method: 'POST' })).status).toBe(401);
  const wrong = await ask(fake, '/session', { method: 'POST', headers: { authorization: 'Bearer guess' } });
  expect([wrong.status, wrong.headers['set-cookie']]).toEqual([401, undefined]);

  await ask(fake, '/sign-in/link');
  const headers = { cookie: 'wxgraph_session=session-of-link', origin: 'https://evil.example' };
  expect((await ask(fake, '/session', { method: 'POST', headers })).status).toBe(403);
  expect((await ask(fake, '/session', { method: 'DELETE', headers })).status).toBe(403);
});

test('who guesses tokens for a session is slowed down', async () => {
  const guess = (i: number) =>
    ask(fake, '/session', { method: 'POST', headers: { authorization: `Bearer guess${i}` } });
  for (let i = 0; i < 10; i += 1) expect((await guess(i)).status).toBe(401);
  expect((await guess(10)).status).toBe(429);
});
