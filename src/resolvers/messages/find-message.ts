import type { Account, Message } from '../../db/model.ts';
import type { App } from '../app.ts';
import { notFound } from '../errors.ts';

/** A message of this account by its upstream's id, else by the gateway's own number. NOT_FOUND. */
export async function findMessage(app: App, account: Account, id: string): Promise<Message> {
  const { queries } = app.store;
  const [known] = await queries.messagesByUpstreamId([{ accountId: account.id, upstreamId: id }]);
  const [numbered] = !known && /^\d{1,15}$/.test(id) ? await queries.messagesById([Number(id)]) : [];
  const message = known ?? numbered;
  if (message?.accountId !== account.id) throw notFound('message', id);
  return message;
}
