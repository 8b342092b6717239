/** A whole gateway on a port of its own, with WeChat simulated behind it, and a client for the panel's API. */
import { mkdtemp, rm } from 'node:fs/promises';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gateway, startGateway } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Caller } from '../../src/resolvers/access/caller.ts';
import { createApiToken } from '../../src/resolvers/access/manage-tokens.ts';
import { readAccount } from '../../src/resolvers/accounts/read-accounts.ts';
import { updateAccount } from '../../src/resolvers/accounts/update-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import type { ClientState, Scope } from '../../src/words.ts';

export const adminToken = 'admin-token-of-the-tests';
const me = '@me_0001';
const spare = '@spare_0001';
export const alice = '@f_alice_0001';
export const admin: Caller = { scope: 'ADMIN', accountIds: null, tokenId: null, sessionId: 1 };

export type Json = Record<string, unknown>;
export type Reply = { status: number; headers: Record<string, unknown>; text: string; json: Json };
type Asked = { token?: string | null; headers?: OutgoingHttpHeaders; body?: unknown };

export type Panel = {
  gateway: Gateway;
  simulator: Simulator;
  /** One request; an object as a body is posted as JSON, text as it is. */
  ask(method: string, path: string, asked?: Asked): Promise<Reply>;
  /** An account without pacing, of the simulated WeChat unless `baseUrl` says otherwise. Resolves in the state that is waited for. */
  account(more?: { defaultReceiver?: string | null; baseUrl?: string; state?: ClientState }): Promise<string>;
  token(scope: Scope, accountIds?: string[]): Promise<string>;
  /** Resolves with what `look` finds, looking again after each event. */
  until<T>(look: () => Promise<T | null | false>): Promise<T>;
  stop(): Promise<void>;
};

export async function startPanel(env: Record<string, string> = {}): Promise<Panel> {
  const folder = await mkdtemp(join(tmpdir(), 'wxgraph-panel-'));
  const simulator = await startSimulator({
    openwx: { pollWaitMs: 200 },
    controllerPort: 0,
    start: false,
    build(world) {
      for (const [wxid, name] of [
        [me, 'Me'],
        [spare, 'Spare'],
        [alice, 'Alice'],
        ['@f_twin_0001', 'Twin'],
        ['@f_twin_0002', 'Twin'],
      ] as const) {
        world.addPerson({ wxid, name });
      }
      world.addAccount(me);
      for (const wxid of [alice, '@f_twin_0001', '@f_twin_0002']) world.addContact(me, wxid);
      world.addAccount(spare);
      return [me, spare];
    },
  });
  // The other one is left to the Controller, for an account that is made by its name alone.
  simulator.account().clientName = 'me';
  await simulator.account().start();
  await simulator.until(() => simulator.account().state === 'running');
  const gateway = await startGateway(
    readConfig({
      WXGRAPH_PORT: '0',
      WXGRAPH_LOG_LEVEL: 'silent',
      WXGRAPH_DATABASE: join(folder, 'wxgraph.db'),
      WXGRAPH_MEDIA_ROOTS: join(folder, 'media'),
      WXGRAPH_ADMIN_TOKEN: adminToken,
      WXGRAPH_TIMEZONE: 'Asia/Shanghai',
      WXGRAPH_DEFAULT_CONNECTION: JSON.stringify({ openwx: { baseUrl: simulator.controllerUrl } }),
      ...env,
    }),
  );
  const { app } = gateway;

  const panel: Panel = {
    gateway,
    simulator,
    ask(method, path, { token = adminToken, headers = {}, body } = {}) {
      const isText = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
      return new Promise((resolve, reject) => {
        const sent = request(`${gateway.url}${path}`, {
          method,
          agent: false,
          headers: {
            ...(token !== null && { authorization: `Bearer ${token}` }),
            ...(body !== undefined && !isText && { 'content-type': 'application/json' }),
            ...headers,
          },
        });
        sent.on('error', reject);
        sent.on('response', (response) => {
          const parts: Buffer[] = [];
          response.on('error', reject);
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            const isJson = String(response.headers['content-type']).startsWith('application/json');
            const json = isJson ? (JSON.parse(text) as Json) : {};
            resolve({ status: response.statusCode!, headers: response.headers, text, json });
          });
        });
        sent.end(isText ? body : JSON.stringify(body));
      });
    },
    async account({ defaultReceiver = alice, baseUrl = simulator.account().baseUrl, state = 'RUNNING' } = {}) {
      const { json } = await panel.ask('POST', '/api/accounts', {
        body: { name: 'of a test', default_receiver: defaultReceiver, connection: { openwx: { baseUrl } } },
      });
      const { id } = json['account'] as { id: string };
      await updateAccount(app, admin, { id, pacing: { intervalMs: 0, jitterMs: 0 } });
      await panel.until(async () => (await readAccount(app, admin, id)).state === state);
      return id;
    },
    async token(scope, accountIds) {
      const { secret } = await createApiToken(app, admin, { name: 'of a test', scope, accountIds: accountIds ?? null });
      return secret;
    },
    async until(look) {
      const giveUp = AbortSignal.timeout(20_000);
      for (;;) {
        const seen = app.tail.latest();
        const found = await look();
        if (found !== null && found !== false) return found;
        giveUp.throwIfAborted();
        await app.tail.wait(seen, giveUp);
      }
    },
    async stop() {
      await gateway.stop();
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return panel;
}
