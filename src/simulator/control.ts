/** The control API: JSON over HTTP to look at a simulator and to make things happen in it. */
import http from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { avatarPng } from './png.ts';
import type { SimulatedAccount, Simulator } from './simulator.ts';
import type { Content } from './world.ts';

export type Control = { url: string; stop: () => Promise<void> };

/** What is wrong with a request. */
class ControlError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const common = {
  account: z.union([z.number().int(), z.string()]).optional(),
  times: z.number().int().min(1).optional(),
};
const ms = z.number().min(0);
const route = z.string().optional();
const faultInput = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('repeat'), copies: z.number().int().min(1).optional(), ...common }),
  z.strictObject({ type: z.literal('delay'), ms, ...common }),
  z.strictObject({ type: z.literal('reorder'), size: z.number().int().min(2).optional(), ...common }),
  z.strictObject({
    type: z.literal('refuse'),
    ret: z.number().int().optional(),
    text: z.string().optional(),
    tries: z.number().int().min(1).optional(),
    to: z.string().optional(),
    ...common,
  }),
  z.strictObject({ type: z.enum(['timeout-after-send', 'timeout-before-send']), ms: ms.optional(), ...common }),
  z.strictObject({ type: z.enum(['reset', 'garbage', 'error', 'hang']), route, ...common }),
  z.strictObject({ type: z.literal('slow'), route, ms, ...common }),
  z.strictObject({ type: z.literal('logout'), next: z.enum(['scan', 'stop']).optional(), ...common }),
  z.strictObject({ type: z.enum(['drop', 'silence', 'die', 'reset-after-send', 'reset-before-send']), ...common }),
]);
const received = z.strictObject({
  from: z.string(),
  room: z.string().optional(),
  text: z.string().optional(),
  /** Mentions the account; the text is put behind the mention. */
  mention: z.boolean().optional(),
  image: z.boolean().optional(),
  file: z.string().optional(),
});

type Input = {
  /** The account that the path names, where it is one with an Openwx client. */
  account: () => SimulatedAccount;
  /** The account that the path names, whatever its front. */
  person: () => SimulatedPerson;
  body: unknown;
  path: readonly string[];
};
/** What accounts of all fronts can do. */
type SimulatedPerson = Pick<
  SimulatedAccount,
  'number' | 'wxid' | 'account' | 'qrCode' | 'scan' | 'confirm' | 'expireQrCode'
>;
type Action = (simulator: Simulator, input: Input) => unknown;

function personOf(simulator: Simulator, text: string): string {
  const { people } = simulator.world;
  if (people.has(text)) return text;
  const named = [...people.values()].find((person) => person.name === text);
  if (named === undefined) throw new ControlError(404, `nobody is called ${text}`);
  return named.wxid;
}

function roomOf(simulator: Simulator, text: string): string {
  const { rooms } = simulator.world;
  if (rooms.has(text)) return text;
  const named = [...rooms.values()].find((room) => room.name === text);
  if (named === undefined) throw new ControlError(404, `no chat room is called ${text}`);
  return named.wxid;
}

function someoneOf(simulator: Simulator, text: string): string {
  const { people, rooms } = simulator.world;
  const isRoom = rooms.has(text) || (!people.has(text) && [...rooms.values()].some((room) => room.name === text));
  return isRoom ? roomOf(simulator, text) : personOf(simulator, text);
}

function receivedContent(simulator: Simulator, account: SimulatedPerson, input: z.infer<typeof received>): Content {
  if (input.image === true) {
    return { type: 'media', media: 'image', name: 'picture.png', bytes: avatarPng(`${simulator.clock.now()}`) };
  }
  if (input.file !== undefined) {
    return { type: 'media', media: 'file', name: input.file, bytes: Buffer.from(input.text ?? '') };
  }
  const text = input.text ?? '';
  if (input.mention !== true) return { type: 'text', text, mentions: [] };
  const name = simulator.world.people.get(account.wxid)?.name ?? '';
  return { type: 'text', text: `@${name}\u2005${text}`, mentions: [account.wxid] };
}

function describe(simulator: Simulator, account: SimulatedAccount): object {
  const { number, wxid, state, baseUrl, postApi } = account;
  return {
    number,
    wxid,
    name: simulator.world.people.get(wxid)?.name,
    front: 'openwx',
    id: account.idOf(wxid),
    state,
    baseUrl,
    client: account.clientName,
    postApi,
    scannable: account.qrCode !== null,
  };
}

