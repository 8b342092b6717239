/** One subscriber that resumes from the beginning. */
import { messagesIn } from '../data.ts';
import { openSubscriber } from '../load/subscribers.ts';
import { type Row, interleave, median, ratioLine, show, showAll } from '../row.ts';
import { startServer } from '../server.ts';
import { token } from '../token.ts';

const query = 'subscription ($after: String) { messageReceived(after: $after) { id text sentAt account { id } } }';

export const replay: Row = {
  name: 'replay',
  async run(bench) {
    const count = bench.quick ? 20_000 : 1_000_000;
    const folder = await messagesIn(bench, count);
    const store = await startServer('store', { folder });
    const growth: number[] = [];
    const turns: number[] = [];
    try {
      bench.say(`replay of ${show(count)} messages`);
      const measured = await interleave(bench.repetitions, {
        gateway: async () => {
          const gateway = await startServer('gateway', { token, folder });
          try {
            const after = await gateway.call<string>('cursor', null);
            const open = () =>
              openSubscriber({ port: gateway.port, token, subscriptions: () => [{ query, variables: { after } }] });
            // It answers as one that has run for a while: its first thousands of messages are slower.
            const before = await open();
            await before.reach(20_000, 60_000);
            before.close();
            await gateway.call('longestTurn');
            const from = performance.now();
            const client = await open();
            // What it holds when it has found its way, and at the end.
            await client.reach(count / 5, 120_000);
            const early = await gateway.resident();
            let most = early;
            const looking = setInterval(
              () => void gateway.resident().then((bytes) => (most = Math.max(most, bytes))),
              200,
            );
            await client.reach(count, 300_000);
            const ms = performance.now() - from;
            clearInterval(looking);
            growth.push((most - early) / 1024 / 1024);
            turns.push(await gateway.call<number>('longestTurn'));
            client.close();
            return (count * 1000) / ms;
          } finally {
            await gateway.stop();
          }
        },
        rows: () => store.call<number>('readAll'),
      });
      const rate = median(measured.gateway);
      const ratio = rate / median(measured.rows);
      const flat = median(growth) < 64;
      const line = ratioLine(
        {
          what: `replay of ${show(count)} messages to one subscriber that resumes`,
          against: 'reading the rows alone',
          details: [
            `gateway: ${show(rate)} a second (runs ${showAll(measured.gateway)}); rows alone: ${show(median(measured.rows))} (runs ${showAll(measured.rows)})`,
            `resident memory from a fifth of the way on, at most: runs ${growth.map((mb) => mb.toFixed(1)).join(' / ')} MB more`,
            `the longest that the gateway did nothing else meanwhile: runs ${showAll(turns)} ms`,
          ],
        },
        ratio,
        { atLeast: 0.3 },
      );
      // So few messages are over before the memory of a new process has found its level.
      if (bench.quick) return [line];
      return [
        {
          ...line,
          reach: `${line.reach}, flat memory`,
          measured: `${line.measured}, ${flat ? 'flat' : `${median(growth).toFixed(0)} MB more`}`,
          reached: line.reached === true && flat,
        },
      ];
    } finally {
      await store.stop();
    }
  },
};
