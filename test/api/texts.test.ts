import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, adminToken, post, startStack } from '../end-to-end/stack.ts';
import { contactsFetched, dataOf, expectError, receive, send } from './ask.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await contactsFetched(stack);
});
afterAll(() => stack.stop());

const odd: Record<string, string> = {
  emoji: '👨‍👩‍👧‍👦😀',
  'right to left': 'مرحبا \u202eabc\u202c שלום',
  combining: 'e\u0301 ñ Å',
  'beyond the basic plane': '𠮷野家𝒳',
  'SQL quotes': `'; drop table message; -- " \` \\ %_`,
  proto: '__proto__',
  constructor: 'constructor',
  html: '<script>alert(1)</script>&amp;',
  json: '{"a": [1, null]}\\u0000',
  'zero width': '\u200b\ufeff字',
  'private use': '\ue000\uf8ff',
  'not a character': '\ufffe\uffff',
};
const control: Record<string, string> = { NUL: 'a\u0000b', newline: 'a\nb', escape: 'a\u001b[31mb', tab: 'a\tb' };

describe('a name', () => {
  const create =
    'mutation ($name: String!) { createGroup(input: { name: $name, accountIds: [] }) { group { id name } } }';

  it.each(Object.entries(odd))('of %s comes back as another, or fails', async (_, name) => {
    const { group } = dataOf(await stack.query(create, { name })).createGroup;
    const shown = dataOf(await stack.query('query ($id: ID!) { group(id: $id) { name } }', { id: group.id })).group
      .name;
    // Names are trimmed, and what JavaScript trims includes the byte order mark.
    expect([group.name, shown]).toEqual([name.trim(), name.trim()]);
    const remark = dataOf(
      await stack.query(
        'mutation ($r: String) { updateAccount(input: { id: "00001", remark: $r }) { account { remark } } }',
        { r: name },
      ),
    );
    expect(remark.updateAccount.account.remark).toBe(name.trim());
    const found = dataOf(
      await stack.query('query ($s: String) { accounts(filter: { search: $s }) { totalCount } }', { s: name.trim() }),
    );
    expect(found.accounts.totalCount).toBe(1);
  });

  it.each(Object.entries(control))('of %s is taken, or refused without saying why', async (_, name) => {
    expectError(await stack.query(create, { name }), 'BAD_INPUT', { field: 'name' });
  });

  it.each([1_000, 60_000])('of %i characters fails otherwise than by BAD_INPUT', async (length) => {
    expectError(await stack.query(create, { name: '长'.repeat(length) }), 'BAD_INPUT', { field: 'name' });
  });

  it('of half a character comes back as something that JSON cannot hold', async () => {
    const answer = await stack.query(create, { name: 'a\ud800b' });
    if (answer.errors) expectError(answer, 'BAD_INPUT', { field: 'name' });
    else expect(answer.data.createGroup.group.name.isWellFormed()).toBe(true);
  });
});

describe('a received text', () => {
  const read = '{ messages(last: 1) { nodes { upstreamId text content { ... on TextContent { text } } raw } } }';

  it.each(Object.entries({ ...odd, ...control, long: '长'.repeat(100_000) }))(
    'of %s comes back as another, or fails',
    async (_, text) => {
      const id = await receive(stack, text);
      const { messages } = dataOf(await stack.query(read));
      expect(messages.nodes[0]).toMatchObject({ upstreamId: id, text, content: { text }, raw: { content: text } });
      if (text.length >= 4 && !text.includes('\u0000')) {
        const found = await stack.query(
          'query ($s: String) { messages(last: 1, filter: { search: $s }) { nodes { text } } }',
          {
            s: text.slice(0, 100),
          },
        );
        expect(dataOf(found).messages.nodes).toEqual([{ text }]);
      }
    },
  );

  it.each(Object.entries({ ...odd, ...control }))('from somebody called %s cannot be shown', async (_, name) => {
    await receive(stack, '名字', {
      sender: name,
      sender_name: name,
      sender_id: `@${Buffer.from(name).toString('hex')}`,
      sender_markname: '',
    });
    const { messages } = dataOf(
      await stack.query(
        '{ messages(last: 1) { nodes { sender { name displayName } chat { contact { displayName } } } } }',
      ),
    );
    expect(messages.nodes[0].sender.displayName).toBe(name);
    expect(messages.nodes[0].chat.contact.displayName).toBe(name);
  });

  const strange: [string, Record<string, unknown>][] = [
    ['a time far away', { time: 99_999_999_999 }],
    ['a time beyond dates', { time: 1e300 }],
    ['a time before 1970', { time: -5 }],
    ['media of 5 GB', { format: 'media', media_type: 'video', media_size: 5_000_000_000 }],
    ['media of half a byte', { format: 'media', media_type: 'video', media_size: 0.5 }],
    ['media of a negative size', { format: 'media', media_type: 'video', media_size: -1 }],
    ['media of a text as size', { format: 'media', media_type: 'video', media_size: 'big' }],
    ['a key __proto__', { ['__proto__x']: 1, constructor: { prototype: 1 } }],
  ];
  it.each(strange)('with %s cannot be shown', async (_, fields) => {
    await receive(stack, '奇怪', fields);
    dataOf(
      await stack.query(`{ messages(last: 1) { nodes {
        sentAt receivedAt text raw content { __typename ... on MediaContent { media { size width height durationMs } } }
      } } account(id: "00001") { lastMessageAt } }`),
    );
  });

  it('in a body with a __proto__ of its own changes what objects are', async () => {
    const body =
      '{"__proto__": {"polluted": 1}, "post_type": "receive_message", "type": "friend_message", "id": "7399000000000000001", "sender_id": "@p", "content": "x", "format": "text"}';
    expect((await post(stack.callbackUrls[0]!, body)).status).toBe(200);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    dataOf(await stack.query('{ messages(last: 1) { nodes { raw } } }'));
  });
});

describe('a sent text', () => {
  it.each(Object.entries(odd))('of %s reaches WeChat as another', async (_, text) => {
    const { job } = await send(stack, ['00001'], text);
    expect(job.logs.nodes.map((log) => log.status)).toEqual(['SENT']);
    const data = dataOf(
      await stack.query('query ($id: ID!) { sendLog(id: $id) { content } }', { id: job.logs.nodes[0]!.id }),
    );
    expect(data.sendLog.content).toBe(text);
    expect(stack.simulator.delivered.at(-1)!.text).toBe(text);
  });

  it('is accepted with a NUL, empty, or too long', async () => {
    const text = 'mutation ($t: String!) { send(input: { targets: ["00001"], content: { text: $t } }) { cursor } }';
    for (const t of ['a\u0000b', '', ' \n ', 'x'.repeat(16_385)]) {
      expectError(await stack.query(text, { t }), 'BAD_INPUT', { field: 'content.text' });
    }
  });
});

describe('a variable', () => {
  it('called __proto__ does anything', async () => {
    const answer = await fetch(`${stack.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
      body: '{"query": "{ viewer { scope } }", "variables": {"__proto__": {"polluted": 1}, "constructor": 1}, "__proto__": {"x": 1}}',
    });
    expect(answer.status).toBeLessThan(500);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
