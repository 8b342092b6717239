import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, follow, openwxText, post, startStack } from '../end-to-end/stack.ts';
import { contactsFetched, dataOf, expectError, headOf, inRoom, makeToken, receive, refusal, send } from './ask.ts';

let stack: Stack;
const at = (seconds: number) => new Date(seconds * 1000).toISOString();

beforeAll(async () => {
  stack = await startStack({
    simulator: {
      build: (world) => {
        const [one, other] = ['甲', '乙'].map((name) => world.addPerson({ name, alias: `alias_${name}` }));
        const friends = ['张三', '李四', 'a_b', 'axb', '100%', '100x', 'back\\slash', "o'brien"].map((name) =>
          world.addPerson({ name }),
        );
        for (const me of [one!, other!]) {
          world.addAccount(me.wxid);
          for (const friend of friends) world.addContact(me.wxid, friend.wxid);
          world.addPerson({ name: '支付', wxid: 'gh_0001' });
          world.addContact(me.wxid, 'gh_0001', { kind: 'official' });
        }
        world.addRoom({ name: '两人群' }, [one!, other!, ...friends]);
        return [one!.wxid, other!.wxid];
      },
    },
  });
  await contactsFetched(stack);
  for (const [i, text] of ['天气很好', '天空', '今天气温 50%_off', 'plain 50xyoff', 'ÀÉ abc'].entries()) {
    await receive(stack, text, { time: 1_600_000_000 + i });
  }
  await receive(stack, '[图片](/tmp/a.jpg)', { format: 'media', media_type: 'image', time: 1_600_000_010 });
  await receive(stack, '群里说话', { ...inRoom('@@g1', '甲群'), sender_id: '@other', time: 1_600_000_020 });
  await receive(stack, '乙的消息', { account: 1, time: 1_600_000_030 });
  await send(stack, ['00001'], '发给默认的');
  await send(stack, ['00001', '00002'], 'to_someone', ['nobody%x']);
  dataOf(await stack.query('mutation { createGroup(input: { name: "甲组", accountIds: ["00001"] }) { cursor } }'));
  dataOf(await stack.query('mutation { createGroup(input: { name: "空组", accountIds: [] }) { cursor } }'));
  dataOf(await stack.query('mutation { updateAccount(input: { id: "00002", remark: "备_注" }) { cursor } }'));
});
afterAll(() => stack.stop());

/** The ids or texts of what a filter lets through. */
async function find(list: string, filter: string, fields = 'id'): Promise<string[]> {
  const data = dataOf(await stack.query(`{ ${list}(${filter}) { nodes { ${fields} } } }`));
  return data[list].nodes.map((node: Record<string, string>) => node[fields]);
}

const filters: Record<string, string[]> = {
  accounts: ['ids', 'groupIds', 'drivers', 'states'],
  contacts: ['accountIds', 'kinds', 'wxids', 'labels'],
  chats: ['accountIds', 'kinds'],
  messages: ['accountIds', 'chatIds', 'kinds', 'directions', 'senderWxids'],
  logs: ['accountIds', 'jobIds', 'statuses', 'types', 'receivers'],
};
const all: Record<string, string> = {
  accounts: 'ready search',
  contacts: 'search',
  chats: 'unreadOnly mentionedOnly search',
  messages: 'mentionsMe search since until',
  logs: 'search since until',
};

