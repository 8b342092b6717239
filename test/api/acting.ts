/** An upstream that can do everything: the simulated Openwx, with what it cannot do made up and noted. */
import { openwx } from '../../src/drivers/openwx/openwx.ts';
import { type Driver, DriverError, type UpstreamContact } from '../../src/drivers/driver.ts';
import type { DriverType } from '../../src/resolvers/app.ts';
import { type Capability, capabilities } from '../../src/words.ts';
import { type Stack, post } from '../end-to-end/stack.ts';
import { dataOf, send } from './ask.ts';

export type Acting = {
  type: DriverType & { capabilities: readonly Capability[] };
  /** What was asked of the upstream: the name of the call and what it was given. */
  calls: unknown[][];
  /** From now on the upstream does this at each call, before it answers; null: nothing. */
  meanwhile: ((call: string, signal: AbortSignal) => Promise<void> | void) | null;
  /** What `fetchContact` tells, by wxid; others are NOT_FOUND. */
  contacts: Map<string, UpstreamContact>;
  /** The chat room that `create` makes next. */
  made: UpstreamContact;
};

export function actingUpstream(): Acting {
  const acting: Acting = {
    calls: [],
    meanwhile: null,
    contacts: new Map(),
    made: { wxid: '@@made', kind: 'CHAT_ROOM' },
    type: { capabilities, create: (...given) => ({ ...openwx(...given), ...verbs(), capabilities }) },
  };
  const act = async (call: string, ...given: unknown[]): Promise<void> => {
    acting.calls.push([call, ...given.slice(0, -1)]);
    await acting.meanwhile?.(call, given.at(-1) as AbortSignal);
  };
  const verbs = (): Partial<Driver> => ({
    revoke: (...given) => act('revoke', ...given),
    setRemark: (...given) => act('setRemark', ...given),
    pin: (...given) => act('pin', ...given),
    acceptFriendRequest: (...given) => act('acceptFriendRequest', ...given),
    addFriend: (...given) => act('addFriend', ...given),
    enterCode: (...given) => act('enterCode', ...given),
    chatRooms: {
      create: async (...given) => {
        await act('create', ...given);
        return acting.made;
      },
      invite: (...given) => act('invite', ...given),
      remove: (...given) => act('remove', ...given),
      rename: (...given) => act('rename', ...given),
    },
    fetchContact: async (wxid) => {
      const contact = acting.contacts.get(wxid);
      if (contact) return contact;
      throw new DriverError('NOT_FOUND', 'nobody is called so', { certain: true, retry: false });
    },
  });
  return acting;
}

/** Ids of what can be acted on: of the account's own message, of a friend request, of a friend, of a chat room. */
export type Objects = { sent: string; request: string; friend: string; room: string };

let requests = 0;

/** Something of each kind, of the account at this place. */
export async function makeObjects(stack: Stack, at = 0): Promise<Objects> {
  const id = stack.accountIds[at]!;
  requests += 1;
  const event = { post_type: 'event', event: 'friend_request', params: [`@new${requests}`, '新人', '你好', 'ticket'] };
  await post(stack.callbackUrls[at]!, JSON.stringify(event));
  const sent = await send(stack, [id], `要撤回 ${requests}`);
  return stack.until(async () => {
    const data = dataOf(
      await stack.query(
        `query ($id: ID!, $log: ID!) {
          sendLog(id: $log) { message { id } }
          account(id: $id) {
            requests: messages(filter: { kinds: [FRIEND_REQUEST] }, last: 1) { nodes { id } }
            friends: contacts(filter: { kinds: [FRIEND] }) { nodes { id } }
            rooms: contacts(filter: { kinds: [CHAT_ROOM] }) { nodes { id } }
          }
        }`,
        { id, log: sent.job.logs.nodes[0]!.id },
      ),
    );
    const { requests: asked, friends, rooms } = data.account;
    if (!data.sendLog.message) return null;
    return {
      sent: data.sendLog.message.id,
      request: asked.nodes[0].id,
      friend: friends.nodes[0].id,
      room: rooms.nodes[0].id,
    };
  });
}
