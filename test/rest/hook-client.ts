/** A client of the hook, at the gateway's own routes. */
import type { PchookDialect } from '../../src/words.ts';
import { type EveryDriver, startEveryDriver } from '../end-to-end/every-driver.ts';
import { adminToken } from '../end-to-end/stack.ts';

export type Told = Record<string, unknown>;
export type Reply = { status: number; text: string; told: Told };

/** Somebody, a chat room and its people, as an account's hook names them. */
export type Known = { self: string; friend: string; friends: string[]; room: string; members: string[] };

export type HookClients = EveryDriver & {
  /** The base of an account's calls, with a token in it. */
  base(id: string, token?: string): string;
  /** Posts parameters as JSON; text goes as it is. Without a content type, as one of the clients does. */
  call(id: string, name: string, params?: object | string | null, more?: RequestInit): Promise<Reply>;
  known(id: string): Promise<Known>;
  /** Has an account served in a dialect. */
  speak(id: string, dialect: PchookDialect | null): Promise<void>;
};

export async function startHookClients(env: Record<string, string> = {}): Promise<HookClients> {
  const settings = { WXGRAPH_PATH_TOKENS: 'on', WXGRAPH_ALLOW_HOSTS: '127.0.0.1', ...env };
  const every = await startEveryDriver(1, settings, { friends: 3, rooms: 1, roomMembers: 5 });
  const { stack } = every;
  const clients: HookClients = {
    ...every,
    base: (id, token = adminToken) => `${stack.gateway.url}/t/${token}/pchook/${id}`,
    async call(id, name, params = {}, more = {}) {
      const body = typeof params === 'string' ? Buffer.from(params) : Buffer.from(JSON.stringify(params));
      const answer = await fetch(`${clients.base(id)}/${name}`, { method: 'POST', body, ...more });
      const text = await answer.text();
      return { status: answer.status, text, told: JSON.parse(text) as Told };
    },
    async known(id) {
      const { told: self } = await clients.call(id, 'GetSelfLoginInfo');
      const { told: lists } = await clients.call(id, 'GetFriendAndChatRoomList', { type: '1' });
      const friends = (lists['friend'] as { wxid: string; sex: string }[]).map(({ wxid }) => wxid);
      const people = friends.filter((wxid) => !['filehelper', 'fmessage'].includes(wxid));
      const rooms = lists['chatroom'] as { gid: string; gname: string }[];
      const room = rooms.find(({ gname }) => gname === '产品体验群')!.gid;
      const { told: inside } = await clients.call(id, 'BatchGetChatRoomMemberWxid', { gid: room });
      const members = (inside['data'] as { wxid: string }[]).map(({ wxid }) => wxid);
      return { self: self['wxid'] as string, friend: people[0]!, friends: people, room, members };
    },
    async speak(id, dialect) {
      const change =
        'mutation ($id: ID!, $d: PchookDialect) { updateAccount(input: { id: $id, hookDialect: $d }) { account { hookDialect } } }';
      const { errors } = await stack.query(change, { id, d: dialect });
      if (errors) throw new Error(JSON.stringify(errors));
    },
    [Symbol.asyncDispose]: () => every[Symbol.asyncDispose](),
  };
  return clients;
}
