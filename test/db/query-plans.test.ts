/** No question reads a whole table that grows with every message: SQLite's own plans say so. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/db/sqlite/open.ts';
import type { LogFilter, MessageFilter, Queries } from '../../src/db/store.ts';
import { startStack } from '../end-to-end/stack.ts';
import { dayOf, noon } from './contract/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'wxgraph-plans-'));
// oxlint-disable-next-line typescript/unbound-method -- called with its own connection again
const { prepare } = BetterSqlite3.prototype;
let asked: Set<string>;
beforeEach(() => {
  asked = new Set();
  BetterSqlite3.prototype.prepare = function (this: BetterSqlite3.Database, text: string) {
    asked.add(text);
    return prepare.call(this, text);
  } as typeof prepare;
});
afterEach(() => {
  BetterSqlite3.prototype.prepare = prepare;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Of tables with a row a message, a send or an event. Whatever an index of terms matches is found and not looked for. */
const growing =
  /^SCAN (?:message|message_raw|message_key|message_term|outbox|send_term|journal|job|media|delivery)\b(?! VIRTUAL TABLE INDEX \d+:[^ ]*M)/;

const live = String.raw`where "(?:message"\.")?account_id" not in \(select id from account where deleted_at is not null\)`;
const exceptions: Record<string, RegExp> = {
  'the first row of each table, at a start': /^select \* from "\w+" limit 1$/,
  'the newest or oldest of all, of which each row is one': new RegExp(
    `${live} order by "\\w+"\\."\\w+" (?:asc|desc) limit`,
  ),
  'lines that the panel skips by number, of several accounts': new RegExp(`${live}.* and \\+account_id in .* offset`),
};

/** Statements that were prepared since the test began and read a growing table from its beginning, with what SQLite says. */
function scans(path: string): { text: string; plan: string }[] {
  const raw = new BetterSqlite3(path, { readonly: true });
  const found = [...asked]
    .filter((text) => /^\s*(?:select|insert|update|delete|with)/i.test(text) && !/sqlite_|kysely/.test(text))
    .filter((text) => !Object.values(exceptions).some((one) => one.test(text.replaceAll(/\s+/g, ' '))))
    .flatMap((text) => {
      const values = Array.from({ length: text.split('?').length - 1 }, () => null);
      const plan = raw.prepare(`explain query plan ${text}`).all(...values) as { detail: string }[];
      return plan.filter(({ detail }) => growing.test(detail)).map(({ detail }) => ({ text, plan: detail }));
    });
  raw.close();
  return found;
}

const many = [1, 2, 3];
const beyond = Array.from({ length: 301 }, (_, i) => i + 1);
const texts = (count: number) => Array.from({ length: count }, (_, i) => `wxid_${i}`);

const messageFilters: MessageFilter[] = [
  {},
  { accountIds: [1] },
  { accountIds: many },
  { chatIds: [1] },
  { chatIds: many, accountIds: many },
  { chatIds: beyond },
  { kinds: ['FILE'] },
  { directions: ['OUTGOING'], accountIds: many },
  { senderWxids: ['a'] },
  { mentionsMe: true },
  { search: '你好' },
  { search: 'a' },
  { search: '你好', accountIds: beyond, kinds: ['TEXT'] },
  { since: noon },
  { until: noon },
  { since: noon - 40 * 86_400_000, until: noon, accountIds: [1] },
];
const logFilters: LogFilter[] = [
  {},
  { accountIds: [1] },
  { accountIds: many },
  { jobIds: many },
  { jobIds: [1], statuses: ['SENT'] },
  { statuses: ['FAILED'] },
  { statuses: ['SENT', 'FAILED'], accountIds: many },
  { types: ['TEXT'] },
  { receivers: ['a'] },
  { search: '你' },
  { search: '你好', accountIds: many, statuses: ['SENT'] },
  { search: '你好', statuses: ['UNKNOWN'] },
  { since: noon },
  { until: noon },
  { since: noon, until: noon, statuses: ['FAILED'], accountIds: [1] },
];
const eventFilters = [
  {},
  { accountIds: [1] },
  { accountIds: many },
  { chatIds: many },
  { types: ['GROUP_CHANGED'] },
  { types: ['SEND_UPDATED', 'CHAT_UPDATED'], accountIds: many },
  { types: ['MESSAGE_RECEIVED'], accountIds: many },
] as const;

