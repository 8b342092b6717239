/** Real servers on loopback that end with their test. */
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer as createHttpServer } from 'node:http';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

export type Seen = { method: string; path: string; query: URLSearchParams; body: string };

/** An HTTP server; tells its address and what it was asked. */
export async function serveHttp(
  answer: (seen: Seen, response: ServerResponse, request: IncomingMessage) => void,
): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://host');
      const one: Seen = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      answer(one, response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: addressOf(server.address() as AddressInfo), seen };
}

/** A bare TCP server; tells its address, how many connections came, and what they brought. */
export async function serveTcp(
  onConnection: (socket: Socket) => void,
): Promise<{ url: string; connections: Socket[]; stop: () => Promise<void> }> {
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    connections.push(socket);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    for (const socket of connections) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  onTestFinished(stop);
  return { url: addressOf(server.address() as AddressInfo), connections, stop };
}

/** An address where nobody listens. */
export async function closedAddress(): Promise<string> {
  const { url, stop } = await serveTcp(() => undefined);
  await stop();
  return url;
}

function addressOf({ port }: AddressInfo): string {
  return `http://127.0.0.1:${port}`;
}
