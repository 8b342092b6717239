/** 发送记录: every line of the send log, the newest first. */
import { Button, Empty, Spin } from 'antd';
import { Suspense, lazy, useCallback } from 'react';
import { Link } from 'wouter';
import { Failure } from '../../parts/failure.tsx';
import { useFilters } from '../../parts/filters.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useSettled } from '../../parts/settled.ts';
import { useCommon } from '../../words/common.ts';
import { ExportButton } from './export-button.tsx';
import { FilterBar } from './filter-bar.tsx';
import { type LogFilter, logsDocument } from './log.ts';
import { readLogFilter } from './log-filters.ts';
import { useLogList } from './log-list.ts';
import { RecordsTable } from './records-table.tsx';
import { useRecordsWords } from './words.ts';

const RecordDrawer = lazy(() => import('./record-drawer.tsx'));

/** Beyond it the gateway stops counting. */
const mostCounted = 10_000;

export default function RecordsPage() {
  const text = useRecordsWords();
  const common = useCommon();
  const filters = useFilters();
  const filter = JSON.parse(useSettled(JSON.stringify(readLogFilter(filters)))) as LogFilter;
  const list = useLogList(filter);
  const { fresh, total, isLoading, error, again } = list;
  const log = filters.text('log');
  const open = useCallback((id: string) => filters.set({ log: id }), [filters]);
  const isFiltered = Object.values(filter).some((value) => value !== null);

  return (
    <div className="page">
      <FilterBar filters={filters} />
      <div className="row">
        {isLoading && <Spin size="small" />}
        <span className="dim">{total !== null && text.counts(total, isFiltered && total >= mostCounted)}</span>
        <span className="grow" role="status">
          {fresh > 0 && (
            <Button size="small" type="primary" shape="round" onClick={again}>
              {text.fresh(fresh)}
            </Button>
          )}
        </span>
        <ExportButton filter={filter} />
        <SameAs document={logsDocument} variables={{ filter, after: null, isFirst: true }} />
      </div>
      <Failure error={error} again={again} />
      <div className="fill">
        <RecordsTable
          list={list}
          open={open}
          empty={
            <Empty description={isFiltered ? text.noMatch : text.empty}>
              {!isFiltered && <Link href="/panel/send">{common.pages.send}</Link>}
            </Empty>
          }
        />
      </div>
      <Suspense>{log && <RecordDrawer id={log} open={open} close={() => filters.set({ log: null })} />}</Suspense>
    </div>
  );
}
