import type {
  Account,
  ApiToken,
  Chat,
  ChatRoomMember,
  Contact,
  Group,
  Message,
  SendJob,
  SendLog,
} from '../db/model.ts';
import type { App } from './app.ts';
import { type Caller, maySee } from './caller.ts';
import { GatewayError, badInput, notFound } from './errors.ts';
import { kindOfId, readId } from './ids.ts';
import { readGroup } from './manage-groups.ts';
import { readAccount } from './read-accounts.ts';
import { readChat } from './read-chats.ts';
import { readContact } from './read-contacts.ts';
import { readSendJob, readSendLog } from './read-logs.ts';
import { type Media, readMedia } from './read-media.ts';
import { readMessage } from './read-messages.ts';

export type FoundNode =
  | { kind: 'account'; record: Account }
  | { kind: 'group'; record: Group }
  | { kind: 'contact'; record: Contact }
  | { kind: 'member'; record: ChatRoomMember }
  | { kind: 'chat'; record: Chat }
  | { kind: 'message'; record: Message }
  | { kind: 'media'; record: Media }
  | { kind: 'job'; record: SendJob }
  | { kind: 'log'; record: SendLog }
  | { kind: 'token'; record: ApiToken };

const maxNodes = 100;

/** Whatever has this id. NOT_FOUND for what is not there or not the caller's to see. */
export async function readNode(app: App, caller: Caller, id: string): Promise<FoundNode> {
  const kind = kindOfId(id);
  switch (kind) {
    case 'account':
      return { kind, record: await readAccount(app, caller, id) };
    case 'group':
      return { kind, record: await readGroup(app, caller, id) };
    case 'contact':
      return { kind, record: await readContact(app, caller, id) };
    case 'member':
      return { kind, record: await readMember(app, caller, id) };
    case 'chat':
      return { kind, record: await readChat(app, caller, id) };
    case 'message':
      return { kind, record: await readMessage(app, caller, id) };
    case 'media':
      return { kind, record: await readMedia(app, caller, id) };
    case 'job':
      return { kind, record: await readSendJob(app, caller, id) };
    case 'log':
      return { kind, record: await readSendLog(app, caller, id) };
    case 'token':
      return { kind, record: await readToken(app, caller, id) };
    case null:
      throw notFound('object', id);
  }
}

/** In the order of the ids, null for each that is not there. At most 100. */
export async function readNodes(app: App, caller: Caller, ids: readonly string[]): Promise<(FoundNode | null)[]> {
  if (ids.length > maxNodes) throw badInput('ids', `At most ${maxNodes} ids at once.`);
  return Promise.all(
    ids.map((id) =>
      readNode(app, caller, id).catch((error: unknown) => {
        if (error instanceof GatewayError && error.code === 'NOT_FOUND') return null;
        throw error;
      }),
    ),
  );
}

async function readMember(app: App, caller: Caller, id: string): Promise<ChatRoomMember> {
  const memberId = readId('member', id);
  const [member] = memberId === null ? [] : await app.store.queries.membersById([memberId]);
  if (!member || !maySee(caller, member.accountId)) throw notFound('member', id);
  return member;
}

async function readToken(app: App, caller: Caller, id: string): Promise<ApiToken> {
  const tokenId = readId('token', id);
  const [token] = tokenId === null ? [] : await app.store.queries.tokensById([tokenId]);
  // A token's own description is everyone's to see; others are ADMIN's.
  if (!token || (caller.scope !== 'ADMIN' && caller.tokenId !== token.id)) throw notFound('token', id);
  return token;
}
