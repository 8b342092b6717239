import type { Account, Message } from '../../db/model.ts';
import type { App } from '../app.ts';
import { readId } from '../ids.ts';

/** How many of the newest requests are looked through for one whose ticket its upstream gave. */
const looked = 500;

/** The request that a client was told of: by its message's id, or by the ticket that its upstream gave. Null for none of this account. */
export async function findFriendRequest(app: App, account: Account, ticket: string): Promise<Message | null> {
  const { queries } = app.store;
  const seq = readId('message', ticket);
  if (seq !== null) {
    const [message] = await queries.messagesById([seq]);
    return message?.accountId === account.id && message.kind === 'FRIEND_REQUEST' ? message : null;
  }
  const filter = { accountIds: [account.id], kinds: ['FRIEND_REQUEST'] } as const;
  const { items } = await queries.messages(filter, { last: looked });
  return items.findLast(({ content }) => content.type === 'FriendRequest' && content.ticket === ticket) ?? null;
}