/** Every question about what grows, with every filter. */
const questions: Partial<Record<keyof Queries, (queries: Queries) => Promise<unknown>[]>> = {
  messages: (q) =>
    messageFilters.flatMap((filter) => [
      q.messages(filter, { first: 5 }),
      q.messages(filter, { first: 5, after: 3, upTo: 9 }),
      q.messages(filter, { last: 5 }),
      q.messages(filter, { last: 5, before: 9 }),
    ]),
  messagePages: (q) =>
    messageFilters.flatMap((filter) => [
      q.messagePages('account', many, filter, { last: 5 }),
      q.messagePages('chat', many, filter, { first: 5, after: 1 }),
    ]),
  messagesById: (q) => [q.messagesById(many)],
  messagesByUpstreamId: (q) => [q.messagesByUpstreamId([{ accountId: 1, upstreamId: '1' }])],
  rawBodies: (q) => [q.rawBodies(many)],
  mediaById: (q) => [q.mediaById(many)],
  dueMedia: (q) => [q.dueMedia(1, noon, 5)],
  avatar: (q) => [q.avatar({ of: 'CONTACT', id: 1 })],
  unusedFiles: (q) => [q.unusedFiles(5)],
  mediaOfMessages: (q) => [q.mediaOfMessages(many)],
  sentMediaId: (q) => [q.sentMediaId(1, 1, noon)],
  logs: (q) =>
    logFilters.flatMap((filter) => [
      q.logs(filter, { first: 5 }),
      q.logs(filter, { first: 5, after: [9] }),
      q.logs(filter, { first: 5, offset: 3 }),
    ]),
  logPages: (q) => logFilters.map((filter) => q.logPages(many, filter, { first: 5 })),
  logsOfJob: (q) => logFilters.map((filter) => q.logsOfJob(1, filter, { first: 5 })),
  jobLogPages: (q) => logFilters.map((filter) => q.jobLogPages(many, filter, { first: 5 })),
  countLogs: (q) => logFilters.map((filter) => q.countLogs(filter)),
  logCounts: (q) => logFilters.map((filter) => q.logCounts(many, filter)),
  jobLogCounts: (q) => logFilters.map((filter) => q.jobLogCounts(many, filter)),
  logsById: (q) => [q.logsById(many)],
  positions: (q) => [q.positions(many, noon)],
  jobByKey: (q) => [q.jobByKey({ scope: 'a', operation: 'send', key: 'k' }, noon)],
  jobsById: (q) => [q.jobsById(many, null), q.jobsById(many, many)],
  newestEvents: (q) => eventFilters.map((filter) => q.newestEvents(filter, 5, 100)),
  events: (q) => eventFilters.map((filter) => q.events(filter, 3, 5)),
  accounts: (q) => [q.accounts({ now: noon, search: 'a' }, { first: 5 })],
  countAccounts: (q) => [q.countAccounts({ now: noon, ready: true })],
  accountsById: (q) => [q.accountsById(many)],
  accountByCallback: (q) => [q.accountByCallback('a')],
  accountsChanged: (q) => [q.accountsChanged()],
  accountCounts: (q) => [q.accountCounts(many, noon)],
  heardHours: (q) => [q.heardHours(1)],
  unechoedSince: (q) => [q.unechoedSince(1, { after: 0, before: noon })],
  groups: (q) => [q.groups({ accountIds: many }, { first: 5 })],
  countGroups: (q) => [q.countGroups({})],
  groupsById: (q) => [q.groupsById(many)],
  contacts: (q) => [q.contacts({ search: 'a', labels: ['x'] }, { first: 5 })],
  contactPages: (q) => [q.contactPages(many, {}, { first: 5 })],
  countContacts: (q) => [q.countContacts({})],
  contactCounts: (q) => [q.contactCounts(many, {})],
  contactsById: (q) => [q.contactsById(many)],
  contactsByWxid: (q) => [q.contactsByWxid([{ accountId: 1, wxid: 'a' }])],
  contactsNamed: (q) => [q.contactsNamed([{ accountId: 1, text: 'a' }], 5)],
  memberPages: (q) => [q.memberPages(many, { search: 'a' }, { first: 5 })],
  memberCounts: (q) => [q.memberCounts(many, {})],
  membersById: (q) => [q.membersById(many)],
  membersNamed: (q) => [q.membersNamed(1, texts(2))],
  roomOwners: (q) => [q.roomOwners(many)],
  roomsOfMember: (q) => [q.roomsOfMember(1, 'a')],
  chats: (q) => [q.chats({ unreadOnly: true, mentionedOnly: true, search: 'a' }, { first: 5 })],
  chatPages: (q) => [q.chatPages(many, {}, { first: 5 })],
  countChats: (q) => [q.countChats({})],
  chatCounts: (q) => [q.chatCounts(many, {})],
  chatsById: (q) => [q.chatsById(many)],
  chatsByContact: (q) => [q.chatsByContact(many)],
  countLater: (q) => [
    q.countLater([{ filter: {}, after: 3, webhookId: 1 }], 10),
    q.countLater([{ filter: { types: ['GROUP_CHANGED'], accountIds: many }, after: 3, webhookId: 1 }], 10),
  ],
  deliveryPages: (q) => [
    q.deliveryPages(many, {}, { first: 5 }),
    q.deliveryPages([1], { statuses: ['FAILED'] }, { first: 5, after: [9] }),
  ],
  deliveryCounts: (q) => [q.deliveryCounts(many, {}), q.deliveryCounts([1], { statuses: ['FAILED', 'PENDING'] })],
  nextDelivery: (q) => [q.nextDelivery(1)],
  readerPlace: (q) => [q.readerPlace({ tokenId: 1, accountId: 1, name: '' })],
  dueDeliveries: (q) => [q.dueDeliveries(1, noon, 4, [2])],
  dayCounts: (q) => [q.dayCounts({ accountIds: many, from: '2026-01-01', to: '2026-02-01' })],
};
/** About few things. */
const others = [
  'tokens',
  'countTokens',
  'tokensById',
  'tokenByHash',
  'sessionByHash',
  'webhooks',
  'countWebhooks',
  'webhooksById',
];