describe('a filter', () => {
  it.each(Object.keys(filters))('of %s: an empty list matches something, or null filters', async (list) => {
    const everything = (await find(list, 'first: 100')).length;
    expect(everything).toBeGreaterThan(0);
    const single = all[list]!.split(' ');
    for (const field of [...filters[list]!, ...single]) {
      expect(await find(list, `first: 100, filter: { ${field}: null }`), `${list} ${field}`).toHaveLength(everything);
    }
    for (const field of filters[list]!) {
      expect(await find(list, `first: 100, filter: { ${field}: [] }`), `${list} ${field}`).toEqual([]);
    }
    expect(await find(list, 'first: 100, filter: null')).toHaveLength(everything);
    expect(await find(list, 'first: 100, filter: {}')).toHaveLength(everything);
    if (list === 'messages') return;
    for (const field of filters[list]!) {
      const data = dataOf(await stack.query(`{ ${list}(filter: { ${field}: [] }) { totalCount } }`));
      expect(data[list].totalCount).toBe(0);
    }
  });

  it('of events takes an empty list for none', async () => {
    expect(await find('events', 'first: 100', 'cursor')).not.toEqual([]);
    for (const field of ['types', 'accountIds', 'chatIds']) {
      expect(await find('events', `${field}: []`, 'cursor')).toEqual([]);
      expect(await find('events', `first: 100, ${field}: null`, 'cursor')).not.toEqual([]);
    }
  });

  it('lets ids pass that do not exist, or fails on them', async () => {
    for (const id of ['99999', 'x', '', 'g001', "' or 1=1"]) {
      for (const list of ['contacts', 'chats', 'messages', 'logs']) {
        expect(await find(list, `filter: { accountIds: [${JSON.stringify(id)}] }`)).toEqual([]);
      }
      expect(await find('accounts', `filter: { ids: [${JSON.stringify(id)}] }`)).toEqual([]);
    }
    expect(await find('accounts', 'filter: { ids: ["00001", "00001", "99999"] }')).toEqual(['00001']);
  });

  it('of a list inside an account or chat is widened or ignored', async () => {
    const data = dataOf(
      await stack.query(`{ account(id: "00001") {
        same: contacts(filter: { accountIds: ["00001"] }) { totalCount }
        none: contacts(filter: { accountIds: [] }) { totalCount }
        other: contacts(filter: { accountIds: ["00002"] }) { totalCount }
        chats(filter: { accountIds: ["00002"] }) { totalCount }
        logs(filter: { accountIds: ["00002"] }) { totalCount }
        messages(filter: { accountIds: [] }) { nodes { id } }
      }
      chats(filter: { accountIds: ["00001"] }) { nodes { messages(filter: { chatIds: [] }) { nodes { id } } } } }`),
    );
    expect(data.account.same.totalCount).toBeGreaterThan(0);
    expect(data.account).toMatchObject({
      none: { totalCount: 0 },
      other: { totalCount: 0 },
      chats: { totalCount: 0 },
      logs: { totalCount: 0 },
      messages: { nodes: [] },
    });
    for (const chat of data.chats.nodes) expect(chat.messages.nodes).toEqual([]);
  });

  it('of the lines of a job counts other lines than it lists', async () => {
    const data = dataOf(
      await stack.query(`{ logs { nodes { job { id
        all: logs { totalCount nodes { id } }
        none: logs(filter: { jobIds: [] }) { totalCount nodes { id } }
        other: logs(filter: { jobIds: ["job_999"] }) { totalCount nodes { id } }
        one: logs(filter: { accountIds: ["00001"] }) { totalCount nodes { id } }
      } } } }`),
    );
    for (const { job } of data.logs.nodes) {
      for (const list of [job.all, job.none, job.other, job.one]) expect(list.totalCount).toBe(list.nodes.length);
      expect([job.none.totalCount, job.other.totalCount, job.one.totalCount]).toEqual([0, 0, 1]);
    }
  });
});

