import { Card, Statistic } from 'antd';
import { type Stats, others } from './stats.ts';
import { useStatisticsWords } from './words.ts';

/** The span in a few numbers. */
export function Tiles({ stats }: { stats: Stats }) {
  const text = useStatisticsWords();
  const { total, successCount, failedCount, unknownCount, successRate, received } = stats;
  const tiles = [
    ['total', text.total, total],
    ['success', text.success, successCount],
    ['failed', text.failed, failedCount],
    ['rate', text.rate, successRate],
    ['unknown', text.unknown, unknownCount],
    ['others', text.others, others(stats)],
    ['received', text.received, received],
  ] as const;
  return (
    <div className="tiles">
      {tiles.map(([name, title, value]) => (
        <div key={name} data-tile={name} data-value={value} title={name === 'others' ? text.othersHelp : undefined}>
          <Card size="small">
            <Statistic
              title={title}
              value={value}
              {...(name === 'rate' && { precision: 1, suffix: '%' })}
              {...(name === 'unknown' && value > 0 && { className: 'tile-doubt' })}
            />
          </Card>
        </div>
      ))}
    </div>
  );
}
