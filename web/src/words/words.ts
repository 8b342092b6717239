/** What the panel says, in Chinese and in English: each page keeps its own words beside it. */
import { createContext, use } from 'react';

export type Language = 'zh' | 'en';

export const languages: readonly { key: Language; name: string }[] = [
  { key: 'zh', name: '中文' },
  { key: 'en', name: 'English' },
];

/** How each language writes numbers, days and times, whatever the browser's own is. */
export const localeOf = { zh: 'zh-CN', en: 'en-GB' } as const satisfies Record<Language, string>;

/** Words, or functions that make them; nested as a page likes it. */
type Dictionary = { readonly [key: string]: string | ((...args: never[]) => string) | Dictionary };

/** The same keys; what was a text may be another text. */
type Translated<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : T[K] extends Dictionary ? Translated<T[K]> : T[K];
};

export const LanguageContext = createContext<Language>('zh');

/** A hook that gives these words in the language of the reader. English has all that Chinese has, or it does not compile. */
export function words<T extends Dictionary>(zh: T, en: Translated<T>): () => Translated<T> {
  return () => (use(LanguageContext) === 'zh' ? (zh as Translated<T>) : en);
}

/** What the browser asks for: Chinese where it names it first, or names nothing that there is. */
export function preferredLanguage(asked: readonly string[]): Language {
  const first = asked.map((one) => one.slice(0, 2)).find((one) => one === 'zh' || one === 'en');
  return first === 'en' ? 'en' : 'zh';
}
