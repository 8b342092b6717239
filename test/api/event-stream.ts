/** GraphQL over server-sent events, read as a client reads it. */
import { adminToken } from '../end-to-end/stack.ts';

/** The answer to a POST that accepts an event stream; null: without a token. */
export function openStream(
  stack: { gateway: { url: string } },
  query: string,
  variables: object = {},
  token: string | null = adminToken,
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${stack.gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
    signal,
  });
}

export type StreamEvent = { event: string; data: string };

/** The events of a stream until it ends; comments are left out. */
export async function* eventsOf(response: Response): AsyncGenerator<StreamEvent, void, void> {
  let rest = '';
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    rest += part;
    const blocks = rest.split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split('\n')
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart())
          .join('\n');
      if (field('event') !== '') yield { event: field('event'), data: field('data') };
    }
  }
}
