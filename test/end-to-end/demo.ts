/** `npm run demo` as a child process, and what its card says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type Demo = {
  url: string;
  token: string;
  /** Signs a browser in, once. */
  link: string;
  folder: string;
  /** Ends it by a signal; answers its exit code. */
  end(signal: 'SIGINT' | 'SIGKILL'): Promise<number | null>;
};

/** A demo on a free port in which somebody writes three times a second. */
export async function startDemo(): Promise<Demo> {
  const demo = spawn(process.execPath, ['src/demo.ts', '--port', '0', '--talk', '300'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(demo, 'exit') as Promise<[number | null]>;
  const card = await readCard(demo.stdout);
  return {
    url: /^wxgraph ready at (\S+)$/m.exec(card)![1]!,
    token: /wxg_[0-9a-f]{64}/.exec(card)![0],
    link: /http\S+\/sign-in\/\w+/.exec(card)![0],
    folder: /Data\s+(\S+),/.exec(card)![1]!,
    end: async (signal) => {
      demo.kill(signal);
      return (await ended)[0];
    },
  };
}

/** What the demo prints, up to its last line. */
async function readCard(stdout: NodeJS.ReadableStream): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stdout })) {
    lines.push(line);
    if (line.includes('Stop with Ctrl-C')) break;
  }
  return lines.join('\n');
}
