import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../end-to-end/stack.ts';
import { type Objects, actingUpstream, makeObjects } from './acting.ts';
import { contactsFetched, dataOf, expectError, headOf, makeToken, receive } from './ask.ts';

let stack: Stack;
let chat: string;
let objects: Objects;
let member: string;
const acting = actingUpstream();
/** Waits for tomorrow. */
let line: string;
let job: string;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  stack = await startStack({ overrides: { drivers: { OPENWX: acting.type } } });
  await contactsFetched(stack);
  await receive(stack, '你好');
  chat = dataOf(await stack.query('{ chats { nodes { id } } }')).chats.nodes[0].id;
  objects = await makeObjects(stack);
  const room = await stack.query(
    'query ($id: ID!) { contact(id: $id) { ... on ChatRoom { members { nodes { id } } } } }',
    { id: objects.room },
  );
  member = dataOf(room).contact.members.nodes[0].id;
  const sendAt = new Date(Date.now() + 86_400_000).toISOString();
  const { send } = dataOf(
    await stack.query(
      `mutation { send(input: { targets: ["00001"], content: { text: "明天" }, sendAt: "${sendAt}", waitMs: 0 }) { job { id logs { nodes { id } } } } }`,
    ),
  );
  job = send.job.id;
  line = send.job.logs.nodes[0].id;
  for (const scope of ['READ', 'SEND'] as const) tokens[scope] = (await makeToken(stack, scope)).secret;
  dataOf(await stack.query('mutation { createGroup(input: { name: "组", accountIds: ["00001"] }) { cursor } }'));
});
afterAll(() => stack.stop());

/** Every mutation, as it would work; what each needs. */
const mutations: Record<string, { needs: 'SEND' | 'ADMIN'; text: () => string }> = {
  createAccount: {
    needs: 'ADMIN',
    text: () =>
      'createAccount(input: { name: "新", connection: { openwx: { baseUrl: "http://127.0.0.1:9" } } }) { cursor }',
  },
  updateAccount: { needs: 'ADMIN', text: () => 'updateAccount(input: { id: "00001", remark: "改" }) { cursor }' },
  deleteAccount: { needs: 'ADMIN', text: () => 'deleteAccount(id: "00001") { cursor }' },
  startAccount: { needs: 'SEND', text: () => 'startAccount(id: "00001") { cursor }' },
  stopAccount: { needs: 'SEND', text: () => 'stopAccount(id: "00001") { cursor }' },
  syncContacts: { needs: 'SEND', text: () => 'syncContacts(accountId: "00001") { cursor }' },
  createGroup: { needs: 'ADMIN', text: () => 'createGroup(input: { name: "二", accountIds: [] }) { cursor }' },
  updateGroup: { needs: 'ADMIN', text: () => 'updateGroup(input: { id: "g001", name: "改" }) { cursor }' },
  addToGroup: { needs: 'ADMIN', text: () => 'addToGroup(input: { id: "g001", accountIds: [] }) { cursor }' },
  removeFromGroup: {
    needs: 'ADMIN',
    text: () => 'removeFromGroup(input: { id: "g001", accountIds: ["00001"] }) { cursor }',
  },
  deleteGroup: { needs: 'ADMIN', text: () => 'deleteGroup(id: "g001") { cursor }' },
  send: {
    needs: 'SEND',
    text: () => 'send(input: { targets: ["00001"], content: { text: "发" }, waitMs: 0 }) { cursor }',
  },
  consult: {
    needs: 'SEND',
    text: () =>
      'consult(input: { accountId: "00001", to: "filehelper", content: { text: "问" }, timeoutMs: 1000 }) { cursor }',
  },
  revokeMessage: { needs: 'SEND', text: () => `revokeMessage(id: "${objects.sent}") { cursor }` },
  setRemark: {
    needs: 'SEND',
    text: () => `setRemark(input: { contactId: "${objects.friend}", remark: "注" }) { cursor }`,
  },
  pinContact: {
    needs: 'SEND',
    text: () => `pinContact(input: { contactId: "${objects.friend}", pinned: true }) { cursor }`,
  },
  createChatRoom: {
    needs: 'SEND',
    text: () => `createChatRoom(input: { accountId: "00001", members: ["${objects.friend}", "@b"] }) { cursor }`,
  },
  inviteToChatRoom: {
    needs: 'SEND',
    text: () => `inviteToChatRoom(input: { chatRoomId: "${objects.room}", members: ["@b"] }) { cursor }`,
  },
  removeFromChatRoom: {
    needs: 'SEND',
    text: () => `removeFromChatRoom(input: { chatRoomId: "${objects.room}", members: ["${member}"] }) { cursor }`,
  },
  renameChatRoom: {
    needs: 'SEND',
    text: () => `renameChatRoom(input: { chatRoomId: "${objects.room}", name: "新名" }) { cursor }`,
  },
  addFriend: { needs: 'SEND', text: () => 'addFriend(input: { accountId: "00001", wxid: "@b" }) { cursor }' },
  acceptFriendRequest: { needs: 'SEND', text: () => `acceptFriendRequest(messageId: "${objects.request}") { cursor }` },
  enterVerificationCode: {
    needs: 'SEND',
    text: () => 'enterVerificationCode(input: { accountId: "00001", code: "123456" }) { cursor }',
  },
  cancelSend: { needs: 'SEND', text: () => `cancelSend(logId: "${line}") { cursor }` },
  cancelJob: { needs: 'SEND', text: () => `cancelJob(jobId: "${job}") { cursor }` },
  resend: { needs: 'SEND', text: () => `resend(input: { logId: "${line}", waitMs: 0 }) { cursor }` },
  markRead: { needs: 'SEND', text: () => `markRead(input: { chatId: "${chat}" }) { cursor }` },
  createApiToken: { needs: 'ADMIN', text: () => 'createApiToken(input: { name: "再", scope: READ }) { secret }' },
  createWebhook: { needs: 'ADMIN', text: () => 'createWebhook(input: { url: "https://203.0.113.9/" }) { cursor }' },
  updateWebhook: { needs: 'ADMIN', text: () => 'updateWebhook(input: { id: "hook_1", enabled: false }) { cursor }' },
  rotateWebhookSecret: { needs: 'ADMIN', text: () => 'rotateWebhookSecret(id: "hook_1") { secret }' },
  testWebhook: { needs: 'ADMIN', text: () => 'testWebhook(id: "hook_1") { cursor }' },
  replayWebhook: { needs: 'ADMIN', text: () => 'replayWebhook(input: { id: "hook_1", after: "x" }) { cursor }' },
  deleteWebhook: { needs: 'ADMIN', text: () => 'deleteWebhook(id: "hook_1") { cursor }' },
  revokeApiToken: { needs: 'ADMIN', text: () => 'revokeApiToken(id: "tok_1") { cursor }' },
};

