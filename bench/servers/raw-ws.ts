/** The limit to compare with: `ws`, which sends the same text to everybody, with no question of who they are or what they want. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { answer } from './answer.ts';

const server = createServer();
const sockets = new WebSocketServer({
  server,
  perMessageDeflate: false,
  handleProtocols: (offered) => [...offered][0]!,
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

answer(
  (server.address() as AddressInfo).port,
  {
    async publish({ count, text }: { count: number; text: string }): Promise<void> {
      for (let n = 0; n < count; n += 1) {
        for (const client of sockets.clients) client.send(text);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  },
  () => {},
);
