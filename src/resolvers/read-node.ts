import type {
  Account,
  ApiToken,
  Chat,
  ChatRoomMember,
  Contact,
  Group,
  Media,
  Message,
  SendJob,
  SendLog,
  Webhook,
} from '../db/model.ts';
import { type Caller, maySee } from './access/caller.ts';
import { badInput, notFound } from './errors.ts';
import { type IdKind, kindOfId, readId } from './ids.ts';
import type { Loaders } from './load.ts';
import { maySeeMedia } from './media/read-media.ts';

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
  | { kind: 'token'; record: ApiToken }
  | { kind: 'webhook'; record: Webhook };

const maxNodes = 100;

/** Whatever has this id. NOT_FOUND for what is not there or not the caller's to see. */
export async function readNode(loaders: Loaders, caller: Caller, id: string): Promise<FoundNode> {
  const kind = kindOfId(id);
  const found = kind === null ? null : await findNode(loaders, caller, kind, readId(kind, id)!);
  if (found === null) throw notFound(kind === 'log' ? 'send' : (kind ?? 'object'), id);
  return found;
}

/** In the order of the ids, null for each that is not there. At most 100. */
export async function readNodes(
  loaders: Loaders,
  caller: Caller,
  ids: readonly string[],
): Promise<(FoundNode | null)[]> {
  if (ids.length > maxNodes) throw badInput('ids', `At most ${maxNodes} ids at once.`);
  return Promise.all(
    ids.map(async (id) => {
      const kind = kindOfId(id);
      return kind === null ? null : findNode(loaders, caller, kind, readId(kind, id)!);
    }),
  );
}

async function findNode(loaders: Loaders, caller: Caller, kind: IdKind, id: number): Promise<FoundNode | null> {
  /** What is an account's own is there for those who may see the account. */
  const seen = <T extends { accountId: number | null }>(record: T | null) =>
    record && record.accountId !== null && maySee(caller, record.accountId) ? record : null;
  const as = <Kind extends IdKind, T>(of: Kind, record: T | null) => record && { kind: of, record };
  switch (kind) {
    case 'account':
      return as(kind, maySee(caller, id) ? await loaders.account.load(id) : null);
    case 'group':
      return as(kind, await loaders.group.load(id));
    case 'contact':
      return as(kind, seen(await loaders.contact.load(id)));
    case 'member':
      return as(kind, seen(await loaders.member.load(id)));
    case 'chat':
      return as(kind, seen(await loaders.chat.load(id)));
    case 'message':
      return as(kind, seen(await loaders.message.load(id)));
    case 'media': {
      const media = await loaders.media.load(id);
      return as(kind, media && maySeeMedia(caller, media) ? media : null);
    }
    case 'job':
      return as(kind, await loaders.job.load(id));
    case 'log':
      return as(kind, seen(await loaders.log.load(id)));
    case 'webhook':
      return as(kind, caller.scope === 'ADMIN' ? await loaders.webhook.load(id) : null);
    case 'token': {
      // A token's own description is everyone's to see; others are ADMIN's.
      const isSeen = caller.scope === 'ADMIN' || caller.tokenId === id;
      return as(kind, isSeen ? await loaders.token.load(id) : null);
    }
  }
}
