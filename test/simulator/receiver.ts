/** A post_api: takes what clients post and answers as it is told. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

type Received = { text: string; body: Record<string, unknown>; url: string; contentType: string | undefined };
export type Receiver = AsyncDisposable & {
  readonly url: string;
  readonly received: Received[];
  /** What the next posts are answered with. */
  answer: (post: Received) => Answer | Promise<Answer>;
};
type Answer = { status?: number; contentType?: string; body?: string };

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const post: Received = {
        text,
        body: readBody(text),
        url: request.url ?? '',
        contentType: request.headers['content-type'],
      };
      received.push(post);
      void (async () => {
        const { status = 204, contentType, body = '' } = await receiver.answer(post);
        response.writeHead(status, contentType === undefined ? {} : { 'content-type': contentType });
        response.end(status === 204 ? undefined : body);
      })();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/post_api`,
    received,
    answer: () => ({}),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

/** Empty where it is no JSON: the PC hook's posts hold line breaks as they are. */
function readBody(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
