/** Filters find by indexes what a look at every row would find. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Message, SendLog, StoredEvent } from '../../src/db/model.ts';
import { openSqliteStore } from '../../src/db/sqlite/open.ts';
import type { EventFilter, LogFilter, MessageFilter, NewMessage, Store } from '../../src/db/store.ts';
import { interestIn } from '../../src/resolvers/events/read-events.ts';
import { matches } from '../../src/resolvers/events/watch-messages.ts';
import { accept, addAccount, line, message, noon, receive, useWorld, type World } from './contract/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'wxgraph-filters-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const world = useWorld((database, settings) => openSqliteStore({ path: join(folder, `${database}.db`), ...settings }));

const hour = 3_600_000;
const loading = { state: 'LOADING', reason: null, qrCode: null } as const;
const runs = process.env['WXGRAPH_TEST_LONG'] ? 150 : 20;

/** Few characters, so that pairs repeat; among them whatever SQL, FTS5 and its tokenizers have a meaning for. */
const sign = fc.oneof(
  fc.constantFrom(
    '你',
    '好',
    '吗',
    '𠮷',
    '😀',
    'a',
    'A',
    'b',
    'Ä',
    'ä',
    'ß',
    'İ',
    'é',
    'e\u0301',
    '0',
    ' ',
    '　',
    '\n',
    '\0',
  ),
  fc.constantFrom('%', '_', '\\', '"', "'", '*', '-', '(', ')', ':', '^', '.', ',', '\u007f', '\ue020', '\ue0ff', 'ﬀ'),
);
const text = fc.array(sign, { maxLength: 12 }).map((signs) => signs.join(''));
const someTime = fc.oneof(
  fc.integer({ min: -50, max: 50 }).map((hours) => noon + hours * hour),
  fc.integer({ min: -400, max: 40 }).map((days) => noon + days * 24 * hour + (days % 7)),
  fc.constantFrom(0, -hour, -1, noon * 3),
);
const wxid = fc.constantFrom('wxid_a', 'wxid_b', 'WXID_A', '1234@chatroom');
const kind = fc.constantFrom('TEXT', 'IMAGE', 'LINK');
const direction = fc.constantFrom('INCOMING', 'OUTGOING');

const arrival = fc.record({
  account: fc.nat({ max: 2 }),
  key: fc.nat({ max: 25 }).map(String),
  richness: fc.nat({ max: 3 }),
  peer: wxid.map((id) => ({ wxid: id, kind: 'FRIEND' as const, name: id })),
  sender: wxid.map((id) => ({ wxid: id, name: null, displayName: null })),
  direction,
  kind,
  text,
  mentionsMe: fc.boolean(),
  sentAt: someTime,
});

