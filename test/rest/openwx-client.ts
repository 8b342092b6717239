/** A client of Openwx, at the gateway's own routes. */
import { type OutgoingHttpHeaders, request } from 'node:http';
import { type Driven, type EveryDriver, startEveryDriver } from '../end-to-end/every-driver.ts';
import { adminToken } from '../end-to-end/stack.ts';

export type Told = Record<string, unknown>;
export type Reply = { status: number; headers: Record<string, unknown>; text: string; bytes: Buffer; json: Told };
export type Asked = {
  method?: string;
  token?: string | null;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer | URLSearchParams;
};

/** Ids as the routes of an account show them. */
export type Known = { friend: string; friends: string[]; room: string; members: string[]; self: string };

export type OpenwxClients = EveryDriver & {
  /** One request; `path` goes on after `/openwx/`. A token in the header unless there is none. */
  ask(path: string, asked?: Asked): Promise<Reply>;
  /** A call with parameters in the query. */
  call(route: string, params: Record<string, string>, asked?: Asked): Promise<Reply>;
  known(driven: Driven): Promise<Known>;
};

export async function startOpenwxClients(env: Record<string, string> = {}): Promise<OpenwxClients> {
  const settings = { WXGRAPH_PATH_TOKENS: 'on', WXGRAPH_ALLOW_HOSTS: '127.0.0.1', ...env };
  const every = await startEveryDriver(1, settings, { friends: 3, rooms: 1, roomMembers: 5 });
  const { stack } = every;
  const clients: OpenwxClients = {
    ...every,
    ask(path, { method = 'GET', token = adminToken, headers = {}, body } = {}) {
      const isForm = body instanceof URLSearchParams;
      return new Promise((resolve, reject) => {
        const sent = request(`${stack.gateway.url}/openwx/${path}`, {
          method,
          agent: false,
          headers: {
            ...(token !== null && { authorization: `Bearer ${token}` }),
            ...(isForm && { 'content-type': 'application/x-www-form-urlencoded' }),
            ...headers,
          },
        });
        sent.on('error', reject);
        sent.on('response', (response) => {
          const parts: Buffer[] = [];
          response.on('error', reject);
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => {
            const bytes = Buffer.concat(parts);
            const text = bytes.toString('utf8');
            const isJson = String(response.headers['content-type']).startsWith('application/json') && text !== '';
            const json = isJson ? (JSON.parse(text) as Told) : {};
            resolve({ status: response.statusCode!, headers: response.headers, text, bytes, json });
          });
        });
        sent.end(isForm ? body.toString() : body);
      });
    },
    call: (route, params, asked) => clients.ask(`${route}?${new URLSearchParams(params)}`, asked),
    async known({ id }) {
      const list = async (route: string) =>
        (await clients.call(route, { client: id })).json as unknown as {
          id: string;
          category: string;
          displayname: string;
          member: { id: string }[];
        }[];
      const friends = (await list('get_friend_info'))
        .filter(({ category }) => category === '好友')
        .map((one) => one.id);
      const room = (await list('get_group_info')).find(({ displayname }) => displayname === '产品体验群')!;
      const self = (await clients.call('get_user_info', { client: id })).json['id'] as string;
      return { friend: friends[0]!, friends, room: room.id, members: room.member.map((one) => one.id), self };
    },
    [Symbol.asyncDispose]: () => every[Symbol.asyncDispose](),
  };
  return clients;
}
