/** What an idle subscription costs, in memory and in SQL. */
import { openSubscribers } from '../load/subscribers.ts';
import { type Bench, type Line, type Row, interleave, median, ratioLine, show, showAll } from '../row.ts';
import { type Memory, type Server, startServer } from '../server.ts';
import { token } from '../token.ts';
import { document } from './fan-out.ts';

export const idle: Row = {
  name: 'idle',
  async run(bench) {
    const count = bench.quick ? 500 : 5000;
    const names = ['gateway', 'raw-ws', ...(bench.quick ? [] : ['yoga'])];
    const costs = await interleave(
      bench.repetitions,
      Object.fromEntries(names.map((name) => [name, () => costOf(bench, name, count)])),
    );
    const rss = (name: string) => median(costs[name]!.map((one) => one.rss));
    const details = names.map(
      (name) =>
        `${name}: ${show(rss(name))} kB of resident memory each (runs ${showAll(costs[name]!.map((one) => one.rss))}), ${show(median(costs[name]!.map((one) => one.heap)))} kB of it in the heap`,
    );
    return [
      ratioLine(
        { what: `memory of an idle subscription, ${count} more of them`, against: 'a raw `ws` client', details },
        rss('gateway') / rss('raw-ws'),
        { atMost: 1.5 },
      ),
    ];
  },
};

/** kB of each of so many subscriptions that are added to a few. */
async function costOf(bench: Bench, name: string, count: number): Promise<Memory> {
  bench.say(`${name}: ${count} idle subscriptions`);
  const server = await startServer(name, { token });
  try {
    if (name === 'gateway') await server.call('createAccounts', 1);
    const open = (some: number) =>
      openSubscribers({
        port: server.port,
        count: some,
        token: name === 'raw-ws' ? null : token,
        subscriptions: () => [{ query: document }],
      });
    const first = await open(100);
    const before = await server.call<Memory>('memory');
    const more = await open(count);
    const after = await server.call<Memory>('memory');
    first.close();
    more.close();
    return each(before, after, count);
  } finally {
    await server.stop();
  }
}

const perSocket = 25;

export const filtered: Row = {
  name: 'filtered',
  async run(bench) {
    const sockets = bench.quick ? 20 : 400;
    const count = sockets * perSocket;
    const costs: Memory[] = [];
    let quiet = 0;
    let event = 0;
    for (let repetition = 0; repetition < bench.repetitions; repetition += 1) {
      bench.say(`gateway: ${count} subscriptions with filters of their own`);
      const server = await startServer('gateway', { token });
      try {
        await server.call('createAccounts', 1);
        // It is the same each time.
        const alone = repetition === 0 ? await statementsOf(server) : null;
        const before = await server.call<Memory>('memory');
        const clients = await openSubscribers({
          port: server.port,
          count: sockets,
          token,
          subscriptions: (n) =>
            Array.from({ length: perSocket }, (_, i) => ({
              query: `subscription ($chat: ID!) { messageReceived(filter: { chatIds: [$chat] }) { id text } }`,
              variables: { chat: `chat_${n * perSocket + i + 1}` },
            })),
        });
        costs.push(each(before, await server.call<Memory>('memory'), count));
        if (alone) {
          const together = await statementsOf(server);
          quiet = together.quiet - alone.quiet;
          event = together.event - alone.event;
        }
        clients.close();
      } finally {
        await server.stop();
      }
    }
    const bytes = median(costs.map((one) => one.rss));
    const lines: Line[] = [
      {
        what: `${count} idle subscriptions, each with another filter: memory of each`,
        against: '-',
        reach: '≤ 12 kB',
        measured: `${show(bytes)} kB`,
        reached: bytes <= 12,
        details: [
          `${perSocket} on a socket; resident memory, runs ${showAll(costs.map((one) => one.rss))} kB; heap ${show(median(costs.map((one) => one.heap)))} kB`,
        ],
      },
      {
        what: 'the same: SQL statements, while nothing happens and for an event',
        against: 'the gateway without subscriptions',
        reach: '0 more',
        measured: `${quiet} and ${event.toFixed(2)} more`,
        reached: quiet <= 1 && event <= 0,
        details: [
          `in ${quietMs / 1000} s of quiet and for an event, the mean of ${eventCount}; the token of open sockets is checked again every four seconds, with one statement for all of them`,
        ],
      },
    ];
    return lines;
  },
};

const quietMs = 1000;
const eventCount = 50;

/** Statements in a second without events, and for one event. */
async function statementsOf(server: Server): Promise<{ quiet: number; event: number }> {
  const since = async () => (await server.call<{ all: number }>('statements')).all;
  await server.call('publish', { count: 10, together: false });
  await since();
  await server.call('publish', { count: eventCount, together: false });
  const event = (await since()) / eventCount;
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  return { quiet: await since(), event };
}

function each(before: Memory, after: Memory, count: number): Memory {
  return { rss: (after.rss - before.rss) / 1024 / count, heap: (after.heap - before.heap) / 1024 / count };
}
