/** The server's side of `server.ts`. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

type Functions = Record<string, (argument: never) => unknown>;

/** Says where it listens and answers calls; `stop` ends the process after `close`. */
export function answer(port: number, functions: Functions, close: () => Promise<unknown> | void): void {
  const turns = monitorEventLoopDelay({ resolution: 5 });
  turns.enable();
  const all: Functions = {
    memory,
    cpu: () => process.cpuUsage(),
    /** The longest that nothing else had its turn, in ms, since this was last asked. */
    longestTurn: () => {
      const { max } = turns;
      turns.reset();
      return max / 1e6;
    },
    ...functions,
  };
  process.on('message', (message: { id: number; name: string; argument: never }) => void reply(message));
  process.once('disconnect', () => void Promise.resolve(close()).finally(() => process.exit(1)));
  process.send!({ port });

  async function reply({ id, name, argument }: { id: number; name: string; argument: never }): Promise<void> {
    try {
      if (name === 'stop') {
        await close();
        process.exit(0);
      }
      process.send!({ id, value: await all[name]!(argument) });
    } catch (error) {
      process.send!({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}

/** What the process was started with. */
export function options<Options>(): Options {
  return JSON.parse(process.argv[2] ?? '{}') as Options;
}

async function memory(): Promise<{ rss: number; heap: number }> {
  // Once is not enough: what has a finalizer goes in the second round.
  for (let round = 0; round < 3; round += 1) {
    (globalThis as { gc?: () => void }).gc!();
    await sleep(20);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}
