/** The panel over an account of the PC hook, which can do what Web WeChat cannot: mention, quote, and send voices. */
import type { World } from '../../src/simulator/world.ts';
import { type MovableClock, movableClock, post } from '../end-to-end/stack.ts';
import { type Panel, startPanel } from './panel.ts';

export type Hooked = {
  panel: Panel;
  /** The gateway's; moves it on. */
  clock: MovableClock;
  world: World;
  accountId: string;
  me: string;
  /** wxids of the friends, by name. */
  friends: Readonly<Record<string, string>>;
  /** Somebody quotes a message, which the simulated WeChat does not do by itself. */
  quote(from: string, text: string, quoted: { id: string; text: string }): Promise<void>;
};

/** An account with these friends, RUNNING and with its contacts; `rooms` makes what there is beside them. */
export async function startHooked(
  names: readonly string[],
  rooms: (world: World, me: string, friends: Hooked['friends']) => void,
): Promise<Hooked> {
  const clock = movableClock();
  let me = '';
  const friends: Record<string, string> = {};
  function build(world: World): string[] {
    me = world.addPerson({ name: '小灰' }).wxid;
    world.addAccount(me);
    for (const name of names) {
      friends[name] = world.addPerson({ name }).wxid;
      world.addContact(me, friends[name]);
    }
    rooms(world, me, friends);
    return [me];
  }
  const panel = await startPanel({
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
    overrides: { clock },
    simulator: { hooks: 1, build, pchook: { postBase64: true } },
  });
  const { stack } = panel;
  const pchook = { baseUrl: stack.simulator.hooks[0]!.baseUrl, timezone: 'Asia/Shanghai' };
  const made = await stack.query(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id callbackUrl } } }',
    { input: { name: '钩子', connection: { pchook }, pacing: { intervalMs: 0, jitterMs: 0 } } },
  );
  const { id: accountId, callbackUrl } = made.data.createAccount.account as { id: string; callbackUrl: string };
  await stack.query('mutation ($id: ID!) { startAccount(id: $id) { cursor } }', { id: accountId });
  await stack.until(async () => {
    const { data } = await stack.query('query ($id: ID!) { account(id: $id) { state contactSync { state } } }', {
      id: accountId,
    });
    return data.account.state === 'RUNNING' && data.account.contactSync.state === 'DONE';
  });

  let last = 7_300_000_000_000_000_000n;
  return {
    panel,
    clock,
    world: stack.simulator.world,
    accountId,
    me,
    friends,
    quote: async (from, text, quoted) => {
      last += 1n;
      const refer = `<refermsg><type>1</type><svrid>${quoted.id}</svrid><content>${quoted.text}</content></refermsg>`;
      const element = {
        time: '2026-03-05 13:07:54',
        msgtype: '49',
        msgsvrid: String(last),
        msg: `<msg><appmsg><title>${text}</title><type>57</type>${refer}</appmsg></msg>`,
        fromtype: '1',
        fromwxid: from,
        toid: me,
      };
      const body = { ServerPort: '30001', selfwxid: me, sendorrecv: '2', msgnumber: '1', msglist: [element] };
      const { status } = await post(callbackUrl, JSON.stringify(body));
      if (status !== 200) throw new Error(`the quote was answered with ${status}`);
    },
  };
}