function describeEcloud(simulator: Simulator): object | null {
  if (simulator.ecloudAccounts.length === 0) return null;
  const { baseUrl, authorization, callbackUrl } = simulator.ecloud;
  const accounts = simulator.ecloudAccounts.map(({ number, wxid, wId, qrCode }) => {
    const name = simulator.world.people.get(wxid)?.name;
    return { number, wxid, name, front: 'ecloud', wId, scannable: qrCode !== null };
  });
  return { baseUrl, authorization, callbackUrl, accounts };
}

function contacts(simulator: Simulator, account: SimulatedAccount): object {
  const { people, rooms } = simulator.world;
  return {
    contacts: [...account.account.contacts.values()].map((contact) => ({
      ...contact,
      id: account.idOf(contact.wxid),
      name: people.get(contact.wxid)?.name,
      alias: people.get(contact.wxid)?.alias,
    })),
    rooms: [...account.account.rooms].map((wxid) => ({
      wxid,
      id: account.idOf(wxid),
      name: rooms.get(wxid)?.name,
      members: rooms.get(wxid)?.members.map((member) => ({
        wxid: member.wxid,
        id: account.idOf(member.wxid),
        name: people.get(member.wxid)?.name,
        display: member.display,
      })),
    })),
  };
}

const actions: Readonly<Record<string, Action>> = {
  'GET state': (simulator) => ({
    accounts: simulator.accounts.map((account) => describe(simulator, account)),
    ecloud: describeEcloud(simulator),
    ...(simulator.hooks.length > 0 && {
      hooks: simulator.hooks.map(({ number, wxid, status, baseUrl, callbackUrl }) => ({
        number,
        wxid,
        front: 'pchook',
        status,
        baseUrl,
        callbackUrl,
      })),
    }),
    faults: simulator.faults().map(({ id, fault }) => ({ id, ...fault })),
    counts: {
      requests: simulator.requests.length,
      posts: simulator.posts.length,
      delivered: simulator.delivered.length,
    },
  }),
  'GET requests': ({ requests }) => requests,
  'GET posts': ({ posts }) => posts,
  'GET delivered': ({ delivered }) => delivered.map(({ content, ...rest }) => ({ ...rest, type: content.type })),
  'DELETE records': (simulator) => simulator.forget(),
  'POST faults': (simulator, { body }) => ({ id: simulator.fault(faultInput.parse(body)).id }),
  'DELETE faults': (simulator) => simulator.clearFaults(),
  'DELETE faults *': (simulator, { path }) => simulator.clearFaults(Number(path[1])),
  'POST talk': (simulator, { body }) =>
    simulator.talk(z.strictObject({ everyMs: z.number().min(1).nullable() }).parse(body).everyMs),
  'GET accounts *': (simulator, { account }) => describe(simulator, account()),
  'GET accounts * contacts': (simulator, { account }) => contacts(simulator, account()),
  'POST accounts * start': (_, { account, body }) =>
    account().start(z.strictObject({ cookie: z.boolean().optional() }).parse(body ?? {})),
  'POST accounts * stop': (_, { account }) => account().stop(),
  'POST accounts * die': (_, { account }) => account().die(),
  'POST accounts * logout': (simulator, { account, person, body }) => {
    const { next } = z.strictObject({ next: z.enum(['scan', 'stop']).optional() }).parse(body ?? {});
    const cloud = simulator.ecloudAccounts.find(({ wxid }) => wxid === person().wxid);
    if (cloud === undefined) void account().logout(next);
    else cloud.logout({ forgotten: next === 'scan' });
  },
  'POST accounts * scan': (_, { person }) => person().scan(),
  'POST accounts * confirm': (_, { person }) => person().confirm(),
  'POST accounts * expire': (_, { person }) => person().expireQrCode(),
  'POST accounts * post-api': (_, { account, body }) => {
    account().postApi = z.strictObject({ url: z.string().nullable() }).parse(body).url;
  },
  'POST ecloud callback': (simulator, { body }) => {
    simulator.ecloud.callbackUrl = z.strictObject({ url: z.string().nullable() }).parse(body).url;
  },
  'POST accounts * receive': (simulator, { person: account, body }) => {
    const input = received.parse(body);
    const room = input.room === undefined ? undefined : roomOf(simulator, input.room);
    const content = receivedContent(simulator, account(), input);
    const message = simulator.world.receive(account().wxid, personOf(simulator, input.from), content, room);
    return { id: message.id };
  },
  'POST accounts * send-from-phone': (simulator, { person: account, body }) => {
    const { to, text } = z.strictObject({ to: z.string(), text: z.string() }).parse(body);
    return { id: simulator.world.sendFromPhone(account().wxid, someoneOf(simulator, to), text).id };
  },
  'POST accounts * notice': (simulator, { person: account, body }) => {
    const { where, text } = z.strictObject({ where: z.string(), text: z.string() }).parse(body);
    return { id: simulator.world.notice(account().wxid, someoneOf(simulator, where), text).id };
  },
  'POST accounts * friend-request': (simulator, { person: account, body }) => {
    const { name, greeting } = z.strictObject({ name: z.string(), greeting: z.string().default('') }).parse(body);
    return simulator.world.requestFriend(account().wxid, name, greeting);
  },
  'POST accounts * remark': (simulator, { person: account, body }) => {
    const { of, remark } = z.strictObject({ of: z.string(), remark: z.string() }).parse(body);
    simulator.world.setRemark(account().wxid, personOf(simulator, of), remark);
  },
  'POST accounts * unfriend': (simulator, { person: account, body }) => {
    const { whom } = z.strictObject({ whom: z.string() }).parse(body);
    simulator.world.removeContact(account().wxid, personOf(simulator, whom));
  },
  'POST revoke': (simulator, { body }) => {
    const { by, id } = z.strictObject({ by: z.string(), id: z.string() }).parse(body);
    return { revoked: simulator.world.revoke(personOf(simulator, by), id) };
  },
  'POST rooms * join': (simulator, { body, path }) => {
    const { who } = z.strictObject({ who: z.string() }).parse(body);
    simulator.world.join(roomOf(simulator, path[1] ?? ''), personOf(simulator, who));
  },
  'POST rooms * leave': (simulator, { body, path }) => {
    const { who } = z.strictObject({ who: z.string() }).parse(body);
    simulator.world.leave(roomOf(simulator, path[1] ?? ''), personOf(simulator, who));
  },
  'POST rooms * rename': (simulator, { body, path }) => {
    const { name } = z.strictObject({ name: z.string() }).parse(body);
    simulator.world.renameRoom(roomOf(simulator, path[1] ?? ''), name);
  },
};

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, 'the body is not JSON');
  }
}

