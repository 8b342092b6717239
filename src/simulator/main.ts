/** The command `simulator`: a world with its fronts until it is told to end. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startSimulator } from './simulator.ts';

const usage = `usage: npm run simulator -- [options]

  --port N        the control API listens here, account 1 on N+1, account 2 on N+2, … (default 4300)
  --controller N  the port of an Openwx Controller over the accounts, named wx1, wx2, … (default: none)
  --host H        where to listen (default 127.0.0.1)
  --accounts N    how many accounts with an Openwx client each (default 1)
  --ecloud N      how many more accounts at E云 (default 0)
  --ecloud-port N where E云 listens (default: any free port)
  --hooks N       how many more accounts, driven by the PC hook, on the ports after those (default 0)
  --dialect D     what the hooks speak: V39 or NEWEST (default V39)
  --friends N     friends of each account (default 12)
  --rooms N       chat rooms of each account (default 3)
  --post-api URL  where all fronts post what happens; {n} stands for the account's number (E云: of its first)
  --talk MS       somebody writes every so many milliseconds (default: nobody)
  --answer MS     friends answer after so many milliseconds (default 1500; 0: never)
  --scan MS       QR codes are scanned after so many milliseconds (default 0; --scan=-1: on command)
  --interval MS   pause between two sends of a client (default 3000, as in the real one)
  --seed N        another world
`;

function refuse(message: string): never {
  process.stderr.write(`${message}\n\n${usage}`);
  process.exit(2);
}

/** A whole number of an option. */
function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) {
    refuse(`--${name} wants a whole number, not ${text}`);
  }
  return value;
}

function readOptions(): Record<string, string | boolean | undefined> {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '4300' },
        host: { type: 'string', default: '127.0.0.1' },
        controller: { type: 'string' },
        accounts: { type: 'string', default: '1' },
        ecloud: { type: 'string', default: '0' },
        'ecloud-port': { type: 'string', default: '0' },
        hooks: { type: 'string', default: '0' },
        dialect: { type: 'string', default: 'V39' },
        friends: { type: 'string', default: '12' },
        rooms: { type: 'string', default: '3' },
        'post-api': { type: 'string' },
        talk: { type: 'string' },
        answer: { type: 'string', default: '1500' },
        scan: { type: 'string', default: '0' },
        interval: { type: 'string', default: '3000' },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const values = readOptions();
if (values['help'] === true) {
  process.stdout.write(usage);
  process.exit(0);
}
const number = (name: string): number => numberOf(name, String(values[name]));
const port = number('port');
const postApi = values['post-api'];
const postTo = (account: number): string | null =>
  typeof postApi === 'string' ? postApi.replaceAll('{n}', String(account)) : null;
const scan = number('scan');
const scanAfterMs = scan < 0 ? null : scan;
const dialect = values['dialect'] === 'V39' || values['dialect'] === 'NEWEST' ? values['dialect'] : null;
if (dialect === null) refuse(`--dialect wants V39 or NEWEST, not ${values['dialect']}`);

const simulator = await startSimulator({
  accounts: number('accounts'),
  ecloudAccounts: number('ecloud'),
  ecloudPort: number('ecloud-port'),
  ecloud: { scanAfterMs },
  hooks: number('hooks'),
  hookPort: port === 0 ? 0 : port + 1 + number('accounts'),
  pchook: { scanAfterMs, dialect },
  friends: number('friends'),
  rooms: number('rooms'),
  seed: number('seed'),
  host: String(values['host']),
  port: port === 0 ? 0 : port + 1,
  controlPort: port,
  ...(values['controller'] === undefined ? {} : { controllerPort: number('controller') }),
  postApi: ({ number: account }) => postTo(account),
  ...(number('answer') > 0 ? { answerAfterMs: number('answer') } : {}),
  ...(values['talk'] === undefined ? {} : { talkEveryMs: number('talk') }),
  openwx: { sendIntervalMs: number('interval'), scanAfterMs },
});
// Listened for before the line that says that it is ready.
const told = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
for (const account of simulator.driven) {
  // Those with an Openwx client were told when they started; E云 has one address for all of its accounts.
  if (account.front === 'pchook' || account.wxid === simulator.ecloudAccounts[0]?.wxid) {
    account.postTo(postTo(account.number));
  }
}
const { accounts, ecloudAccounts, hooks, controllerUrl, controlUrl } = simulator;
const cloud = ecloudAccounts.length === 0 ? null : simulator.ecloud;
const fronts = [
  ['openwx', ...accounts.map(({ baseUrl }) => baseUrl)],
  ['controller', ...(controllerUrl === null ? [] : [controllerUrl])],
  ['ecloud', ...(cloud === null ? [] : [cloud.baseUrl, 'authorization', cloud.authorization])],
  ['pchook', ...hooks.map(({ baseUrl }) => baseUrl)],
  ['control', String(controlUrl)],
].filter(({ length }) => length > 1);
process.stdout.write(`simulator ready: ${fronts.flat().join(' ')}\n`);
await told;
await simulator.stop();
