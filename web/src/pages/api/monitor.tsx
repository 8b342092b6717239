/** What happens just now. */
import { Alert, Button, Empty, Select } from 'antd';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { Virtuoso } from 'react-virtuoso';
import { eventTypes } from '../../parts/event-types.ts';
import { useFilters } from '../../parts/filters.ts';
import { useAccounts } from '../../parts/accounts.ts';
import { Code } from '../../parts/code.tsx';
import { useCommon } from '../../words/common.ts';
import { EventRow } from './event-row.tsx';
import { type ShownEvent, addressOf, monitor, mostShown, mostWaiting } from './event-source.ts';
import { useApiWords } from './words.ts';

export function Monitor() {
  const { events: text } = useApiWords();
  const common = useCommon();
  const filters = useFilters();
  const accounts = useAccounts();
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  const address = addressOf({ types: filters.list('type'), accountIds: filters.list('account') });
  const [turn, setTurn] = useState(0);
  const source = useMemo(() => monitor(address), [address, turn]);
  const { events, isPaused, waiting, hasOverflowed, hasEnded } = useSyncExternalStore(source.watch, source.snapshot);
  return (
    <div className="api-fill">
      <div className="row">
        <Select
          mode="multiple"
          allowClear
          aria-label={text.types}
          placeholder={text.types}
          value={filters.list('type')}
          onChange={(type) => filters.set({ type })}
          options={eventTypes.map((value) => ({ value, label: value }))}
          style={{ minWidth: 200 }}
        />
        <Select
          mode="multiple"
          allowClear
          aria-label={text.accounts}
          placeholder={text.accounts}
          optionFilterProp="label"
          value={filters.list('account')}
          onChange={(account) => filters.set({ account })}
          options={accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
          style={{ minWidth: 160 }}
        />
        <Button type={isPaused ? 'primary' : 'default'} onClick={isPaused ? source.resume : source.pause}>
          {isPaused ? text.resume : text.pause}
        </Button>
        <Button onClick={source.clear}>{text.clear}</Button>
        <span className="grow" />
        <span role="status" className="dim">
          {isPaused && (hasOverflowed ? text.overflowed(mostWaiting) : text.waiting(waiting))}
          {!isPaused && events.length >= mostShown && text.dropped(mostShown)}
        </span>
      </div>
      {hasEnded && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={text.ended}
          action={<Button onClick={() => setTurn(turn + 1)}>{common.retry}</Button>}
        />
      )}
      <div className="fill sheet events">
        {events.length === 0 ? (
          <Empty description={text.empty} />
        ) : (
          <Virtuoso<ShownEvent>
            // Only what can be scrolled is in the way of the keyboard.
            tabIndex={0}
            data={events}
            initialTopMostItemIndex={events.length - 1}
            followOutput={(isAtBottom) => isAtBottom}
            computeItemKey={(_, { cursor }) => cursor}
            itemContent={(_, event) => <EventRow event={event} name={names.get(event.accountId ?? '')} />}
          />
        )}
      </div>
      <Code text={`curl -N -H "Authorization: Bearer $TOKEN" '${location.origin}${address}'`} />
    </div>
  );
}