const some = <T>(one: fc.Arbitrary<T>) => fc.option(fc.array(one, { maxLength: 3 }));
/** Of a filter a few things at a time, or hardly anything would pass. */
function few<T extends object>(whole: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<Partial<T>> {
  const names = Object.keys(whole) as (keyof T)[];
  return fc
    .tuple(fc.record(whole) as fc.Arbitrary<T>, fc.subarray(names, { maxLength: 3 }))
    .map(([values, kept]) => Object.fromEntries(kept.map((name) => [name, values[name]])) as Partial<T>);
}

/** A piece of what is there, or something that is not. */
const searched = fc.oneof(text, fc.tuple(fc.nat(), fc.nat({ max: 8 }), fc.integer({ min: 1, max: 6 })));
function searchIn(texts: readonly string[], given: string | [number, number, number]): string {
  if (typeof given === 'string') return given;
  const [which, start, length] = given;
  return [...(texts[which % Math.max(texts.length, 1)] ?? '')].slice(start, start + length).join('');
}

async function* pagesOf<T>(read: (after: T | null) => Promise<{ items: T[]; hasNext: boolean }>): AsyncGenerator<T> {
  for (let after: T | null = null; ;) {
    const { items, hasNext } = await read(after);
    yield* items;
    if (!hasNext) return;
    after = items.at(-1)!;
  }
}

/** All that pass, by pages of three, in both directions. */
async function found(store: Store, filter: MessageFilter): Promise<[Message[], Message[]]> {
  const { queries } = store;
  const forward = await Array.fromAsync(
    pagesOf<Message>((after) => queries.messages(filter, { first: 3, after: after?.seq ?? null })),
  );
  const backward = await Array.fromAsync(
    pagesOf<Message>(async (before) => {
      const { items, hasPrevious } = await queries.messages(filter, { last: 3, before: before?.seq ?? null });
      return { items: items.toReversed(), hasNext: hasPrevious };
    }),
  );
  return [forward, backward.toReversed()];
}

async function withAccounts(target: World): Promise<number[]> {
  return [await addAccount(target), await addAccount(target), await addAccount(target)];
}

describe('messages', () => {
  it('are found by other rules than those that live ones pass', { timeout: 240_000 }, async () => {
    const accounts = await withAccounts(world);
    const filters = few<Omit<MessageFilter, 'search'> & { piece: string | [number, number, number] }>({
      accountIds: some(fc.constantFrom(...accounts, 99)),
      chatIds: some(fc.nat({ max: 12 })),
      kinds: some(kind),
      directions: some(direction),
      senderWxids: some(wxid),
      mentionsMe: fc.option(fc.boolean()),
      since: fc.option(someTime),
      until: fc.option(someTime),
      piece: searched,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { maxLength: 30 }),
        fc.array(filters, { minLength: 5, maxLength: 8 }),
        async (arrivals, asked) => {
          for (const { account, ...one } of arrivals) {
            const told = one as unknown as Partial<NewMessage>;
            await receive(world, accounts[account]!, message(world, one.key, told));
          }
          const [all] = await found(world.store, {});
          for (const { piece, ...rest } of asked) {
            const filter: MessageFilter =
              piece === undefined
                ? rest
                : {
                    ...rest,
                    search: searchIn(
                      all.map((one) => one.text),
                      piece,
                    ),
                  };
            const expected = all.filter((one) => matches(filter, one)).map((one) => one.seq);
            for (const side of await found(world.store, filter)) expect(side.map((one) => one.seq)).toEqual(expected);
            await expectPagesOfOwners(filter, all);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  /** The same page of several owners is the page of each. */
  async function expectPagesOfOwners(filter: MessageFilter, all: readonly Message[]): Promise<void> {
    const { queries } = world.store;
    for (const owner of ['account', 'chat'] as const) {
      const ids = [...new Set(all.map((one) => (owner === 'account' ? one.accountId : one.chatId))), 999];
      for (const page of [{ first: 2 }, { last: 2 }]) {
        const pages = await queries.messagePages(owner, ids, filter, page);
        const others = { ...filter, [`${owner}Ids`]: null };
        const whole = ids.map((id) =>
          all.filter((one) => matches(others, one) && id === (owner === 'account' ? one.accountId : one.chatId)),
        );
        expect(pages.map(({ items }) => items.map((one) => one.seq))).toEqual(
          whole.map((items) => ('first' in page ? items.slice(0, 2) : items.slice(-2)).map((one) => one.seq)),
        );
        expect(pages.map(({ hasNext, hasPrevious }) => hasNext || hasPrevious)).toEqual(
          whole.map((items) => items.length > 2),
        );
      }
    }
  }

  it('are found by a text that they had once, or not by the one that they have', async () => {
    const accountId = await addAccount(world);
    const find = async (search: string) => (await world.store.queries.messages({ search }, { last: 5 })).items.length;
    await receive(world, accountId, message(world, '1', { text: '收到图片', richness: 1 }));
    await receive(world, accountId, message(world, '1', { text: '收到文件', richness: 2 }));
    expect([await find('图片'), await find('到图'), await find('文件'), await find('收到')]).toEqual([0, 0, 1, 1]);
  });

  it('of a conversation that two become are not all found in it', async () => {
    const accountId = await addAccount(world);
    const { store } = world;
    const self = (at: string) =>
      store.receive([
        {
          type: 'self',
          accountId,
          now: world.now,
          self: { wxid: at, name: '我', alias: null, uid: null, avatarUrl: null },
        },
      ]);
    const friend = (id: string) => ({ wxid: id, kind: 'FRIEND' as const, name: '老王' });
    await self('@me1');
    await store.saveContacts(accountId, [friend('@1')], ['FRIEND'], world.now);
    await receive(world, accountId, message(world, '1', { text: '今天见', peer: friend('@1') }));
    await self('@me2');
    await receive(world, accountId, message(world, '2', { text: '明天见', peer: friend('@2') }));
    await store.saveContacts(accountId, [friend('@2')], ['FRIEND'], world.now);
    const [chat] = (await store.queries.chats({}, { first: 5 })).items;
    const [page] = await store.queries.messagePages('chat', [chat!.id], { search: '天见' }, { last: 5 });
    expect(page!.items.map((one) => one.text)).toEqual(['今天见', '明天见']);
    expect((await store.queries.messages({ search: '天见', chatIds: [chat!.id] }, { last: 5 })).items).toHaveLength(2);
  });
});

describe('sends', () => {
  const statuses = ['QUEUED', 'FAILED', 'CANCELLED', 'SENT'] as const;
  const job = fc.record({
    wait: fc.constantFrom(0, 1, hour, 24 * hour, -3 * hour, -30 * hour, 40 * 24 * hour),
    lines: fc.array(
      fc.record({
        account: fc.nat({ max: 2 }),
        receiver: fc.oneof(wxid, text),
        text,
        isFile: fc.boolean(),
        isFailed: fc.boolean(),
        isCancelled: fc.boolean(),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  });

  it('are found by other rules than a look at each would', { timeout: 240_000 }, async () => {
    const accounts = await withAccounts(world);
    let ids: number[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { maxLength: 5 }),
        fc.array(
          fc.tuple(
            few<LogFilter & { piece: string | [number, number, number] }>({
              accountIds: some(fc.constantFrom(...accounts, 99)),
              jobIds: some(fc.nat({ max: 30 })),
              statuses: some(fc.constantFrom(...statuses)),
              types: some(fc.constantFrom('TEXT', 'IMAGE', 'FILE')),
              receivers: some(wxid),
              since: fc.option(someTime),
              until: fc.option(someTime),
              piece: searched,
            }),
            fc.nat({ max: 4 }),
          ),
          { minLength: 5, maxLength: 8 },
        ),
        async (jobs, asked) => {
          for (const { wait, lines } of jobs) {
            world.now += wait;
            const accepted = await world.store.accept({
              now: world.now,
              idempotency: null,
              lines: lines.map((one) =>
                line(accounts[one.account]!, one.text, {
                  receiver: one.receiver,
                  ...(one.isFile && {
                    type: 'FILE',
                    content: { type: 'FILE', name: one.text, upstreamPath: 'C:\\a' } as const,
                  }),
                  failure: one.isFailed ? { code: 'NO_RECEIVER', message: 'none' } : null,
                }),
              ),
            });
            if (accepted.result === 'CONFLICT') throw new Error('the job was not accepted');
            const { items } = await world.store.queries.logsOfJob(accepted.jobId, {}, { first: 9 });
            for (const [at, log] of items.entries())
              if (lines[at]!.isCancelled && log.status === 'QUEUED') await world.store.cancel(log.id, world.now);
            ids = [...ids, ...items.map((log) => log.id)];
          }
          const all = (await world.store.queries.logsById(ids)).toSorted((a, b) => b.id - a.id);
          for (const [{ piece, ...rest }, offset] of asked) {
            const texts = all.flatMap((log) => [shownContent(log), log.receiver]);
            const filter: LogFilter = piece === undefined ? rest : { ...rest, search: searchIn(texts, piece) };
            await expectLogs(filter, all, offset);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  async function expectLogs(filter: LogFilter, all: readonly SendLog[], offset: number): Promise<void> {
    const { queries } = world.store;
    const idsOf = (logs: readonly SendLog[]) => logs.map((log) => log.id);
    const expected = all.filter((log) => passes(filter, log));
    const paged = await Array.fromAsync(
      pagesOf<SendLog>((after) => queries.logs(filter, { first: 3, after: after === null ? null : [after.id] })),
    );
    expect(idsOf(paged)).toEqual(idsOf(expected));
    expect(idsOf((await queries.logs(filter, { first: 3, offset })).items)).toEqual(
      idsOf(expected.slice(offset, offset + 3)),
    );
    expect(await queries.countLogs(filter)).toBe(expected.length);
    const accountIds = [...new Set(all.map((log) => log.accountId)), 999];
    const ofAll = all.filter((log) => passes({ ...filter, accountIds: null }, log));
    const ofAccounts = accountIds.map((id) => ofAll.filter((log) => log.accountId === id));
    const pages = await queries.logPages(accountIds, filter, { first: 2 });
    expect(pages.map(({ items }) => idsOf(items))).toEqual(ofAccounts.map((logs) => idsOf(logs.slice(0, 2))));
    expect(pages.map(({ hasNext }) => hasNext)).toEqual(ofAccounts.map((logs) => logs.length > 2));
    expect(await queries.logCounts(accountIds, filter)).toEqual(ofAccounts.map((logs) => logs.length));
    const jobIds = [...new Set(all.map((log) => log.jobId)), 999];
    const ofEach = all.filter((log) => passes({ ...filter, jobIds: null }, log));
    const ofJobs = jobIds.map((id) => ofEach.filter((log) => log.jobId === id).toReversed());
    expect((await queries.jobLogPages(jobIds, filter, { first: 2 })).map(({ items }) => idsOf(items))).toEqual(
      ofJobs.map((logs) => idsOf(logs.slice(0, 2))),
    );
    expect(await queries.jobLogCounts(jobIds, filter)).toEqual(ofJobs.map((logs) => logs.length));
  }
});

describe('events', () => {
  const step = fc.oneof(
    fc.record({ account: fc.nat({ max: 2 }), arrival }),
    fc.record({ account: fc.nat({ max: 2 }), text }),
    fc.record({ account: fc.nat({ max: 2 }), state: fc.constantFrom('RUNNING', 'OFFLINE') }),
    fc.record({ account: fc.nat({ max: 2 }), group: fc.constant(true) }),
    fc.record({ account: fc.nat({ max: 2 }), read: fc.constant(true) }),
  );
  const type = fc.constantFrom(
    ...(['MESSAGE_RECEIVED', 'MESSAGE_UPDATED', 'SEND_UPDATED', 'CLIENT_STATE_CHANGED'] as const),
    ...(['GROUP_CHANGED', 'CHAT_UPDATED', 'ACCOUNT_CHANGED'] as const),
  );

  it('are found by other rules than those that live ones pass', { timeout: 240_000 }, async () => {
    const accounts = await withAccounts(world);
    const { store } = world;
    for (const accountId of accounts) await store.wantAccount(accountId, true, { ...loading, now: world.now });
    const filters = few<EventFilter>({
      types: some(type),
      accountIds: some(fc.constantFrom(...accounts, 99)),
      chatIds: some(fc.nat({ max: 12 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.array(filters, { minLength: 5, maxLength: 8 }),
        fc.nat({ max: 10 }),
        async (steps, asked, trimmed) => {
          for (const one of steps) {
            const accountId = accounts[one.account]!;
            world.now += 1;
            if ('arrival' in one) {
              const told = one.arrival as unknown as Partial<NewMessage>;
              await receive(world, accountId, message(world, one.arrival.key, told));
            } else if ('text' in one) await accept(world, line(accountId, one.text));
            else if ('state' in one) await store.setState(accountId, { ...loading, state: one.state, now: world.now });
            else if ('group' in one) await store.createGroup({ name: '组', accountIds: [accountId], now: world.now });
            else
              for (const chat of (await store.queries.chats({ accountIds: [accountId] }, { first: 1 })).items)
                await store.markRead(chat.id, null, world.now);
          }
          await store.trim(world.now, trimmed);
          const { oldest, newest } = await store.bounds();
          const all = await store.read(0, 10_000);
          for (const filter of asked) {
            const interest = interestIn(filter);
            const expected = all.filter((event) => interest.types.includes(event.type) && interest.passes(event));
            const paged = await Array.fromAsync(
              pagesOf<StoredEvent>(async (after) => {
                const items = await store.queries.events(filter, after?.seq ?? oldest, 4);
                return { items: items.slice(0, 3), hasNext: items.length > 3 };
              }),
            );
            expect(paged).toEqual(expected);
            expect(await store.queries.newestEvents(filter, 3, newest)).toEqual(expected.slice(-3));
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

/** The text, or the file's name. */
function shownContent({ content }: SendLog): string {
  return content.type === 'TEXT' ? content.text : content.name;
}

/** As `matches`, for lines of the send log. */
function passes(filter: LogFilter, log: SendLog): boolean {
  const within = <T>(values: readonly T[] | null | undefined, value: T) => !values || values.includes(value);
  const lower = (given: string) => given.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const holds = (given: string) => lower(given).includes(lower(filter.search ?? ''));
  return (
    within(filter.accountIds, log.accountId) &&
    within(filter.jobIds, log.jobId) &&
    within(filter.statuses, log.status) &&
    within(filter.types, log.type) &&
    within(filter.receivers, log.receiver) &&
    (!filter.search || holds(log.receiver) || holds(shownContent(log))) &&
    (typeof filter.since !== 'number' || log.createdAt >= filter.since) &&
    (typeof filter.until !== 'number' || log.createdAt < filter.until)
  );
}
