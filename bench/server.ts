/** Servers under measurement: each a process of its own, told what to do over its channel. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type Server = {
  port: number;
  /** Calls one of the functions that the server answers. */
  call<Value = void>(name: string, argument?: unknown): Promise<Value>;
  /** Its resident memory in bytes, asked of the system: also while it has no time to answer. */
  resident(): Promise<number>;
  /** Ends it in order, and by force after ten seconds. */
  stop(): Promise<void>;
};

type Answer = { id: number; value?: unknown; error?: string };

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Options of Node with which `npm start` runs the gateway. */
const { scripts } = createRequire(import.meta.url)('../package.json') as { scripts: { start: string } };
const asStarted = scripts.start.split(' ').filter((word) => word.startsWith('--'));

let profiles: string | null = null;

/** From now on each gateway leaves a CPU profile in this folder when it ends. */
export function profileInto(folder: string): void {
  mkdirSync(folder, { recursive: true });
  profiles = folder;
}

/** Starts `servers/<name>` (or a peer), which listens on a port of its own choice. */
export async function startServer(name: string, options: object = {}): Promise<Server> {
  const place = name === 'mercurius' ? './peers/mercurius.mjs' : `./servers/${name}.ts`;
  const isGateway = name === 'gateway';
  const profiling = profiles !== null && isGateway ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
  const child = fork(fileURLToPath(new URL(place, import.meta.url)), [JSON.stringify(options)], {
    execArgv: ['--expose-gc', '--no-warnings', ...(isGateway ? asStarted : []), ...profiling],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const listening = Promise.withResolvers<number>();
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      running.delete(child);
      const error = new Error(`the server ${name} ended with ${code}`);
      listening.reject(error);
      for (const one of waiting.values()) one.reject(error);
      resolve();
    });
  });
  child.on('message', (message: Answer | { port: number }) => {
    if ('port' in message) return listening.resolve(message.port);
    const one = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) one?.resolve(message.value);
    else one?.reject(new Error(`${name}: ${message.error}`));
  });
  let next = 0;
  return {
    port: await listening.promise,
    call: <Value>(called: string, argument?: unknown) => {
      const one = Promise.withResolvers<unknown>();
      waiting.set((next += 1), one);
      child.send({ id: next, name: called, argument });
      return one.promise as Promise<Value>;
    },
    resident: () => residentOf(child.pid!),
    stop: async () => {
      const cut = setTimeout(() => child.kill('SIGKILL'), 10_000);
      child.send({ id: 0, name: 'stop' });
      await gone;
      clearTimeout(cut);
    },
  };
}

async function residentOf(pid: number): Promise<number> {
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024;
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1024;
}

/** Memory of a server after its rubbish was collected. */
export type Memory = { rss: number; heap: number };
