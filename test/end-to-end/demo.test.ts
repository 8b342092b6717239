import { existsSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startDemo } from './demo.ts';
import { query } from './stack.ts';

describe('npm run demo', () => {
  it('does the main job: a simulated message arrives at a subscriber, a mutation sends one, and it ends cleanly', async () => {
    const { url, token, link, folder, end } = await startDemo();
    try {
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

      const signedIn = await fetch(link, { redirect: 'manual' });
      expect([signedIn.status, signedIn.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('HttpOnly')]);
      expect((await fetch(link, { redirect: 'manual' })).status).toBe(401);

      expect(await end('SIGINT')).toBe(0);
      expect(existsSync(folder)).toBe(false);
    } finally {
      await end('SIGKILL');
    }
  });
});