/** A bare parameter there is a hint to the planner, so that SQLite prepares the statement again whenever it is run. */
const preparedAnew = () => [...asked].filter((text) => /\b(?:limit|offset) \?/i.test(text));

describe('a question', () => {
  it('reads a table that grows from its beginning, or is prepared anew whenever it is asked', async () => {
    const path = join(folder, 'wxgraph.db');
    const store = await openSqliteStore({ path, dayOf });
    asked.clear();
    const { queries } = store;
    for (const ask of Object.values(questions)) await Promise.all(ask(queries));
    await store.read(0, 10);
    await store.bounds();
    const found = scans(path);
    await store.close();
    expect(found).toEqual([]);
    expect(preparedAnew()).toEqual([]);
    expect(Object.keys(queries).filter((name) => !(name in questions) && !others.includes(name))).toEqual([]);
  });
});

describe('a start', () => {
  it('on a database that is there takes longer the more there is', async () => {
    await using stack = await startStack({ simulator: { accounts: 1 } });
    asked.clear();
    await stack.restart();
    await stack.until(
      async () => (await stack.query('{ accounts { nodes { state } } }')).data.accounts.nodes[0].state === 'RUNNING',
    );
    expect(asked.size).toBeGreaterThan(20);
    expect(scans(join(stack.folder, 'wxgraph.db'))).toEqual([]);
    expect(preparedAnew()).toEqual([]);
  });
});
