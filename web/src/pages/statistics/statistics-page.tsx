/** 统计信息: what was sent in a span of days, by day and by account. */
import { Card, InputNumber, Segmented, Space, Spin } from 'antd';
import { Link } from 'wouter';
import { Failure } from '../../parts/failure.tsx';
import { useFilters } from '../../parts/filters.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useViewer } from '../../parts/viewer.ts';
import { AccountSelect } from '../records/account-select.tsx';
import { BarChart, type Series } from './bar-chart.tsx';
import { CountsTable } from './counts-table.tsx';
import './statistics.css';
import { type Counts, others, statsDocument, useStats } from './stats.ts';
import { Tiles } from './tiles.tsx';
import { useStatisticsWords } from './words.ts';

const spans = [1, 7, 14, 30];
const longest = 30;
/** More bars than that are not told apart. */
const mostBars = 20;

export default function StatisticsPage() {
  const text = useStatisticsWords();
  const filters = useFilters();
  const { timezone } = useViewer().gateway;
  const days = readDays(filters.text('days'));
  const accounts = filters.list('account');
  const variables = { days, accountIds: accounts.length > 0 ? accounts : null };
  const { stats, error, again } = useStats(variables);
  const setDays = (next: number | null): void => filters.set({ days: next === null ? null : String(next) });
  return (
    <div className="page">
      <div className="row">
        <Segmented
          aria-label={text.span}
          value={days}
          options={spans.map((value) => ({ value, label: text.lastDays(value) }))}
          onChange={setDays}
        />
        <Space.Compact>
          <InputNumber
            aria-label={text.days}
            min={1}
            max={longest}
            precision={0}
            value={days}
            onChange={setDays}
            style={{ width: 84 }}
          />
        </Space.Compact>
        <AccountSelect label={text.account} chosen={accounts} choose={(account) => filters.set({ account })} />
        <span className="grow" />
        <span className="dim">{text.zone(timezone)}</span>
        <SameAs document={statsDocument} variables={variables} />
      </div>
      <Failure error={error} again={again} />
      {!stats && !error && <Spin />}
      {stats && (
        <>
          <Tiles stats={stats} />
          <div className="charts">
            <Card size="small" title={text.byDay}>
              <BarChart
                title={text.byDay}
                labels={stats.byDay.map(({ date }) => date.slice(5))}
                series={toSeries(stats.byDay, text)}
              />
              <CountsTable
                label={text.day}
                rows={stats.byDay.toReversed().map((day) => ({ ...day, key: day.date, name: day.date }))}
              />
            </Card>
            <Card size="small" title={text.byAccount}>
              <ByAccount stats={stats.byAccount.toSorted((a, b) => b.total - a.total)} />
            </Card>
          </div>
        </>
      )}
    </div>
  );
}

function ByAccount({ stats }: { stats: (Counts & { account: { id: string; name: string } })[] }) {
  const text = useStatisticsWords();
  const shown = stats.slice(0, mostBars);
  return (
    <>
      <BarChart
        title={text.byAccount}
        labels={shown.map(({ account }) => shorten(account.name))}
        series={toSeries(shown, text)}
      />
      {stats.length > mostBars && <p className="dim">{text.most(mostBars)}</p>}
      <CountsTable
        label={text.account}
        rows={stats.map((one) => ({
          ...one,
          key: one.account.id,
          name: <Link href={`/panel/records?account=${one.account.id}`}>{one.account.name}</Link>,
        }))}
      />
    </>
  );
}

/** From the top of a bar down. */
function toSeries(rows: readonly Counts[], text: ReturnType<typeof useStatisticsWords>): Series[] {
  return [
    { key: 'pending', label: text.others, values: rows.map(others) },
    { key: 'unknown', label: text.unknown, values: rows.map(({ unknownCount }) => unknownCount) },
    { key: 'failed', label: text.failed, values: rows.map(({ failedCount }) => failedCount) },
    { key: 'sent', label: text.success, values: rows.map(({ successCount }) => successCount) },
  ];
}

function readDays(text: string | null): number {
  const days = Number(text ?? 7);
  return Number.isInteger(days) && days >= 1 && days <= longest ? days : 7;
}

function shorten(name: string): string {
  const characters = [...name];
  return characters.length > 8 ? `${characters.slice(0, 7).join('')}…` : name;
}
