import type { SendContent } from '../words.ts';
import { badInput } from './errors.ts';

/** Exactly one of these is given. */
export type SendContentInput = { text?: string | null };

export function readSendContent(input: SendContentInput): SendContent {
  if (typeof input.text !== 'string') throw badInput('content', 'A send carries exactly one content.');
  return { type: 'TEXT', text: input.text };
}
