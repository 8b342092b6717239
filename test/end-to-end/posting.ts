/** Upstreams that post many messages. */
import { openwxText, post } from './stack.ts';

/** Posts texts with the ids `from`, `from + 1`, … until `count` are answered 200 or the signal aborts. */
export async function postMany(
  callbackUrl: string,
  { from, count, lanes = 4, paceMs, more = () => ({}), onAcknowledged, signal }: Posting,
): Promise<{ acknowledged: string[]; tried: string[] }> {
  const acknowledged: string[] = [];
  const tried: string[] = [];
  let next = from;
  const startedAt = performance.now();
  const isOver = () => next >= from + BigInt(count) || signal?.aborted === true;
  async function lane(): Promise<void> {
    while (!isOver()) {
      const id = String(next);
      const due = startedAt + Number(next - from) * (paceMs ?? 0);
      next += 1n;
      // The pace of a load, not a wait for anything.
      if (paceMs) await new Promise((resolve) => setTimeout(resolve, Math.max(1, due - performance.now())));
      tried.push(id);
      const answer = await post(callbackUrl, openwxText(id, `text ${id}`, more(id))).catch(() => null);
      if (answer?.status === 200) {
        acknowledged.push(id);
        onAcknowledged?.();
      }
      await answer?.text().catch(() => {});
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return { acknowledged, tried };
}

type Posting = {
  from: bigint;
  count: number;
  lanes?: number;
  /** One each so many milliseconds; as fast as it goes where it is left out. */
  paceMs?: number;
  /** Fields of the message with this id in the place of the recorded ones. */
  more?: (id: string) => Record<string, unknown>;
  /** Called at once for each answer 200. */
  onAcknowledged?: () => void;
  signal?: AbortSignal;
};
