import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { existsSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { query } from './stack.ts';

describe('npm run demo', () => {
  it('does the main job: a simulated message arrives at a subscriber, a mutation sends one, and it ends cleanly', async () => {
    const demo = spawn(process.execPath, ['src/demo.ts', '--port', '0', '--talk', '300'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(demo, 'exit') as Promise<[number | null]>;
    try {
      const card = await readCard(demo.stdout);
      const url = /^wxgraph ready at (\S+)$/m.exec(card)![1]!;
      const token = /wxg_[0-9a-f]{64}/.exec(card)![0];
      const folder = /Data\s+(\S+),/.exec(card)![1]!;

      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
      });
      const frames = client.iterate<{ messageReceived: { text: string } }>({
        query: 'subscription { messageReceived { text chat { contact { displayName } } } }',
      });
      const first = await frames.next();
      expect(first.value?.data?.messageReceived.text).not.toBe('');
      await client.dispose();

      const { data, errors } = await query(
        url,
        'mutation { send(input: { targets: ["g001"], content: { text: "你好" }, waitMs: 20000 }) { job { total successCount } } }',
        {},
        token,
      );
      expect(errors).toBeUndefined();
      expect(data.send.job).toEqual({ total: 3, successCount: 3 });

      const link = /http\S+\/sign-in\/\w+/.exec(card)![0];
      const signedIn = await fetch(link, { redirect: 'manual' });
      expect([signedIn.status, signedIn.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('HttpOnly')]);
      expect((await fetch(link, { redirect: 'manual' })).status).toBe(401);

      demo.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      expect(existsSync(folder)).toBe(false);
    } finally {
      demo.kill('SIGKILL');
    }
  });
});

/** What the demo prints, up to its last line. */
async function readCard(stdout: NodeJS.ReadableStream): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stdout })) {
    lines.push(line);
    if (line.includes('Stop with Ctrl-C')) break;
  }
  return lines.join('\n');
}
