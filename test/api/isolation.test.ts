import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Stack, follow, startStack } from '../end-to-end/stack.ts';
import { type Objects, actingUpstream, makeObjects } from './acting.ts';
import { contactsFetched, dataOf, expectError, headOf, inRoom, makeToken, receive, send } from './ask.ts';

let stack: Stack;
/** Of a token that sees the first account only. */
let token: string;
let sender: string;
const acting = actingUpstream();
/** What could be acted on, if it were the token's. */
let foreignObjects: Objects;
/** Every id by what it begins with: of the first account, and what the token must not see. */
let own: Ids;
let foreign: Ids;
/** Texts that stand nowhere but in what the token must not see. */
const marks = ['乙密', 'http://127.0.0.1:9/secret', '丙密'];

type Ids = Record<string, string[]>;

beforeAll(async () => {
  stack = await startStack({
    simulator: { accounts: 2, friends: 4, rooms: 2 },
    env: { WXGRAPH_ALLOW_HOSTS: '127.0.0.1' },
    overrides: { drivers: { OPENWX: acting.type } },
  });
  await contactsFetched(stack);
  const third = dataOf(
    await stack.query(
      'mutation { createAccount(input: { name: "丙密", connection: { openwx: { baseUrl: "http://127.0.0.1:9/secret" } } }) { account { id } } }',
    ),
  ).createAccount.account.id as string;
  for (const account of [0, 1]) {
    const mark = account === 0 ? '甲' : '乙密';
    await receive(stack, `${mark}文字`, { account });
    await receive(stack, `${mark}群里`, { account, ...inRoom('@@shared', `${mark}群`) });
    await receive(stack, '[图片](/a)', { account, format: 'media', media_type: 'image', media_name: `${mark}.jpg` });
    await send(stack, [stack.accountIds[account]!], `${mark}发出`);
  }
  const group = (name: string, ids: string[]) =>
    stack.query(
      'mutation ($name: String!, $ids: [ID!]!) { createGroup(input: { name: $name, accountIds: $ids }) { cursor } }',
      { name, ids },
    );
  dataOf(await group('共同', [...stack.accountIds, third]));
  dataOf(await group('乙密组', [stack.accountIds[1]!]));
  dataOf(await group('乙密空组', []));
  dataOf(
    await stack.query('mutation { updateAccount(input: { id: "00002", name: "乙密号", remark: "乙密" }) { cursor } }'),
  );
  await send(stack, stack.accountIds, '一起');
  foreignObjects = await makeObjects(stack, 1);
  token = (await makeToken(stack, 'READ', { accountIds: ['00001'] })).secret;
  sender = (await makeToken(stack, 'SEND', { accountIds: ['00001'] })).secret;
  const idsOf = async (id: string) =>
    collect(
      dataOf(
        await stack.query(
          `query ($id: ID!) { account(id: $id) {
            id
            contacts(first: 100) { nodes { id ... on ChatRoom { members { nodes { id } } } } }
            chats { nodes { id contact { id } } }
            messages { nodes { id content { ... on MediaContent { media { id } } } } }
            logs { nodes { id job { id } } }
          } }`,
          { id },
        ),
      ),
    );
  own = await idsOf('00001');
  own['g'] = ['g001'];
  foreign = await idsOf('00002');
  foreign['0'] = ['00002', third];
  foreign['g'] = ['g002', 'g003'];
  foreign['tok_'] = dataOf(await stack.query('{ apiTokens { nodes { id } } }')).apiTokens.nodes.map(
    (node: { id: string }) => node.id,
  );
  // The job of both has a line of the visible account.
  foreign['job_'] = foreign['job_']!.filter((id) => !own['job_']!.includes(id));
  foreign['tok_'] = foreign['tok_']!.slice(0, 1);
  const { createWebhook } = dataOf(
    await stack.query(
      'mutation { createWebhook(input: { url: "http://127.0.0.1:9/secret", types: [] }) { webhook { id } } }',
    ),
  );
  foreign['hook_'] = [createWebhook.webhook.id];
});
afterAll(() => stack.stop());

