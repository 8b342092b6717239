/** A client of `GET /events`, as `curl -N` or an EventSource is one. */
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
  const response = await fetch(`${url}/events?${parameters}`, {
    headers: { authorization: `Bearer ${adminToken}`, ...headers },
    signal: leaving.signal,
  });
  const events: StreamedEvent[] = [];
  const waiting = new Set<() => void>();
  const ended = read(response, (event) => {
    events.push(event);
    for (const look of waiting) look();
  }).catch(() => {});
  return {
    status: response.status,
    events,
    atLeast: (count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${events.length} events, not ${count}`)), 10_000);
        const look = () => {
          if (events.length < count) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(events);
        };
        waiting.add(look);
        look();
      }),
    cut: async () => {
      leaving.abort();
      await ended;
      return events;
    },
  };
}

async function read(response: Response, take: (event: StreamedEvent) => void): Promise<void> {
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
