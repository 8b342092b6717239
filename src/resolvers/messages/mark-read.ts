import type { Chat } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import type { App } from '../app.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { notFound } from '../errors.ts';
import { readId } from '../ids.ts';
import { readChat } from './read-chats.ts';

/** Everything up to the message `upTo`, itself included, is read; without it everything. */
export async function markRead(
  app: App,
  caller: Caller,
  input: { chatId: string; upTo?: string | null },
): Promise<Changed<Chat>> {
  requireScope(caller, 'SEND');
  const chat = await readChat(app, caller, input.chatId);
  let upTo: number | null = null;
  if (input.upTo !== null && input.upTo !== undefined) {
    upTo = readId('message', input.upTo);
    const [message] = upTo === null ? [] : await app.store.queries.messagesById([upTo]);
    if (!message || message.chatId !== chat.id) throw notFound('message', input.upTo);
  }
  return app.store.markRead(chat.id, upTo, app.clock.now());
}
