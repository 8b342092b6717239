/** What a send will come to, in words. */
import { Alert } from 'antd';
import type { Estimate } from './estimate.ts';
import { useSendWords } from './words.ts';

export function Sum({ estimate }: { estimate: Estimate }) {
  const text = useSendWords();
  const { accounts, receivers, lines, durationMs } = estimate;
  return (
    <div>
      <strong>{receivers === null ? text.sumDefault(accounts) : text.sum(accounts, receivers, lines)}</strong>
      <div className="dim">{durationMs < 1000 ? text.atOnce : text.duration(inWords(durationMs, text))}</div>
    </div>
  );
}

/** What the reader should know before, none of which keeps the send from being taken. */
export function Cautions({ estimate }: { estimate: Estimate }) {
  const text = useSendWords();
  return (['waiting', 'limited', 'unaddressed'] as const).map((caution) => {
    const names = estimate[caution].map(({ name }) => name);
    if (names.length === 0) return null;
    const shown = names.length > 5 ? [...names.slice(0, 5), '…'] : names;
    return <Alert key={caution} type="warning" showIcon title={text[caution](shown.join(', '))} />;
  });
}

function inWords(ms: number, text: ReturnType<typeof useSendWords>): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return text.seconds(seconds);
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? text.minutes(minutes) : text.hours((minutes / 60).toFixed(1));
}
