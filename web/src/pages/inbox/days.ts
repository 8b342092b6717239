/** Days and times of day, as the reader's language writes them. */
import { type Language, localeOf } from '../../words/words.ts';

/** The reader's day that a moment is on. */
export function dayOf(at: string): string {
  return new Date(at).toDateString();
}

export function showDay(at: string, language: Language): string {
  return new Date(at).toLocaleDateString(localeOf[language], {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    year: new Date(at).getFullYear() === new Date().getFullYear() ? undefined : 'numeric',
  });
}

export function showClock(at: string, language: Language): string {
  return new Date(at).toLocaleTimeString(localeOf[language], { hour: '2-digit', minute: '2-digit' });
}

/** The time of day of today's moments, the day of others. */
export function showShort(at: string, language: Language): string {
  const date = new Date(at);
  if (date.toDateString() === new Date().toDateString()) return showClock(at, language);
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return date.toLocaleDateString(localeOf[language], {
    year: isThisYear ? undefined : '2-digit',
    month: 'numeric',
    day: 'numeric',
  });
}
