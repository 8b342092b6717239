/** `clientStateChanged`: the state of each account at once, then every change. */
import type { Account } from '../db/model.ts';
import type { App } from './app.ts';
import { type Caller, visibleAccounts } from './caller.ts';
import { readPosition, showPosition } from './cursors.ts';
import { type Stream, followLog, stream } from './follow-log.ts';
import { readIds } from './ids.ts';
import { type Event, eventFilter, passes, showEvent } from './read-events.ts';

export type StateFrame = Extract<Event, { type: 'CLIENT_STATE_CHANGED' }>;

/** With `after`, every change since then instead of the present states. */
export async function watchStates(
  app: App,
  caller: Caller,
  args: { accountIds?: readonly string[] | null; after?: string | null },
): Promise<Stream<StateFrame>> {
  const filter = eventFilter(caller, { types: ['CLIENT_STATE_CHANGED'], accountIds: args.accountIds ?? null });
  const { epoch, newest } = await app.store.bounds();
  const from = typeof args.after === 'string' ? await readPosition(app, args.after, 'events') : newest;
  return stream(
    app,
    async function* (signal, moveTo) {
      if (typeof args.after !== 'string') {
        for await (const account of accountsOf(app, caller, args.accountIds)) {
          yield presentState(account, showPosition(epoch, newest));
        }
      }
      for await (const { events, upTo } of followLog(app, from, signal)) {
        for (const stored of events) {
          const event = passes(filter, stored) ? showEvent(epoch, stored) : null;
          if (event?.type === 'CLIENT_STATE_CHANGED') yield event;
        }
        moveTo(showPosition(epoch, upTo));
      }
    },
    showPosition(epoch, from),
  );
}

async function* accountsOf(
  app: App,
  caller: Caller,
  asked: readonly string[] | null | undefined,
): AsyncGenerator<Account, void, void> {
  const filter = { ids: visibleAccounts(caller, readIds('account', asked)), now: app.clock.now() };
  let after: [number] | null = null;
  for (;;) {
    const slice = await app.store.queries.accounts(filter, { first: 500, after });
    yield* slice.items;
    if (!slice.hasNext) return;
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
