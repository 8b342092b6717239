/** `messageReceived`: every stored message once. */
import type { Message } from '../../db/model.ts';
import type { MessageFilter as StoreFilter } from '../../db/store.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { readPosition, showPosition } from './cursors.ts';
import { expectMessages } from './expect-messages.ts';
import { type MessageFilter, storeFilter } from '../messages/read-messages.ts';
import { type Stream, type Told, stream } from './watch.ts';
import { type ResumeArgs, readLast } from './watch-events.ts';

export type MessageFrame = { cursor: string; message: Message };

const pageSize = 500;

/**
 * From now on, or everything later than `after` and then live, or the newest `last` first. It replays from the messages
 * themselves, which are kept longer than the event log, and joins the log at the position where that replay ended.
 */
export async function watchMessages(
  app: App,
  caller: Caller,
  args: { filter?: MessageFilter | null } & ResumeArgs,
): Promise<Stream<MessageFrame>> {
  const filter = storeFilter(caller, args.filter);
  const { epoch, newest } = await app.store.bounds();
  const last = readLast(args);
  const from = typeof args.after === 'string' ? await readPosition(app, args.after, 'messages') : newest;
  const told = (message: Message): Told<MessageFrame> => ({
    seq: message.seq,
    value: { cursor: showPosition(epoch, message.seq), message },
  });
  return stream({
    from,
    acceptedAt: Math.max(newest, from),
    ...(last !== null && {
      first: async () => {
        const newestOnes = await app.store.queries.messages(filter, { last, upTo: newest });
        return newestOnes.items.map((message) => told(message).value);
      },
    }),
    page: async (after, until) => {
      const page = await app.store.queries.messages(filter, { first: pageSize, after, upTo: until });
      return { told: page.items.map(told), upTo: page.hasNext ? page.items.at(-1)!.seq : until };
    },
    interest: {
      types: ['MESSAGE_RECEIVED'],
      accountIds: filter.accountIds ?? null,
      chatIds: filter.chatIds ?? null,
      passes: (event) => event.type === 'MESSAGE_RECEIVED' && matches(filter, event.message),
    },
    show: (events) => events.flatMap((event) => (event.type === 'MESSAGE_RECEIVED' ? [told(event.message)] : [])),
    expect: (frames, loaders) => expectMessages(loaders, () => frames.map(({ message }) => message)),
    cursorOf: (seq) => showPosition(epoch, seq),
  });
}

/** Whether a message passes a filter; the same rule as the store's. */
export function matches(filter: StoreFilter, message: Message): boolean {
  const within = <T>(values: readonly T[] | null | undefined, value: T) => !values || values.includes(value);
  return (
    within(filter.accountIds, message.accountId) &&
    within(filter.chatIds, message.chatId) &&
    within(filter.kinds, message.kind) &&
    within(filter.directions, message.direction) &&
    within(filter.senderWxids, message.senderWxid) &&
    (filter.mentionsMe === null || filter.mentionsMe === undefined || filter.mentionsMe === message.mentionsMe) &&
    (!filter.search || lower(message.text).includes(lower(filter.search))) &&
    (typeof filter.since !== 'number' || message.sentAt >= filter.since) &&
    (typeof filter.until !== 'number' || message.sentAt < filter.until)
  );
}

/** Letters of ASCII alone, as the store compares them. */
function lower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
