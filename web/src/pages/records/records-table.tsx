/** The lines, however many: only those in sight are in the page. */
import { type ReactNode, memo, useEffect, useRef } from 'react';
import { TableVirtuoso, type TableVirtuosoHandle } from 'react-virtuoso';
import { StatusTag } from '../../parts/tags.tsx';
import { At } from '../../parts/time.tsx';
import { useCommon } from '../../words/common.ts';
import type { LogRow } from './log.ts';
import { receiverName } from './log.ts';
import type { LogList } from './log-list.ts';
import './records.css';
import { useRecordsWords } from './words.ts';

type Props = { list: LogList & { more(): void }; open(id: string): void; empty: ReactNode };

/** Pages are asked for before the reader comes to the end. */
const ahead = 60;

export function RecordsTable({ list: { rows, isFirst, isLoading, more }, open, empty }: Props) {
  const text = useRecordsWords();
  const common = useCommon();
  const table = useRef<TableVirtuosoHandle>(null);
  // Another list begins at its top.
  useEffect(() => table.current?.scrollTo({ top: 0 }), [rows]);
  if (rows.length === 0 && !isFirst && !isLoading) return empty;
  return (
    <TableVirtuoso
      ref={table}
      className="records"
      tabIndex={0}
      role="region"
      aria-label={common.pages.records}
      aria-busy={isLoading}
      totalCount={rows.length}
      fixedItemHeight={rowHeight}
      increaseViewportBy={240}
      rangeChanged={({ endIndex }) => endIndex > rows.length - ahead && more()}
      fixedHeaderContent={() => (
        <tr>
          <th className="records-time">{text.time}</th>
          <th className="records-account">{text.account}</th>
          <th className="records-receiver">{text.receiver}</th>
          <th className="records-type">{text.type}</th>
          <th>{text.content}</th>
          <th className="records-status">{text.status}</th>
        </tr>
      )}
      itemContent={(index) => <Row log={rows[index]!} open={open} />}
    />
  );
}

/** As in records.css: nothing has to be measured. */
const rowHeight = 40;

const Row = memo(function Row({ log, open }: { log: LogRow; open(id: string): void }) {
  const common = useCommon();
  const { id, account, type, content, status, createdAt } = log;
  return (
    <>
      <td className="records-time">
        <button type="button" className="records-open" data-log={id} onClick={() => open(id)}>
          <At at={createdAt} />
        </button>
      </td>
      <td className="records-account">{account.name}</td>
      <td className="records-receiver">{receiverName(log)}</td>
      <td className="records-type">{common.sendType[type]}</td>
      <td>{content}</td>
      <td className="records-status">
        <StatusTag status={status} />
      </td>
    </>
  );
});