const names = Object.keys(mutations);
const refusedTo = (scope: 'READ' | 'SEND') =>
  names.filter((name) => scope === 'READ' || mutations[name]!.needs === 'ADMIN');

/** All that a mutation could change, beside the log's head. */
const world = async () => [
  await headOf(stack),
  dataOf(
    await stack.query(`{
      accounts { nodes { id remark state } } groups { nodes { id name accounts { nodes { id } } } }
      apiTokens { nodes { id } } logs { totalCount } chats { nodes { unreadCount } }
    }`),
  ),
];

describe('every mutation', () => {
  // Mutations that exist already are all here; one that is added must be put here, with what it needs.
  it('is among those that are tested', async () => {
    const data = dataOf(await stack.query('{ __schema { mutationType { fields { name } } } }'));
    const there = data.__schema.mutationType.fields.map((field: { name: string }) => field.name) as string[];
    expect(there.toSorted()).toEqual(names.toSorted());
  });

  it.each(['READ', 'SEND'] as const)('that %s may not do is done, or done in part', async (scope) => {
    const before = await world();
    for (const name of refusedTo(scope)) {
      const answer = await stack.query(`mutation { ${mutations[name]!.text()} }`, {}, tokens[scope]);
      expectError(answer, 'FORBIDDEN');
      expect(answer.data).toEqual({ [name]: null });
    }
    expect(await world()).toEqual(before);
    expect(acting.calls).toEqual([]);
  });

  it('that READ may not do tells first whether its object is there', async () => {
    const answer = await stack.query('mutation { startAccount(id: "99999") { cursor } }', {}, tokens['READ']);
    expectError(answer, 'FORBIDDEN');
    expectError(await stack.query('mutation { deleteGroup(id: "g999") { cursor } }', {}, tokens['SEND']), 'FORBIDDEN');
  });

  it('that SEND may do is refused', async () => {
    // Starting and stopping change what the others may do.
    const order = (name: string) => Number(/^(start|stop)/.test(name));
    const allowed = names.filter((one) => mutations[one]!.needs === 'SEND').toSorted((a, b) => order(a) - order(b));
    for (const name of allowed)
      dataOf(await stack.query(`mutation { ${mutations[name]!.text()} }`, {}, tokens['SEND']));
  });

  it('over a socket asks for less than over HTTP', async () => {
    await receive(stack, '未读');
    const results = stack.client(tokens['READ']).iterate({ query: `mutation { ${mutations['markRead']!.text()} }` });
    const { value } = await results.next();
    expect(value).toMatchObject({ data: { markRead: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    const { chats } = dataOf(
      await stack.query('{ chats(filter: { unreadOnly: true, kinds: [FRIEND] }) { totalCount } }'),
    );
    expect(chats.totalCount).toBe(1);
  });
});
