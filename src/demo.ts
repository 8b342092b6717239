/** `npm run demo`: the gateway with a simulated WeChat that talks by itself, in a fresh database, on this machine alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGateway } from './app.ts';
import { readConfig } from './config.ts';
import { createLoginLink } from './resolvers/access/authenticate.ts';
import type { Caller } from './resolvers/access/caller.ts';
import type { ConnectionInput } from './resolvers/accounts/account-input.ts';
import { createAccount } from './resolvers/accounts/create-account.ts';
import { showId } from './resolvers/ids.ts';
import { createGroup } from './resolvers/accounts/manage-groups.ts';
import { type Account, readCallbackUrl } from './resolvers/accounts/read-accounts.ts';
import { startAccount } from './resolvers/accounts/start-account.ts';
import { startSimulator } from './simulator/simulator.ts';
import { stopOnSignals } from './stop-on-signals.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    talk: { type: 'string', default: '4000' },
    'simulator-port': { type: 'string', default: '0' },
  },
});

const names = ['客服小美', '售后阿强', '运营小林'];
const owner: Caller = { scope: 'ADMIN', accountIds: null, tokenId: null, sessionId: 0 };

const folder = mkdtempSync(join(tmpdir(), 'wxgraph-demo-'));
const config = readConfig({
  WXGRAPH_LOG_LEVEL: process.env['WXGRAPH_LOG_LEVEL'] ?? 'error',
  WXGRAPH_DATABASE: join(folder, 'wxgraph.db'),
  WXGRAPH_MEDIA_ROOTS: join(folder, 'media'),
  WXGRAPH_PORT: values.port ?? String(await freePort(4000)),
});
const gateway = await startGateway(config);
const { app } = gateway;
const simulator = await startSimulator({
  accounts: 1,
  ecloudAccounts: 1,
  hooks: 1,
  controlPort: Number(values['simulator-port']),
  answerAfterMs: 1_500,
  // The phone takes a moment, so that the QR code can be seen.
  openwx: { scanAfterMs: 1_500, confirmAfterMs: 1_000 },
  ecloud: { scanAfterMs: 1_500, confirmAfterMs: 1_000 },
  pchook: { scanAfterMs: 1_500, confirmAfterMs: 1_000, timezone: config.timezone },
  start: false,
  postApi: addAccount,
});

// One after the other, so that they are numbered in their order.
const ids: string[] = [];
void simulator.account().start();
await simulator.until(() => ids.length === 1);
const { baseUrl, authorization: developer } = simulator.ecloud;
await makeAccount({ ecloud: { baseUrl, authorization: developer } });
for (const hook of simulator.hooks) {
  await hook.start();
  await makeAccount({ pchook: { baseUrl: hook.baseUrl } });
}
await createGroup(app, owner, { name: '演示组', accountIds: ids });
simulator.talk(Number(values.talk));

const link = `${gateway.url}/sign-in/${await createLoginLink(app)}`;
const authorization = `Authorization: Bearer ${gateway.firstToken}`;
process.stdout.write(`wxgraph ready at ${gateway.url}
`);
process.stdout.write(`
  Three simulated WeChat accounts, at Openwx, at E云 and at the PC hook, are logging in; somebody writes every ${Number(values.talk) / 1000} seconds.

  Look and try (signs this browser in, once)
    ${link}

  Follow everything that happens; stop it and repeat with -H 'Last-Event-ID: <id>': nothing is missing
    curl -N -H '${authorization}' ${gateway.url}/events

  Send
    curl -H '${authorization}' -H 'Content-Type: application/json' ${gateway.url}/send \\
      -d '{"targets": ["00001"], "message": "你好"}'

  Ask
    curl -H '${authorization}' -H 'Content-Type: application/json' ${gateway.url}/graphql \\
      -d '{"query": "{ chats { nodes { contact { displayName } lastMessage { text } } } }"}'

  Token (ADMIN)           ${gateway.firstToken}
  Faults of the simulator ${simulator.controlUrl}
  Data                    ${folder}, removed at the end

  Stop with Ctrl-C.
`);

stopOnSignals(async () => {
  // The simulator goes first: its accounts' long polls end with it.
  await simulator.stop();
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** An account for a simulated Openwx client that has come up; answers where the client is to post. */
async function addAccount({ baseUrl: address }: { baseUrl: string }): Promise<string | null> {
  return readCallbackUrl(app, owner, await makeAccount({ openwx: { baseUrl: address } }));
}

async function makeAccount(connection: ConnectionInput): Promise<Account> {
  const { object: account } = await createAccount(app, owner, {
    name: names[ids.length]!,
    remark: '演示',
    connection,
    defaultReceiver: 'filehelper',
    pacing: { intervalMs: 300, jitterMs: 200 },
  });
  const id = showId('account', account.id);
  await startAccount(app, owner, id);
  ids.push(id);
  return account;
}

/** The wished port, or 0 (any) where something else has it. */
function freePort(wished: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(0))
      .once('listening', () => probe.close(() => resolve(wished)))
      .listen(wished, '127.0.0.1');
  });
}
