/** Queries of the store over 5,000,000 messages, and over 5,000. */
import { messagesIn } from '../data.ts';
import { type Line, type Row, interleave, median, show, showAll } from '../row.ts';
import { type Server, startServer } from '../server.ts';

const small = 5000;
const big = 5_000_000;

export const pages: Row = {
  name: 'pages',
  async run(bench) {
    if (bench.quick) return [];
    const folders = { big: await messagesIn(bench, big), small: await messagesIn(bench, small) };
    const servers = {
      big: await startServer('store', { folder: folders.big }),
      small: await startServer('store', { folder: folders.small }),
    };
    const time = async (server: Server, name: string, depth = 0): Promise<number> => {
      const argument = depth > 0 ? await server.call<number>('positionBehind', depth) : 0;
      return median(await server.call<number[]>('time', { name, argument, times: 200 }));
    };
    try {
      bench.say(`queries over ${show(big)} messages`);
      const lines: Line[] = [];
      for (const { name, what, depth } of compared) {
        const measured = await interleave(bench.repetitions, {
          big: () => time(servers.big, name, depth),
          small: () => time(servers.small, name, depth && small / 10),
        });
        const ms = median(measured.big);
        const ratio = ms / median(measured.small);
        lines.push({
          what: `${what} at ${show(big)} messages`,
          against: `the same at ${show(small)}`,
          reach: '≤ 2x, < 1 ms',
          measured: `${ratio.toFixed(2)}, ${show(ms)} ms`,
          reached: ratio <= 2 && ms < 1,
          details: [`runs ${showAll(measured.big)} ms against ${showAll(measured.small)} ms`],
        });
      }
      const stats = await interleave(bench.repetitions, { big: () => time(servers.big, 'stats') });
      const ms = median(stats.big);
      lines.push({
        what: `7-day statistics at ${show(big)} messages`,
        against: '-',
        reach: '≤ 2 ms',
        measured: `${show(ms)} ms`,
        reached: ms <= 2,
        details: [`runs ${showAll(stats.big)} ms`],
      });
      return lines;
    } finally {
      await servers.big.stop();
      await servers.small.stop();
    }
  },
};

const compared: readonly { name: string; what: string; depth?: number }[] = [
  { name: 'newest', what: 'newest page' },
  { name: 'page', what: 'page at depth 1,000,000', depth: 1_000_000 },
  { name: 'common', what: 'text search, a common word of two characters,' },
  { name: 'rare', what: 'text search, four characters that are in 1 of 10,000,' },
];