function collect(value: unknown): Ids {
  const ids = [...new Set([...JSON.stringify(value).matchAll(/"id":"([^"]+)"/g)].map((match) => match[1]!))];
  const kinds = Object.groupBy(ids, (id) => (/^\d/.test(id) ? '0' : id.replace(/\d+$/, '')));
  return kinds as Ids;
}

/** That nothing of the other accounts stands in an answer, beside what the question itself said. */
function expectNothingForeign(answer: unknown, question: string): void {
  const words = JSON.stringify(answer);
  for (const id of Object.values(foreign).flat()) {
    if (words.includes(`"${id}"`)) throw new Error(`${id} in the answer to ${question}: ${words.slice(0, 1000)}`);
  }
  for (const mark of marks) if (words.includes(mark)) throw new Error(`${mark} in the answer to ${question}`);
}

const account =
  'id name remark wxid stateReason unreadCount stats { totalSent todaySent todayFailed queued } connection { baseUrl } groups { totalCount nodes { id name } }';
const contact = `id displayName account { id } chat { id } ... on ChatRoom { memberCount owner { id } members { totalCount nodes { id contact { id } } } }`;
const message =
  'id text account { id } chat { id contact { id } } sender { contact { id } } sendLog { id } content { ... on MediaContent { media { id name } } }';
const log =
  'id content receiver account { id } receiverContact { id } message { id } job { id total successCount logs { totalCount nodes { id content } } }';
const group = 'id name accounts { totalCount nodes { id name } }';
const chat = `id account { id } contact { id } unreadCount lastMessage { id text } messages { nodes { id } }`;

/** Every root field: how it is asked, with ids that may be anybody's. */
const roots: Record<string, (ids: string[], after: string | null) => string> = {
  node: ([id]) => `node(id: ${show(id)}) { __typename id }`,
  nodes: (ids) => `nodes(ids: ${show(ids)}) { __typename id }`,
  account: ([id]) => `account(id: ${show(id)}) { ${account} contacts { totalCount nodes { ${contact} } } }`,
  accounts: (ids) =>
    `accounts(filter: { ids: ${show(ids)}, groupIds: ${show(groups(ids))} }) { totalCount nodes { ${account} } }`,
  group: ([id]) => `group(id: ${show(id)}) { ${group} }`,
  groups: () => `groups { totalCount nodes { ${group} } }`,
  contact: ([id]) => `contact(id: ${show(id)}) { ${contact} }`,
  contactByWxid: ([id]) => `contactByWxid(accountId: ${show(id)}, wxid: "filehelper") { ${contact} }`,
  contacts: (ids) => `contacts(filter: { accountIds: ${show(accounts(ids))} }) { totalCount nodes { ${contact} } }`,
  chat: ([id]) => `chat(id: ${show(id)}) { ${chat} }`,
  chats: (ids) => `chats(filter: { accountIds: ${show(accounts(ids))} }) { totalCount nodes { ${chat} } }`,
  message: ([id]) => `message(id: ${show(id)}) { ${message} }`,
  messages: (ids, after) =>
    `messages(filter: { accountIds: ${show(accounts(ids))}, chatIds: ${show(of('chat_', ids))} }, first: 50, after: ${show(after)}) { nodes { ${message} } }`,
  sendLog: ([id]) => `sendLog(id: ${show(id)}) { ${log} }`,
  logs: (ids) =>
    `logs(filter: { accountIds: ${show(accounts(ids))}, jobIds: ${show(of('job_', ids))} }) { totalCount nodes { ${log} } }`,
  sendJob: ([id]) =>
    `sendJob(id: ${show(id)}) { id total successCount failedCount logs { totalCount nodes { ${log} } } }`,
  stats: (ids) => `stats(accountIds: ${show(accounts(ids))}) { total received byAccount { account { id } total } }`,
  events: (ids, after) =>
    `events(accountIds: ${show(accounts(ids))}, chatIds: ${show(of('chat_', ids))}, first: 100, after: ${show(after)}) { nodes {
      __typename account { id }
      ... on MessageReceived { message { ${message} } } ... on SendUpdated { log { ${log} } }
      ... on ContactChanged { contact { id } member { id } } ... on ChatUpdated { chat { id } }
      ... on AccountChanged { accountId } ... on GroupChanged { groupId group { ${group} } } ... on ContactsSynced { sync { friends } }
      ... on ClientStateChanged { to reason } ... on WebhookChanged { webhookId webhook { url } }
    } }`,
  eventLog: () => 'eventLog { retentionDays }',
  webhooks: () => 'webhooks { nodes { id url } }',
  apiTokens: () => 'apiTokens { nodes { id } }',
  viewer: () => 'viewer { accountIds token { name } }',
  gateway: () => 'gateway { version }',
};

const show = (value: unknown) => JSON.stringify(value ?? null);
const of = (prefix: string, ids: string[]) => {
  const found = ids.filter((id) => id.startsWith(prefix) || (prefix === '0' && /^\d/.test(id)));
  return found.length === 0 ? null : found;
};
const accounts = (ids: string[]) => of('0', ids);
const groups = (ids: string[]) => of('g', ids);

describe('a token for one account', () => {
  it('is tested on every root field', async () => {
    const data = dataOf(await stack.query('{ __schema { queryType { fields { name } } } }'));
    const names = data.__schema.queryType.fields.map((field: { name: string }) => field.name) as string[];
    expect(names.toSorted()).toEqual(Object.keys(roots).toSorted());
    for (const kind of ['0', 'con_', 'mem_', 'chat_', 'msg_', 'media_', 'job_', 'log_', 'g', 'tok_', 'hook_']) {
      expect(foreign[kind]?.length, kind).toBeGreaterThan(0);
    }
  });

  it('sees something of another account in any of 500 questions', async () => {
    const all = [...Object.values(own), ...Object.values(foreign)].flat();
    const anyId = fc.constantFrom(...all);
    const foreignId = fc.constantFrom(...Object.values(foreign).flat());
    const question = fc.tuple(
      fc.constantFrom(...Object.keys(roots)),
      fc.array(fc.oneof(anyId, foreignId), { minLength: 1, maxLength: 4 }),
    );
    const samples = fc.sample(question, { numRuns: 500, seed: 7 });
    for (let at = 0; at < samples.length; at += 4) {
      const fields = samples.slice(at, at + 4).map(([name, ids], i) => `q${i}: ${roots[name]!(ids, null)}`);
      const text = `{ ${fields.join(' ')} }`;
      const answer = await stack.query(text, {}, token);
      // A document that is refused whole would show nothing.
      expect(answer.data, JSON.stringify(answer.errors)).toBeDefined();
      expectNothingForeign(withoutQuestion(answer), text);
    }
  });

  it('gets a hint that a foreign object is there', async () => {
    const single = ['node', 'account', 'group', 'contact', 'contactByWxid', 'chat', 'message', 'sendLog', 'sendJob'];
    for (const name of single) {
      for (const [kind, ids] of Object.entries(foreign)) {
        if (name === 'contactByWxid' && kind !== '0') continue;
        const [id] = ids as [string];
        const missing = id.replace(/\d+$/, '98765');
        const [one, other] = await Promise.all(
          [id, missing].map((asked) => stack.query(`{ ${roots[name]!([asked], null)} }`, {}, token)),
        );
        expect(saying(one!, id), `${name} ${id}`).toEqual(saying(other!, missing));
        expectError(one!, 'NOT_FOUND');
      }
    }
  });

  it('gets lists or counts that other accounts change', async () => {
    const names = ['accounts', 'groups', 'contacts', 'chats', 'messages', 'logs', 'events', 'stats'];
    const read = async () => {
      const answers = [];
      for (const name of names) answers.push(dataOf(await stack.query(`{ ${roots[name]!([], null)} }`, {}, token)));
      return answers;
    };
    const before = await read();
    await receive(stack, '乙密又来', { account: 1 });
    await receive(stack, '乙密新人', { account: 1, sender_id: '@new', sender: '乙密人', sender_name: '乙密人' });
    await send(stack, ['00002'], '乙密又发');
    dataOf(
      await stack.query('mutation { createGroup(input: { name: "乙密三组", accountIds: ["00002"] }) { cursor } }'),
    );
    expect(await read()).toEqual(before);
  });

  it('follows what happens to other accounts', async () => {
    const documents = [
      `subscription { messageReceived { ${message} } }`,
      `subscription { messageReceived(filter: { accountIds: ["00002", "00001"] }) { ${message} } }`,
      'subscription { clientStateChanged { account { id } to reason } }',
      `subscription { sendUpdated(accountIds: ["00002", "00001"]) { ${log} } }`,
      'subscription { events { __typename account { id } ... on MessageReceived { message { id text } } ... on GroupChanged { groupId group { name } } } }',
    ];
    const client = stack.client(token);
    const following = documents.map((text) => follow(client, text));
    const hidden = documents
      .flatMap((text) =>
        ['messageReceived', 'sendUpdated', 'events', 'clientStateChanged'].filter((name) =>
          text.includes(`{ ${name} {`),
        ),
      )
      .map((name) =>
        follow(
          client,
          `subscription { ${name}${name === 'messageReceived' ? '(filter: { accountIds: ["00002"] })' : '(accountIds: ["00002"])'} { __typename } }`,
        ),
      );
    await Promise.all([following[2]!.atLeast(1), following[4]!.atLeast(1)]);
    await receive(stack, '乙密直播', { account: 1 });
    await send(stack, ['00002'], '乙密直播发');
    dataOf(await stack.query('mutation { updateGroup(input: { id: "g002", name: "乙密改" }) { cursor } }'));
    dataOf(await stack.query('mutation { stopAccount(id: "00002") { cursor } }'));
    await receive(stack, '甲直播');
    await send(stack, ['00001'], '甲直播发');
    for (const at of [0, 1, 3]) await following[at]!.atLeast(1);
    const texts = (at: number) =>
      following[at]!.frames.map((frame) => (frame.data['messageReceived'] as { text: string }).text);
    expect(texts(0)[0]).toBe('甲直播');
    expect(texts(1)[0]).toBe('甲直播');
    for (const one of following) expectNothingForeign(one.frames, 'a subscription');
    for (const one of hidden) {
      expect(one.frames.filter((frame) => !JSON.stringify(frame.data).includes('CaughtUp'))).toEqual([]);
    }
  });

  it('sees the name of a group that its account has left', async () => {
    const made = dataOf(
      await stack.query(
        'mutation { createGroup(input: { name: "将离", accountIds: ["00001", "00002"] }) { group { id } cursor } }',
      ),
    ).createGroup;
    const { id } = made.group;
    const after = await headOf(stack);
    const change = (text: string) => stack.query(`mutation ($id: ID!) { ${text} }`, { id });
    dataOf(await change('updateGroup(input: { id: $id, name: "乙密将离" }) { cursor }'));
    dataOf(await change('removeFromGroup(input: { id: $id, accountIds: ["00001"] }) { cursor }'));
    expectError(await stack.query('query ($id: ID!) { group(id: $id) { name } }', { id }, token), 'NOT_FOUND');
    const data = dataOf(
      await stack.query(
        'query ($after: String) { events(types: [GROUP_CHANGED], after: $after) { nodes { ... on GroupChanged { change group { name } } } } }',
        { after },
        token,
      ),
    );
    expect(JSON.stringify(data)).not.toContain('乙密将离');
  });

  it('changes another account, or is told that it is there', async () => {
    const [chatId, contactId, messageId] = [foreign['chat_']![0]!, foreign['con_']![0]!, foreign['msg_']![0]!];
    const [ownChat, ownRoom] = [own['chat_']![0]!, await roomOf('00001')];
    const { sent, request, friend, room } = foreignObjects;
    const foreignMember = foreign['mem_']![0]!;
    const question = 'content: { text: "x" }, timeoutMs: 1000';
    const before = await headOf(stack);
    const tries: [string, string][] = [
      ['startAccount(id: "$") { cursor }', '00002'],
      ['stopAccount(id: "$") { cursor }', '00002'],
      ['syncContacts(accountId: "$") { cursor }', '00002'],
      ['send(input: { targets: ["$"], content: { text: "x" } }) { cursor }', '00002'],
      ['send(input: { targets: ["00001", "$"], content: { text: "x" } }) { cursor }', '00002'],
      ['send(input: { targets: ["$"], content: { text: "x" } }) { cursor }', 'g002'],
      ['send(input: { targets: ["00001"], to: ["$"], content: { text: "x" } }) { cursor }', contactId],
      ['cancelSend(logId: "$") { cursor }', foreign['log_']![0]!],
      ['cancelJob(jobId: "$") { cursor }', foreign['job_']![0]!],
      ['resend(input: { logId: "$", acknowledgeDuplicateRisk: true }) { cursor }', foreign['log_']![0]!],
      ['markRead(input: { chatId: "$" }) { cursor }', chatId],
      [`markRead(input: { chatId: "${ownChat}", upTo: "$" }) { cursor }`, messageId],
      [`consult(input: { accountId: "$", to: "filehelper", ${question} }) { cursor }`, '00002'],
      [`consult(input: { accountId: "00001", to: "$", ${question} }) { cursor }`, friend],
      ['revokeMessage(id: "$") { cursor }', sent],
      ['setRemark(input: { contactId: "$", remark: "x" }) { cursor }', friend],
      ['pinContact(input: { contactId: "$", pinned: true }) { cursor }', friend],
      ['createChatRoom(input: { accountId: "$", members: ["a", "b"] }) { cursor }', '00002'],
      ['createChatRoom(input: { accountId: "00001", members: ["a", "$"] }) { cursor }', friend],
      ['inviteToChatRoom(input: { chatRoomId: "$", members: ["a"] }) { cursor }', room],
      [`inviteToChatRoom(input: { chatRoomId: "${ownRoom}", members: ["$"] }) { cursor }`, friend],
      ['removeFromChatRoom(input: { chatRoomId: "$", members: ["a"] }) { cursor }', room],
      [`removeFromChatRoom(input: { chatRoomId: "${ownRoom}", members: ["$"] }) { cursor }`, foreignMember],
      [`removeFromChatRoom(input: { chatRoomId: "${ownRoom}", members: ["$"] }) { cursor }`, friend],
      ['renameChatRoom(input: { chatRoomId: "$", name: "x" }) { cursor }', room],
      ['addFriend(input: { accountId: "$", wxid: "a" }) { cursor }', '00002'],
      ['addFriend(input: { accountId: "00001", wxid: "$" }) { cursor }', foreignMember],
      ['acceptFriendRequest(messageId: "$") { cursor }', request],
      ['enterVerificationCode(input: { accountId: "$", code: "1" }) { cursor }', '00002'],
    ];
    for (const [text, id] of tries) {
      const missing = id.replace(/\d+$/, (digits) => '98765'.slice(0, Math.max(3, digits.length)));
      const [one, other] = await Promise.all(
        [id, missing].map((asked) => stack.query(`mutation { ${text.replace('$', asked)} }`, {}, sender)),
      );
      expectError(one!, 'NOT_FOUND');
      expect(saying(one!, id)).toEqual(saying(other!, missing));
    }
    expect(await headOf(stack)).toBe(before);
    expect(acting.calls).toEqual([]);
  });

  it('takes back what other accounts of a job send', async () => {
    dataOf(await stack.query('mutation { startAccount(id: "00002") { cursor } }'));
    const sendAt = new Date(Date.now() + 86_400_000).toISOString();
    const counts = 'job { id total droppedCount pendingCount }';
    const queued = dataOf(
      await stack.query(
        `mutation { send(input: { targets: ["00001", "00002"], to: ["filehelper"], content: { text: "后天" }, sendAt: "${sendAt}", waitMs: 0 }) { ${counts} } }`,
      ),
    ).send.job;
    const cancel = `mutation { cancelJob(jobId: "${queued.id}") { ${counts} } }`;
    expect(dataOf(await stack.query(cancel, {}, sender)).cancelJob.job).toMatchObject({ total: 1, droppedCount: 1 });
    const left = dataOf(await stack.query(`{ sendJob(id: "${queued.id}") { total droppedCount pendingCount } }`));
    expect(left.sendJob).toEqual({ total: 2, droppedCount: 1, pendingCount: 1 });
    expect(dataOf(await stack.query(cancel)).cancelJob.job).toMatchObject({ droppedCount: 2, pendingCount: 0 });
  });

  it('sends from other accounts of a group', async () => {
    const answer = await stack.query(
      'mutation { send(input: { targets: ["g001"], content: { text: "组发" }, waitMs: 20000 }) { job { total logs { nodes { account { id } } } } } }',
      {},
      sender,
    );
    expect(dataOf(answer).send.job).toEqual({ total: 1, logs: { nodes: [{ account: { id: '00001' } }] } });
  });
});

async function roomOf(id: string): Promise<string> {
  const text = 'query ($id: ID!) { account(id: $id) { contacts(filter: { kinds: [CHAT_ROOM] }) { nodes { id } } } }';
  return dataOf(await stack.query(text, { id })).account.contacts.nodes[0].id as string;
}

/** What an answer says, whatever id it was asked for. */
function saying(answer: Answer, asked: string): unknown {
  return answer.errors?.map(({ message: words, path, extensions: { requestId: _, ...rest } }) => [
    words.replaceAll(asked, '…'),
    path,
    rest,
  ]);
}

/** Errors repeat the id that was asked for: that alone tells nothing. */
function withoutQuestion(answer: Answer): unknown {
  const errors = answer.errors?.map((error) => ({
    ...error,
    message: error.message.replace(/There is no [\w ]+ ".*"\./, ''),
  }));
  return { data: answer.data, errors };
}
