import type { Message } from '../db/model.ts';
import type { MediaFacts } from '../words.ts';
import type { App } from './app.ts';
import { type Caller, maySee } from './caller.ts';
import { notFound } from './errors.ts';
import { readId } from './ids.ts';

/** Media of a message, by the message's number. */
export type Media = MediaFacts & { id: number };

export async function readMedia(app: App, caller: Caller, id: string): Promise<Media> {
  const seq = readId('media', id);
  const [message] = seq === null ? [] : await app.store.queries.messagesById([seq]);
  const media = message && maySee(caller, message.accountId) ? mediaOf(message) : null;
  if (!media) throw notFound('media', id);
  return media;
}

export function mediaOf(message: Message): Media | null {
  return message.content.type === 'Media' ? { ...message.content.media, id: message.seq } : null;
}