function actionFor(method: string, path: readonly string[]): Action | undefined {
  const wild = path.map((part, at) => (at === 1 ? '*' : part));
  return actions[`${method} ${path.join(' ')}`] ?? actions[`${method} ${wild.join(' ')}`];
}

async function act(simulator: Simulator, request: IncomingMessage): Promise<unknown> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname.split('/').filter((part) => part !== '');
  const [root, ...rest] = path.map(decodeURIComponent);
  const action = root === 'control' ? actionFor(request.method ?? 'GET', rest) : undefined;
  if (action === undefined) throw new ControlError(404, `no such control: ${request.method} ${request.url}`);
  const account = (): SimulatedAccount => {
    const found = simulator.accounts.find(({ number, wxid }) => String(number) === rest[1] || wxid === rest[1]);
    if (found === undefined) throw new ControlError(404, `no account ${rest[1]}`);
    return found;
  };
  const person = (): SimulatedPerson =>
    simulator.ecloudAccounts.find(({ number, wxid }) => String(number) === rest[1] || wxid === rest[1]) ?? account();
  return await action(simulator, { account, person, body: await readBody(request), path: rest });
}

function failureOf(error: unknown): { status: number; text: string } {
  if (error instanceof ControlError) return { status: error.status, text: error.message };
  if (error instanceof z.ZodError) return { status: 400, text: z.prettifyError(error) };
  return { status: 400, text: error instanceof Error ? error.message : String(error) };
}

/** Serves the control API of a simulator. */
export async function startControl(simulator: Simulator, host: string, port: number): Promise<Control> {
  const server = http.createServer((request, response) => {
    const reply = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(`${JSON.stringify(value ?? { ok: true })}\n`);
    };
    const picture = /^\/control\/accounts\/([^/]+)\/qrcode$/.exec(request.url ?? '')?.[1];
    if (picture !== undefined && request.method === 'GET') {
      const all: SimulatedPerson[] = [...simulator.accounts, ...simulator.ecloudAccounts];
      const png = all.find(({ number }) => String(number) === picture)?.qrCode ?? null;
      response.writeHead(png === null ? 404 : 200, { 'content-type': 'image/png' });
      response.end(png ?? '');
      return;
    }
    act(simulator, request).then(
      (value) => reply(200, value),
      (error: unknown) => {
        const { status, text } = failureOf(error);
        reply(status, { error: text });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/control`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
