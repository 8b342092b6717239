/** The gateway as it is, in a process of its own, and what a measurement needs to have done inside it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createAccount } from '../../src/resolvers/accounts/create-account.ts';
import { showPosition } from '../../src/resolvers/events/cursors.ts';
import { readCallbackUrl } from '../../src/resolvers/accounts/read-accounts.ts';
import type { Caller } from '../../src/resolvers/access/caller.ts';
import { incoming } from '../messages.ts';
import { answer, options } from './answer.ts';
import { statementsSince } from './statements.ts';

const given = options<{ token: string; folder?: string }>();
const owner: Caller = { scope: 'ADMIN', accountIds: null, tokenId: null, sessionId: 0 };

const folder = given.folder ?? mkdtempSync(join(tmpdir(), 'wxgraph-bench-'));
const database = join(folder, 'wxgraph.db');
const gateway = await startGateway(
  readConfig({
    WXGRAPH_DATABASE: database,
    WXGRAPH_MEDIA_ROOTS: join(folder, 'media'),
    WXGRAPH_PORT: '0',
    WXGRAPH_ADMIN_TOKEN: given.token,
    WXGRAPH_TIMEZONE: 'Asia/Shanghai',
    WXGRAPH_LOG_LEVEL: 'error',
  }),
);
const { app } = gateway;
let told = Date.now() % 1e9;

answer(
  Number(new URL(gateway.url).port),
  {
    database: () => database,
    /** Makes accounts that are never started; answers the path of each one's callback address. */
    async createAccounts(count: number): Promise<string[]> {
      const paths: string[] = [];
      for (let n = 0; n < count; n += 1) {
        const { object } = await createAccount(app, owner, {
          name: `账号${n}`,
          connection: { ecloud: { baseUrl: 'http://127.0.0.1:9', authorization: 'bench', wcId: `wxid_self${n}` } },
        });
        paths.push(new URL(readCallbackUrl(app, owner, object)!).pathname);
      }
      return paths;
    },
    /** Commits so many messages of the first account: in one commit, or each in one of its own. */
    async publish({ count, together }: { count: number; together: boolean }): Promise<void> {
      const all = Array.from({ length: count }, () => incoming(1, (told += 1), Date.now()));
      if (together) await app.commit(all);
      else for (const one of all) await app.commit([one]);
    },
    /** Friends of the first account. */
    async fillContacts(count: number): Promise<void> {
      const signs = '阿白陈邓方郭黄江孔林马牛欧彭钱任孙唐王徐杨赵';
      const contacts = Array.from({ length: count }, (_, n) => ({
        wxid: `wxid_friend${n}`,
        kind: 'FRIEND' as const,
        name: `${signs[n % signs.length]!}${n}`,
      }));
      await app.store.receive([{ accountId: 1, now: Date.now(), type: 'contacts', kinds: ['FRIEND'], contacts }]);
    },
    /** Accepts send jobs of 50 lines, of an account that does not run: they stay queued. */
    async fillSendLog(jobs: number): Promise<void> {
      for (let job = 0; job < jobs; job += 1) {
        await app.store.accept({
          now: Date.now(),
          idempotency: null,
          lines: Array.from({ length: 50 }, (_, line) => ({
            accountId: 1,
            receiver: `wxid_friend${line}`,
            receiverContactId: null,
            type: 'TEXT' as const,
            content: { type: 'TEXT' as const, text: `第 ${job} 批的第 ${line} 条：明天下午三点开会` },
            mentions: [],
            sendAt: null,
            expiresAt: null,
            resendOf: null,
            failure: null,
          })),
        });
      }
    },
    /** The cursor so many positions before the log's end, or at its very beginning. */
    async cursor(behind: number | null): Promise<string> {
      const { epoch, newest } = await app.store.bounds();
      return showPosition(epoch, behind === null ? 0 : Math.max(0, newest - behind));
    },
    /** Statements that were run since this was last asked. */
    statements: () => statementsSince(),
  },
  async () => {
    await gateway.stop();
    if (given.folder === undefined) rmSync(folder, { recursive: true, force: true });
  },
);
