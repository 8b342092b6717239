import { Tooltip } from 'antd';
import { use, useSyncExternalStore } from 'react';
import { useCommon } from '../words/common.ts';
import { type Language, LanguageContext, localeOf } from '../words/words.ts';

const stepMs = 15_000;
let now = Date.now();
const shown = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  for (const changed of shown) changed();
}, stepMs);

/** The time, new every 15 seconds; one clock for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(
    (changed) => {
      shown.add(changed);
      return () => shown.delete(changed);
    },
    () => now,
  );
}

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** "3 minutes ago", and the moment itself where it is pointed at. */
export function Ago({ at }: { at: string | null | undefined }) {
  const language = use(LanguageContext);
  const common = useCommon();
  const current = useNow();
  if (!at) return <span className="dim">{common.unknownTime}</span>;
  // The clock here goes in steps, and the gateway's may differ a little: nothing happened in the future.
  const passed = Math.min(new Date(at).getTime() - current, 0);
  const [unit, ms] = units.find(([, size]) => Math.abs(passed) >= size) ?? units.at(-1)!;
  return (
    <Tooltip title={showTime(at, language)}>
      <time dateTime={at}>
        {new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.round(passed / ms), unit)}
      </time>
    </Tooltip>
  );
}

/** Date and time of day, as the reader's language writes them, in the time zone of the browser. */
export function At({ at }: { at: string }) {
  const language = use(LanguageContext);
  return <time dateTime={at}>{showTime(at, language)}</time>;
}

export function showTime(at: string, language: Language): string {
  return new Date(at).toLocaleString(localeOf[language], { hour12: false });
}
