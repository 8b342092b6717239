/** `clientStateChanged`: the state of each account at once, then every change. */
import type { Account, StoredEvent } from '../../db/model.ts';
import type { App } from '../app.ts';
import { type Caller, visibleAccounts } from '../access/caller.ts';
import { readPosition, showPosition } from './cursors.ts';
import { readIds } from '../ids.ts';
import { type Event, eventFilter, interestIn, readLog, showEvent } from './read-events.ts';
import { type Stream, type Told, stream } from './watch.ts';

export type StateFrame = Extract<Event, { type: 'CLIENT_STATE_CHANGED' }>;

/** With `after`, every change since then instead of the present states. */
export async function watchStates(
  app: App,
  caller: Caller,
  args: { accountIds?: readonly string[] | null; after?: string | null },
): Promise<Stream<StateFrame>> {
  const interest = interestIn(
    eventFilter(caller, { types: ['CLIENT_STATE_CHANGED'], accountIds: args.accountIds ?? null }),
  );
  const { epoch, newest } = await app.store.bounds();
  const { after: given } = args;
  const from = typeof given === 'string' ? await readPosition(app, given, 'events') : newest;
  const show = (events: readonly StoredEvent[]): Told<StateFrame>[] =>
    events.flatMap((stored) => {
      const value = showEvent(epoch, stored);
      return value?.type === 'CLIENT_STATE_CHANGED' ? [{ seq: stored.seq, value }] : [];
    });
  return stream({
    from,
    acceptedAt: Math.max(newest, from),
    ...(typeof given !== 'string' && {
      first: async () => {
        const cursor = showPosition(epoch, newest);
        return (await accountsOf(app, caller, args.accountIds)).map((account) => presentState(account, cursor));
      },
    }),
    page: async (after, until) => {
      const { events, upTo } = await readLog(app, interest, after, until);
      return { told: show(events), upTo };
    },
    interest,
    show,
    cursorOf: (seq) => showPosition(epoch, seq),
  });
}

async function accountsOf(app: App, caller: Caller, asked: readonly string[] | null | undefined): Promise<Account[]> {
  const filter = { ids: visibleAccounts(caller, readIds('account', asked)), now: app.clock.now() };
  const accounts: Account[] = [];
  for (let after: [number] | null = null; ;) {
    const slice = await app.store.queries.accounts(filter, { first: 500, after });
    accounts.push(...slice.items);
    if (!slice.hasNext) return accounts;
    after = [slice.items.at(-1)!.id];
  }
}

/** Not an event that was stored: the state as it is, `from` null. */
function presentState(account: Account, cursor: string): StateFrame {
  return {
    type: 'CLIENT_STATE_CHANGED',
    cursor,
    seq: 0,
    at: account.stateSince,
    accountId: account.id,
    chatId: null,
    from: null,
    to: account.state,
    reason: account.stateReason,
    qrCode: account.qrCode,
  };
}
