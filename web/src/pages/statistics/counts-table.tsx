import { Empty, Table } from 'antd';
import { type ReactNode, use } from 'react';
import { LanguageContext, localeOf } from '../../words/words.ts';
import { type Counts, others } from './stats.ts';
import { useStatisticsWords } from './words.ts';

type Row = Counts & { key: string; name: ReactNode };

/** The numbers of a chart. */
export function CountsTable({ label, rows }: { label: string; rows: Row[] }) {
  const text = useStatisticsWords();
  const language = use(LanguageContext);
  const number = (title: string, value: (row: Row) => number) => ({
    title,
    align: 'end' as const,
    render: (_: unknown, row: Row) => value(row).toLocaleString(localeOf[language]),
  });
  return (
    <Table<Row>
      size="small"
      dataSource={rows}
      pagination={rows.length > 31 ? { pageSize: 31, showSizeChanger: false } : false}
      scroll={{ x: 'max-content' }}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={<span>{text.empty}</span>} /> }}
      columns={[
        { title: label, dataIndex: 'name' },
        number(text.total, ({ total }) => total),
        number(text.success, ({ successCount }) => successCount),
        number(text.failed, ({ failedCount }) => failedCount),
        number(text.unknown, ({ unknownCount }) => unknownCount),
        number(text.others, others),
        number(text.received, ({ received }) => received),
      ]}
    />
  );
}
