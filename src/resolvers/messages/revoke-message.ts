import type { Message } from '../../db/model.ts';
import type { Changed } from '../../db/store.ts';
import type { SentMessage } from '../../drivers/driver.ts';
import type { App } from '../app.ts';
import { askUpstream } from '../accounts/ask-upstream.ts';
import { type Caller, requireScope } from '../access/caller.ts';
import { badInput } from '../errors.ts';
import { readAccountById } from '../accounts/read-accounts.ts';
import { readMessage } from './read-messages.ts';

/**
 * Takes an own message back for everybody. One that was taken back already answers the same, without asking WeChat again.
 * BAD_INPUT for a message of somebody else; how long a message can be taken back is the upstream's to say.
 */
export async function revokeMessage(app: App, caller: Caller, id: string): Promise<Changed<Message>> {
  requireScope(caller, 'SEND');
  const message = await readMessage(app, caller, id);
  const { direction, kind } = message;
  if (direction !== 'OUTGOING' || kind === 'REVOKE' || kind === 'SYSTEM') {
    throw badInput('id', 'Only what the account itself said can be revoked.');
  }
  if (message.revoked) return { object: message, seq: (await app.store.bounds()).newest };
  const account = await readAccountById(app, message.accountId);
  const sent = await asSent(app, message);
  return askUpstream(app, account, {
    capability: 'REVOKE',
    act: (driver, signal) => driver.revoke!(sent, signal),
    keep: () => app.store.markRevoked(message.seq, app.clock.now()),
  });
}

/** The message as its upstream knows it: what it told when it took the send, where this gateway sent it. */
async function asSent(app: App, message: Message): Promise<SentMessage> {
  const { queries } = app.store;
  const [chat] = await queries.chatsById([message.chatId]);
  const [contact] = await queries.contactsById(chat ? [chat.contactId] : []);
  const [log] = await queries.logsById(message.sendId === null ? [] : [message.sendId]);
  return {
    upstreamId: message.upstreamId ?? log?.upstreamId ?? null,
    reference: log?.reference ?? null,
    peerWxid: contact!.wxid,
    sentAt: message.sentAt,
  };
}
