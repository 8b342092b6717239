/** Many clients that come back at once, all of them behind. */
import { type Subscribers, openSubscriber } from '../load/subscribers.ts';
import { type Bench, type Line, type Row, median, quantile, show, showAll } from '../row.ts';
import { type Server, startServer } from '../server.ts';
import { token } from '../token.ts';

const behind = 1000;
const query =
  'subscription ($after: String) { messageReceived(after: $after) { id text sentAt account { id } sender { displayName } } }';

export const storm: Row = {
  name: 'storm',
  async run(bench) {
    const gateway = await startServer('gateway', { token });
    try {
      await gateway.call('createAccounts', 1);
      await gateway.call('publish', { count: behind + 100, together: true });
      const one = await pagesOf(gateway, 1);
      const lines = [await lineOf(bench, gateway, 500, one, 3000)];
      if (!bench.quick) lines.push(await lineOf(bench, gateway, 2000, one, null));
      return lines;
    } finally {
      await gateway.stop();
    }
  },
};

async function lineOf(
  bench: Bench,
  gateway: Server,
  clients: number,
  pagesOfOne: number,
  targetMs: number | null,
): Promise<Line> {
  bench.say(`${clients} clients come back`);
  const runs: Storm[] = [];
  for (let repetition = 0; repetition < bench.repetitions; repetition += 1) runs.push(await comeBack(gateway, clients));
  const p99 = median(runs.map((run) => run.p99));
  const ratio = median(runs.map((run) => run.pages)) / pagesOfOne;
  return {
    what: `reconnect storm: ${clients} clients within a second, ${behind} events behind: all caught up, p99`,
    against: '-',
    reach: targetMs === null ? 'reported' : `≤ ${targetMs / 1000} s, pages read ≤ 2x of one reader's`,
    measured: `${show(p99 / 1000)} s, pages ${show(ratio)}x`,
    reached: targetMs === null ? null : p99 <= targetMs && ratio <= 2,
    details: [
      `from each one's first attempt to connect; p99 of the runs ${showAll(runs.map((run) => run.p99))} ms, p50 ${showAll(runs.map((run) => run.p50))} ms; attempts that were refused and made again ${runs.map((run) => run.refused).join(' / ')}; pages read ${runs.map((run) => run.pages).join(' / ')}, by one reader alone ${pagesOfOne}`,
      `the longest that the gateway did nothing else meanwhile: runs ${showAll(runs.map((run) => run.longestTurn))} ms`,
    ],
  };
}

type Storm = { p50: number; p99: number; pages: number; refused: number; longestTurn: number };

async function pagesOf(gateway: Server, clients: number): Promise<number> {
  return (await comeBack(gateway, clients)).pages;
}

async function comeBack(gateway: Server, clients: number): Promise<Storm> {
  // What was read a moment ago is shared no more.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const after = await gateway.call<string>('cursor', behind);
  await gateway.call('statements');
  await gateway.call('longestTurn');
  const open: Subscribers[] = [];
  let refused = 0;
  const from = performance.now();
  const times = await Promise.all(
    Array.from({ length: clients }, async (_, n) => {
      const due = (n * 1000) / clients;
      await new Promise((resolve) => setTimeout(resolve, due));
      for (;;) {
        try {
          const one = await openSubscriber({
            port: gateway.port,
            token,
            subscriptions: () => [{ query, variables: { after } }],
          });
          open.push(one);
          await one.reach(behind, 60_000);
          return performance.now() - from - due;
        } catch (error) {
          if (!(error instanceof Error) || !error.message.includes('429')) throw error;
          refused += 1;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    }),
  );
  const { pages } = await gateway.call<{ pages: number }>('statements');
  const longestTurn = await gateway.call<number>('longestTurn');
  for (const one of open) one.close();
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), pages, refused, longestTurn };
}
