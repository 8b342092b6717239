import { describe, expect, it } from 'vitest';
import type { NewDelivery, NewWebhook } from '../../../src/db/store.ts';
import { addAccount, eventsAfter, hour, minute, newest, type OpenStore, useWorld } from './world.ts';

/** Webhooks, and what is posted to them. */
export function testWebhooks(open: OpenStore): void {
  const world = useWorld(open);
  const input = (more: Partial<NewWebhook> = {}): NewWebhook => ({
    url: 'https://example.com/',
    format: 'STANDARD',
    types: ['MESSAGE_RECEIVED'],
    accountIds: null,
    events: null,
    mediaData: true,
    allowReply: false,
    pollUrl: null,
    secretName: 'name',
    secrets: [{ sealed: 'sealed', until: null }],
    now: world.now,
    ...more,
  });
  const delivery = (seq: number, more: Partial<NewDelivery> = {}): NewDelivery => ({
    seq,
    messageId: `evt_${seq}`,
    accountId: null,
    body: `{"n":${seq}}`,
    ...more,
  });
  const create = async (more: Partial<NewWebhook> = {}) => (await world.store.createWebhook(input(more), 10)).object;
  const webhook = async (id: number) => (await world.store.queries.webhooksById([id]))[0];
  const plan = async (id: number, upTo: number, deliveries: NewDelivery[] = []) => {
    const { cursor: from } = (await webhook(id))!;
    return world.store.planDeliveries({ webhookId: id, from, upTo, deliveries, now: world.now });
  };
  const list = async (id: number) =>
    (await world.store.queries.deliveryPages([id], {}, { first: 100 }))[0]!.items.toReversed();
  const told = async (after: number) =>
    (await eventsAfter(world, after)).map((event) => (event.type === 'WEBHOOK_CHANGED' ? event.webhookId : event.type));

  describe('a webhook', () => {
    it('stands at the news of itself, and survives', async () => {
      const { object, seq } = await world.store.createWebhook(input({ accountIds: [1], events: ['login'] }), 10);
      expect(object).toMatchObject({
        tokenId: null,
        enabled: true,
        failing: false,
        lastError: null,
        cursor: seq,
        accountIds: [1],
        events: ['login'],
      });
      await world.reopen();
      expect(await webhook(object.id)).toEqual(object);
      expect(await told(seq - 1)).toEqual([object.id]);
    });

    it('tells of a change and not of none, and is gone with its deliveries', async () => {
      const { id } = await create();
      const quiet = await newest(world);
      const same = await world.store.updateWebhook(id, { enabled: true, url: 'https://example.com/' }, world.now);
      expect(same.seq).toBe(quiet);
      const { object } = await world.store.updateWebhook(id, { url: 'https://example.org/', types: null }, world.now);
      expect(object).toMatchObject({ url: 'https://example.org/', types: null });
      await plan(id, quiet + 1, [delivery(1)]);
      await world.store.deleteWebhook(id, world.now);
      expect(await told(quiet)).toEqual([id, id]);
      expect(await list(id)).toEqual([]);
      for (const change of [
        world.store.updateWebhook(id, {}, world.now),
        world.store.deleteWebhook(id, world.now),
        world.store.replayWebhook(id, 0, world.now),
        world.store.addDelivery(id, delivery(1), { status: 'DELIVERED', now: 0, responseStatus: 200, error: null }),
      ]) {
        await expect(change).rejects.toMatchObject({ code: 'NOT_FOUND' });
      }
      expect((await create()).id).toBeGreaterThan(id);
    });

    it('of a token is one for each format and account, counts with the others, and ends with the token', async () => {
      const token = { name: 't', hash: 'h', scope: 'SEND', accountIds: null, expiresAt: null, now: world.now } as const;
      const { id: tokenId } = await world.store.createToken(token);
      const of = { tokenId, format: 'ECLOUD', accountId: 3, now: world.now } as const;
      const to = { url: 'https://a.example/', events: null, mediaData: true, allowReply: false };
      const put = (more: object, target: typeof to | null = to) =>
        world.store.putCallback({ ...of, ...more }, target, 4);
      const first = (await put({}))!.object;
      expect(first).toMatchObject({ tokenId, accountIds: [3], format: 'ECLOUD', secrets: [] });
      expect((await put({}, { ...to, url: 'https://b.example/' }))!.object).toMatchObject({ id: first.id });
      await put({ accountId: null });
      await put({ format: 'PCHOOK' });
      await put({ tokenId: null });
      await expect(put({ tokenId: tokenId + 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await put({ format: 'PCHOOK' }, null)).not.toBeNull();
      expect(await put({ format: 'PCHOOK' }, null)).toBeNull();
      const before = await newest(world);
      await world.store.revokeToken(tokenId, world.now);
      expect(await world.store.queries.countWebhooks()).toBe(1);
      expect((await told(before)).filter((one) => one === first.id)).toHaveLength(1);
    });
  });

  describe('deliveries', () => {
    it('are planned from where the webhook stands alone, and go out oldest first', async () => {
      const { id, cursor } = await create();
      expect(await plan(id, cursor + 5, [delivery(1), delivery(2)])).toBe(true);
      const again = { webhookId: id, from: cursor, upTo: cursor + 5, deliveries: [delivery(1)], now: world.now };
      expect(await world.store.planDeliveries(again)).toBe(false);
      await world.reopen();
      const next = await world.store.queries.nextDelivery(id);
      expect(next).toMatchObject({ seq: 1, body: '{"n":1}', status: 'PENDING', attempts: 0, messageId: 'evt_1' });
      const settled = { status: 'DELIVERED', now: world.now, responseStatus: 204, error: null } as const;
      expect(await world.store.settleDelivery(next!.id, settled)).toBe(true);
      expect(await world.store.settleDelivery(next!.id, settled)).toBe(false);
      expect((await world.store.queries.nextDelivery(id))?.seq).toBe(2);
      await world.store.updateWebhook(id, { enabled: false }, world.now);
      expect(await plan(id, cursor + 9, [delivery(9)])).toBe(false);
    });

    it('that failed are due at their time with the same body, and tell once that the webhook fails and once that it works', async () => {
      const { id, cursor } = await create();
      await plan(id, cursor, [delivery(1), delivery(2)]);
      const [one, two] = await list(id);
      const before = await newest(world);
      const failed = { status: 'FAILED', now: world.now, responseStatus: 500, error: 'no' } as const;
      const at = world.now + minute;
      for (const { id: each } of [one!, two!]) {
        await world.store.settleDelivery(each, { ...failed, nextAttemptAt: at });
      }
      expect(await webhook(id)).toMatchObject({ failing: true, lastError: 'no', enabled: true });
      expect(await world.store.queries.nextDelivery(id)).toBeNull();
      const due = (now: number, except: number[] = []) => world.store.queries.dueDeliveries(id, now, 4, except);
      expect(await due(world.now)).toEqual({ due: [], nextAt: at });
      const found = await due(at, [two!.id]);
      expect(found).toMatchObject({ due: [{ id: one!.id, body: '{"n":1}', attempts: 1 }], nextAt: null });
      const worked = { status: 'DELIVERED', now: at, responseStatus: 200, error: null } as const;
      await world.store.settleDelivery(one!.id, worked);
      expect((await webhook(id))?.failing).toBe(true);
      await world.store.settleDelivery(two!.id, worked);
      expect(await webhook(id)).toMatchObject({ failing: false, lastError: 'no' });
      expect(await told(before)).toEqual([id, id]);
      expect((await list(id)).map(({ status, attempts }) => [status, attempts])).toEqual([
        ['DELIVERED', 2],
        ['DELIVERED', 2],
      ]);
    });

    it('whose receiver wants no more switch the webhook off; it begins anew without its failures', async () => {
      const { id, cursor } = await create();
      await plan(id, cursor, [delivery(1)]);
      const [one] = await list(id);
      const gone = { status: 'EXHAUSTED', disables: true, now: world.now, responseStatus: 410, error: 'gone' } as const;
      await world.store.settleDelivery(one!.id, gone);
      expect(await webhook(id)).toMatchObject({ enabled: false, failing: true, lastError: 'gone' });
      const { object } = await world.store.updateWebhook(id, { enabled: true }, world.now);
      expect(object).toMatchObject({ enabled: true, failing: false });
    });

    it('that cannot be told, and events that were lost, are noted', async () => {
      const { id, cursor } = await create();
      await plan(id, cursor + 1, [delivery(1, { body: null, error: 'too long' })]);
      expect(await list(id)).toMatchObject([{ status: 'EXHAUSTED', attempts: 0, error: 'too long' }]);
      expect(await webhook(id)).toMatchObject({ failing: true, lastError: 'too long' });
      const lost = { webhookId: id, from: cursor + 1, upTo: cursor + 9, deliveries: [], lost: 'lost', now: world.now };
      await world.store.planDeliveries(lost);
      expect(await webhook(id)).toMatchObject({ lastError: 'lost', cursor: cursor + 9 });
    });

    it('are taken back by a replay where they wait, which never goes forward', async () => {
      const { id, cursor } = await create();
      await plan(id, cursor + 3, [delivery(cursor + 1), delivery(cursor + 2), delivery(cursor + 3)]);
      const [one, two] = await list(id);
      const attempt = { now: world.now, responseStatus: 500, error: 'no' };
      await world.store.settleDelivery(one!.id, { ...attempt, status: 'EXHAUSTED' });
      await world.store.settleDelivery(two!.id, { ...attempt, status: 'FAILED', nextAttemptAt: world.now });
      const { object } = await world.store.replayWebhook(id, cursor + 1, world.now);
      expect(object.cursor).toBe(cursor + 1);
      expect((await list(id)).map(({ seq }) => seq)).toEqual([cursor + 1]);
      const later = await newest(world);
      expect((await world.store.replayWebhook(id, later, world.now)).object.cursor).toBe(cursor + 1);
    });

    it('of an account are gone with it, and are not planned for one that is gone', async () => {
      const accountId = await addAccount(world);
      const { id, cursor } = await create();
      await plan(id, cursor, [delivery(1, { accountId }), delivery(2)]);
      await world.store.deleteAccount(accountId, world.now);
      await plan(id, cursor, [delivery(3, { accountId }), delivery(4)]);
      expect((await list(id)).map(({ seq }) => seq)).toEqual([2, 4]);
    });

    it('are forgotten but for the newest of each end, waiting ones never', async () => {
      const { id, cursor } = await create();
      await plan(
        id,
        cursor,
        [1, 2, 3, 4, 5, 6].map((seq) => delivery(seq)),
      );
      for (const one of (await list(id)).slice(0, 5)) {
        const status = one.seq <= 3 ? 'DELIVERED' : 'EXHAUSTED';
        await world.store.settleDelivery(one.id, { status, now: world.now, responseStatus: null, error: null });
      }
      const forget = (delivered: number, exhausted: number, before: number) =>
        world.store.forgetDeliveries(id, { delivered, exhausted, before }, 10);
      expect(await forget(9, 9, world.now)).toBe(0);
      expect(await forget(2, 1, world.now)).toBe(2);
      expect((await list(id)).map(({ seq }) => seq)).toEqual([2, 3, 5, 6]);
      expect(await forget(9, 9, world.now + hour)).toBe(3);
      expect((await list(id)).map(({ seq }) => seq)).toEqual([6]);
    });

    it('that are waited for are counted, without news of the webhook itself and of what is gone', async () => {
      const accountId = await addAccount(world);
      const { id, cursor } = await create();
      const other = await create();
      await world.store.createGroup({ name: 'g', accountIds: [accountId], now: world.now });
      await world.store.updateWebhook(id, { mediaData: false }, world.now);
      const count = async (filter: object, most = 100) =>
        (await world.store.queries.countLater([{ filter, after: cursor, webhookId: id }], most))[0];
      expect(await count({})).toBe(2);
      expect(await count({ types: ['GROUP_CHANGED'] })).toBe(1);
      expect(await count({ accountIds: [accountId] })).toBe(1);
      expect(await count({ accountIds: [] })).toBe(0);
      expect(await count({}, 1)).toBe(1);
      expect(
        await world.store.queries.countLater(
          [id, other.id].map((webhookId) => ({ filter: {}, after: cursor, webhookId })),
          100,
        ),
      ).toEqual([2, 2]);
    });
  });
}
