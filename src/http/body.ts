import { badInput } from '../resolvers/errors.ts';

export const maxNesting = 32;

/** The JSON in a raw body. BAD_INPUT for none, for bad UTF-8, and for more than 32 levels. */
export function readJsonBody(body: unknown): unknown {
  const text = readText(body);
  checkNesting(text);
  try {
    return JSON.parse(text);
  } catch {
    throw badInput('body', 'The body is not JSON.');
  }
}

/** The text of a raw body; empty for none. */
export function readText(body: unknown): string {
  if (!(body instanceof Uint8Array)) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw badInput('body', 'The body is not UTF-8.');
  }
}

/** Throws BAD_INPUT for JSON that is nested deeper than anything meant well, before anybody parses it. */
export function checkNesting(text: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) {
      inString = true;
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > maxNesting) throw badInput('body', `The body is nested deeper than ${maxNesting} levels.`);
    } else if (code === 0x5d || code === 0x7d) {
      depth -= 1;
    }
  }
}
