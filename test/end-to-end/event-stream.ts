/** A client of `GET /events`, as `curl -N` or an EventSource is one. */
import { collect } from './collect.ts';
import { adminToken } from './stack.ts';

export type StreamedEvent = {
  id: string;
  event: { type: string; cursor: string; accountId: string | null; data: Record<string, unknown> | null };
};

export type EventStream = {
  status: number;
  events: StreamedEvent[];
  atLeast(count: number): Promise<StreamedEvent[]>;
  /** Drops the connection; resolves with what had come. */
  cut(): Promise<StreamedEvent[]>;
};

/** Opens the stream; resolves when the answer's head is there. */
export async function openEvents(
  url: string,
  parameters = '',
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const leaving = new AbortController();
  const response = await askForEvents(url, parameters, headers, leaving.signal);
  const events = collect<StreamedEvent>();
  const ended = readEvents(response, events.add).catch(() => {});
  return {
    status: response.status,
    events: events.all,
    atLeast: (count) => events.until((all) => all.length >= count, `${count} events`),
    cut: async () => {
      leaving.abort();
      await ended;
      return events.all;
    },
  };
}

/** The answer of `GET /events`, as ADMIN unless another token is among the headers. */
export function askForEvents(
  url: string,
  parameters: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(`${url}/events?${parameters}`, {
    headers: { authorization: `Bearer ${adminToken}`, ...headers },
    signal,
  });
}

/** Takes each event of the stream; resolves when it ends. */
export async function readEvents(response: Response, take: (event: StreamedEvent) => void): Promise<void> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const lines = block.split('\n').filter((line) => !line.startsWith(':'));
      if (lines.length === 0) continue;
      const value = (name: string) => lines.find((line) => line.startsWith(`${name}: `))!.slice(name.length + 2);
      take({ id: value('id'), event: JSON.parse(value('data')) as StreamedEvent['event'] });
    }
  }
}
