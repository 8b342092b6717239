import type { Message } from '../../db/model.ts';
import type { Loaders } from '../load.ts';

/** Tells the loaders what these messages refer to and most subscriptions show: whose they are, where they were said, and by whom. */
export function expectMessages(loaders: Loaders, messages: () => readonly Message[]): void {
  loaders.account.expect(() => messages().map(({ accountId }) => accountId));
  loaders.chat.expect(() => messages().map(({ chatId }) => chatId));
  loaders.contactByWxid.expect(() => messages().map(({ accountId, senderWxid }) => ({ accountId, wxid: senderWxid })));
}
