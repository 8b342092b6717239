import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/db/sqlite/open.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { readCallbackUrl } from '../../src/resolvers/accounts/read-accounts.ts';
import { type Stack, allMessages, openwxText, owner, post, startStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

function quarantined(): { body: string; reason: string }[] {
  const database = new Database(join(stack.folder, 'wxgraph.db'), { readonly: true });
  try {
    return database.prepare('select body, reason from quarantine order by id').all() as {
      body: string;
      reason: string;
    }[];
  } finally {
    database.close();
  }
}

async function messageCount(): Promise<number> {
  return (await allMessages(stack.gateway.url)).length;
}

describe('a callback that cannot be taken', () => {
  it('at an unknown address is an empty 404, and nothing is stored', async () => {
    const before = await messageCount();
    const { origin } = new URL(stack.callbackUrls[0]!);
    for (const secret of ['0'.repeat(48), 'x', `${new URL(stack.callbackUrls[0]!).pathname.split('/').at(-1)!}0`]) {
      const answer = await post(`${origin}/callback/${secret}`, openwxText('901', 'who'));
      expect([answer.status, await answer.text()]).toEqual([404, '']);
    }
    expect([await messageCount(), quarantined().length]).toEqual([before, 0]);
  });

  it('is 400 for what is no message, and is kept as it came', async () => {
    const bodies = [
      '{"id": 1, "class": "recv"',
      'sender=me&content=hi',
      '[]',
      '"text"',
      '{}',
      '',
      '{"class":"recv","post_type":"receive_message"}',
    ];
    const from = quarantined().length;
    for (const body of bodies) expect([body, (await post(stack.callbackUrls[0]!, body)).status]).toEqual([body, 400]);
    expect(
      quarantined()
        .slice(from)
        .map((one) => one.body),
    ).toEqual(bodies);
  });

  it('is 403 for the post of another person, and is kept', async () => {
    const before = await messageCount();
    const body = openwxText('902', 'for somebody else', { receiver_uid: 987654321 });
    const answer = await post(stack.callbackUrls[0]!, body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([403, expect.stringContaining('text/plain')]);
    expect(quarantined().at(-1)).toEqual({ body, reason: expect.stringContaining('another person') as string });
    expect(await messageCount()).toBe(before);
  });

  it('is 405 for another method', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await fetch(stack.callbackUrls[0]!, { method });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([
        method,
        405,
        expect.stringContaining('POST'),
      ]);
    }
  });

  it('is 413 beyond 64 MiB, and the gateway goes on', async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(0x20);
    let left = 65;
    const body = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    // The connection may be reset while the body is still on its way.
    const status = await fetch(stack.callbackUrls[0]!, { method: 'POST', body, duplex: 'half' } as RequestInit).then(
      (answer) => answer.status,
      () => 'reset',
    );
    expect([413, 'reset']).toContain(status);
    expect((await post(stack.callbackUrls[0]!, openwxText('903', 'still here'))).status).toBe(200);
  });

  it('is 404 as soon as another process has deleted the account', async () => {
    const { app } = stack.gateway;
    const { object: account } = await createAccount(app, owner, {
      name: '别处删除',
      connection: { openwx: { baseUrl: 'http://127.0.0.1:9' } },
    });
    const url = readCallbackUrl(app, owner, account)!;
    expect((await post(url, openwxText('904', 'known'))).status).toBe(200);
    const other = await openSqliteStore({ path: join(stack.folder, 'wxgraph.db'), dayOf: () => '2026-01-01' });
    await other.deleteAccount(account.id, Date.now());
    expect((await post(url, openwxText('905', 'gone'))).status).toBe(404);
    await other.close();
  });

  it('does not spoil those that are posted with it', async () => {
    const before = await messageCount();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        post(stack.callbackUrls[0]!, i % 4 === 0 ? '{' : openwxText(String(10_000 + i), `m${i}`)),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(
      Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 400 : 200)),
    );
    expect(await messageCount()).toBe(before + 30);
  });
});