describe('messages', () => {
  const texts = (filter: string) => find('messages', `filter: { ${filter} }`, 'text');

  it('lose the one sent at `since`, or have the one sent at `until`', async () => {
    const [from, to] = [at(1_600_000_001), at(1_600_000_003)];
    expect(await texts(`since: "${from}", until: "${to}"`)).toEqual(['天空', '今天气温 50%_off']);
    expect(await texts(`since: "${from}", until: "${from}"`)).toEqual([]);
    expect(await texts(`since: "2020-09-13T20:26:41+08:00", until: "${to}"`)).toEqual(['天空', '今天气温 50%_off']);
    expect(await texts('until: "1970-01-01T00:00:00Z"')).toEqual([]);
  });

  it('are not found by two Chinese characters, or are by those that are not there', async () => {
    expect(await texts('search: "天气"')).toEqual(['天气很好', '今天气温 50%_off']);
    expect(await texts('search: "气很"')).toEqual(['天气很好']);
    expect(await texts('search: "气天"')).toEqual([]);
  });

  it.each(['天', '', ' ', '😀'])('are searched by one character: %j', async (search) => {
    const answer = await stack.query('query ($filter: MessageFilter) { messages(filter: $filter) { nodes { id } } }', {
      filter: { search },
    });
    expectError(answer, 'BAD_INPUT', { field: 'filter.search' });
    expect(
      await refusal(stack, 'subscription ($s: String) { messageReceived(filter: { search: $s }) { id } }', {
        s: search,
      }),
    ).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'filter.search' } }]);
  });

  it('are searched by patterns: % and _ stand for something', async () => {
    expect(await texts('search: "0%_o"')).toEqual(['今天气温 50%_off']);
    expect(await texts('search: "50_"')).toEqual([]);
    expect(await texts('search: "%%"')).toEqual([]);
    expect(await texts('search: "__"')).toEqual([]);
  });

  it('pass by kind, direction or sender that is not theirs', async () => {
    expect(await texts('kinds: [IMAGE]')).toEqual(['[图片]']);
    expect(await texts('senderWxids: ["@other"]')).toEqual(['群里说话']);
    const incoming = await texts('directions: [INCOMING]');
    expect(incoming).toHaveLength(8);
    const outgoing = await find('messages', 'first: 100, filter: { directions: [OUTGOING] }', 'direction');
    expect(new Set(outgoing).size).toBeLessThanOrEqual(1);
    expect(await texts('directions: [INCOMING], kinds: [IMAGE, TEXT], accountIds: ["00002"]')).toEqual(['乙的消息']);
  });

  it('pass by a mention that is not there', async () => {
    const { data } = await stack.query('{ account(id: "00001") { wxid } }');
    const body = openwxText('7399999999999999999', '@甲\u2005你好', {
      ...inRoom('@@g1', '甲群'),
      receiver_id: data.account.wxid,
      receiver_name: '甲',
      receiver: '甲',
    });
    expect((await post(stack.callbackUrls[0]!, body)).status).toBe(200);
    expect(await find('messages', 'filter: { mentionsMe: true }', 'upstreamId')).toEqual(['7399999999999999999']);
    expect(await find('messages', 'filter: { mentionsMe: false }', 'upstreamId')).not.toContain('7399999999999999999');
  });

  it('pass a live filter by another rule than the stored one', async () => {
    const cases = [
      ['search: "50%_"', '又是 50%_ 的', '又是 50x 的'],
      ['search: "àé"', 'x àé', 'x ÀÉ'],
      ['search: "ABC"', 'xabcx', 'xabx'],
      ['kinds: [TEXT]', '文字', null],
      [`until: "1970-01-01T00:00:00Z"`, null, '不早于'],
      [`since: "${at(1_700_000_000)}"`, '刚刚', null],
    ] as const;
    const head = await headOf(stack);
    const followings = cases.map(([filter]) =>
      follow(stack.client(), `subscription { messageReceived(filter: { ${filter} }) { text } }`),
    );
    // A subscription over the socket is live once another one, begun after it, has answered.
    await Promise.all(followings.map(() => follow(stack.client(), 'subscription { events { cursor } }').atLeast(1)));
    for (const [, yes, no] of cases) {
      if (no !== null) await receive(stack, no, { time: 1_650_000_000 });
      if (yes !== null) await receive(stack, yes, { time: 1_750_000_000 });
    }
    for (const [i, [filter]] of cases.entries()) {
      const stored = dataOf(
        await stack.query(
          `query ($after: String) { messages(first: 100, after: $after, filter: { ${filter} }) { nodes { text } } }`,
          { after: head },
        ),
      );
      const expected = stored.messages.nodes.map((node: { text: string }) => node.text);
      const frames = await followings[i]!.atLeast(expected.length);
      expect(
        frames.map((frame) => (frame.data['messageReceived'] as { text: string }).text),
        filter,
      ).toEqual(expected);
    }
  });
});

describe('contacts', () => {
  const names = (filter: string) => find('contacts', `filter: { ${filter}, accountIds: ["00001"] }`, 'displayName');

  it('are searched by patterns', async () => {
    expect(await names('search: "a_b"')).toEqual(['a_b']);
    expect(await names('search: "100%"')).toEqual(['100%']);
    expect(await names('search: "k\\\\s"')).toEqual(['back\\slash']);
    expect(await names('search: "o\'b"')).toEqual(["o'brien"]);
    expect(await names('search: "张"')).toEqual(['张三']);
  });

  it('pass by a kind or wxid that is not theirs', async () => {
    const kinds = await find('contacts', 'first: 100, filter: { kinds: [CHAT_ROOM, OFFICIAL_ACCOUNT] }', 'kind');
    expect(new Set(kinds)).toEqual(new Set(['CHAT_ROOM', 'OFFICIAL_ACCOUNT']));
    const helpers = await find('contacts', 'filter: { wxids: ["filehelper", "nobody"] }', 'wxid');
    expect(helpers).toEqual(['filehelper', 'filehelper']);
  });
});

