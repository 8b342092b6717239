/** What the reader chose of this browser: language and theme. */
import { type Language, preferredLanguage } from './words/words.ts';

export type Theme = 'auto' | 'light' | 'dark';
export type Chosen = { language: Language; theme: Theme };

const key = 'wxgraph';

/** `?lang=` in the address wins: a link may say in which language it is meant. */
export function readChosen(): Chosen {
  const asked = new URLSearchParams(location.search).get('lang');
  const kept = readKept();
  return asked === 'zh' || asked === 'en' ? { ...kept, language: asked } : kept;
}

function readKept(): Chosen {
  const fallback: Chosen = { language: preferredLanguage(navigator.languages), theme: 'auto' };
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Chosen>;
    return {
      language: kept.language === 'zh' || kept.language === 'en' ? kept.language : fallback.language,
      theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : fallback.theme,
    };
  } catch {
    return fallback;
  }
}

export function keepChosen(chosen: Chosen): void {
  try {
    localStorage.setItem(key, JSON.stringify(chosen));
  } catch {
    // A browser that keeps nothing for us asks again next time.
  }
}
