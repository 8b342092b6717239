/** A gateway in a process of its own, as a user runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adminToken } from './stack.ts';

export type Running = {
  url: string;
  child: ChildProcess;
  /** Ends it with a signal; resolves when it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<{ code: number | null; ms: number; errors: string }>;
};

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Resolves when it says that it is ready. */
export async function runGateway(folder: string, port: number, env: Record<string, string> = {}): Promise<Running> {
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      // Starts in half the time once an earlier one ended in order and left what it compiled.
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(tmpdir(), 'node-compile-cache'),
      WXGRAPH_DATABASE: `${folder}/wxgraph.db`,
      WXGRAPH_PORT: String(port),
      WXGRAPH_ADMIN_TOKEN: adminToken,
      WXGRAPH_LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let words = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      words += text;
      const found = /ready at (\S+)/.exec(words)?.[1];
      if (found) resolve(found);
    });
    void gone.then((code) => reject(new Error(`ended with ${code} before it was ready: ${errors}`)));
  });
  return {
    url,
    child,
    end: async (signal) => {
      const from = performance.now();
      child.kill(signal);
      return { code: await gone, ms: performance.now() - from, errors };
    },
  };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
