/** What the client makes of the answer to a post of a message. */
import type { PostAnswer } from '../post-json.ts';

export type Reply = { text: string | null; media: string | null };

/** `crash` for JSON that is neither an object nor an array: the whole client ends over it. */
export function replyFrom(answer: PostAnswer): Reply | 'crash' {
  const nothing: Reply = { text: null, media: null };
  if (!/(text|application)\/json/.test(answer.contentType)) return nothing;
  let json: unknown;
  try {
    json = JSON.parse(answer.body);
  } catch {
    return 'crash';
  }
  if (typeof json !== 'object' || json === null) return 'crash';
  if (Array.isArray(json)) return nothing;
  const { reply, media } = json as { reply?: unknown; media?: unknown };
  return {
    text: typeof reply === 'string' || typeof reply === 'number' ? String(reply) : null,
    media: typeof media === 'string' && /^https?:\/\//.test(media) ? media : null,
  };
}