describe('accounts', () => {
  it('pass by a group, a state or a search that is not theirs', async () => {
    expect(await find('accounts', 'filter: { groupIds: ["g001"] }')).toEqual(['00001']);
    expect(await find('accounts', 'filter: { groupIds: ["g002"] }')).toEqual([]);
    expect(await find('accounts', 'filter: { groupIds: ["g001", "g002", "g001"] }')).toEqual(['00001']);
    expect(await find('accounts', 'filter: { search: "备_" }')).toEqual(['00002']);
    expect(await find('accounts', 'filter: { search: "备%" }')).toEqual([]);
    expect(await find('accounts', 'filter: { states: [STOPPED] }')).toEqual([]);
    expect(await find('accounts', 'filter: { drivers: [ECLOUD] }')).toEqual([]);
  });

  it('are ready in one place and not in another', async () => {
    const pause = (paused: boolean) =>
      stack.query(
        'mutation ($p: Boolean) { updateAccount(input: { id: "00002", pacing: { paused: $p } }) { account { ready } } }',
        {
          p: paused,
        },
      );
    expect(dataOf(await pause(true)).updateAccount.account.ready).toBe(false);
    expect(await find('accounts', 'filter: { ready: true }')).toEqual(['00001']);
    expect(await find('accounts', 'filter: { ready: false }')).toEqual(['00002']);
    expect(dataOf(await pause(false)).updateAccount.account.ready).toBe(true);
    const budget =
      'mutation ($n: Int) { updateAccount(input: { id: "00002", pacing: { perDay: $n } }) { account { ready } } }';
    expect(dataOf(await stack.query(budget, { n: 1 })).updateAccount.account.ready).toBe(false);
    expect(await find('accounts', 'filter: { ready: false }')).toEqual(['00002']);
    expect(dataOf(await stack.query(budget, { n: null })).updateAccount.account.ready).toBe(true);
  });
});

describe('chats and logs', () => {
  it('pass by what is not theirs', async () => {
    const unread = await find('chats', 'filter: { unreadOnly: true }', 'unreadCount');
    expect(unread.every((count) => Number(count) > 0)).toBe(true);
    const rooms = dataOf(
      await stack.query('{ chats(filter: { kinds: [CHAT_ROOM] }) { nodes { contact { displayName } } } }'),
    );
    expect(rooms.chats.nodes).toEqual([{ contact: { displayName: '甲群' } }]);
    expect(await find('chats', 'filter: { search: "甲群" }')).toHaveLength(1);
    expect(await find('logs', 'filter: { receivers: ["nobody%x"] }')).toHaveLength(2);
    expect(await find('logs', 'filter: { search: "nobody%" }')).toHaveLength(2);
    expect(await find('logs', 'filter: { search: "to%" }')).toHaveLength(0);
    expect(await find('logs', 'filter: { search: "to_" }')).toHaveLength(2);
    expect(await find('logs', 'filter: { accountIds: ["00002"], statuses: [FAILED] }')).toHaveLength(1);
    const { secret } = await makeToken(stack, 'READ', { accountIds: ['00002'] });
    expect(dataOf(await stack.query('{ logs { totalCount } }', {}, secret)).logs.totalCount).toBe(1);
  });

  it('lose the line accepted at `since`, or have the one accepted at `until`', async () => {
    const { logs } = dataOf(await stack.query('{ logs { nodes { id createdAt } } }'));
    const [newest] = logs.nodes as { id: string; createdAt: string }[];
    expect(await find('logs', `filter: { since: "${newest!.createdAt}" }`)).toContain(newest!.id);
    expect(await find('logs', `filter: { until: "${newest!.createdAt}" }`)).not.toContain(newest!.id);
  });
});
