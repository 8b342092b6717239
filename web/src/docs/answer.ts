/** What a call is answered, as it comes: a stream of events ends only when its reader leaves. */
import { layOut } from './json-layout.ts';

export type Answer = {
  status: number;
  statusText: string;
  headers: readonly [name: string, value: string][];
  /** From the request to what is here now. */
  ms: number;
  /** JSON is laid out. */
  text: string;
  /** Of a picture: where the page has it. */
  image: string | null;
  /** More came than is shown. */
  isCut: boolean;
};

const noted = [
  'content-type',
  'content-length',
  'content-language',
  'etag',
  'location',
  'retry-after',
  'cache-control',
];
const mostCharacters = 500_000;

/** Calls, and tells the answer as far as it is there whenever more of it has come. Throws where nothing was answered. */
export async function callRoute(
  address: string,
  request: RequestInit,
  tell: (answer: Answer) => void,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  const response = await fetch(address, { ...request, signal });
  const answer: Answer = {
    status: response.status,
    statusText: response.statusText,
    headers: noted.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as [string, string]];
    }),
    ms: performance.now() - began,
    text: '',
    image: null,
    isCut: false,
  };
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('image/')) {
    const image = URL.createObjectURL(await response.blob());
    return tell({ ...answer, image, ms: performance.now() - began });
  }
  let text = '';
  for await (const part of partsOf(response)) {
    text += part;
    const isCut = text.length > mostCharacters;
    if (isCut || type.startsWith('text/event-stream'))
      tell({ ...answer, text: text.slice(0, mostCharacters), isCut, ms: performance.now() - began });
    if (isCut) return;
  }
  tell({ ...answer, text: layOut(text) ?? text, ms: performance.now() - began });
}

async function* partsOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
}
