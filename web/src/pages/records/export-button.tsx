import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useClient } from 'urql';
import type { VariablesOf } from '../../graphql.ts';
import { describe } from '../../parts/failure.tsx';
import { useSay } from '../../parts/say.tsx';
import { useCommon } from '../../words/common.ts';
import { saveFile, toCsv } from '../../parts/csv.ts';
import { type LogFilter, type LogRow, logsDocument, receiverName } from './log.ts';
import { useRecordsWords } from './words.ts';

const mostLines = 20_000;

/** The filtered lines as a CSV file, the newest ones where they are too many. */
export function ExportButton({ filter }: { filter: LogFilter }) {
  const text = useRecordsWords();
  const common = useCommon();
  const say = useSay();
  const client = useClient();
  const [done, setDone] = useState<number | null>(null);

  async function read(): Promise<{ rows: LogRow[]; isCut: boolean }> {
    const rows: LogRow[] = [];
    for (let after: string | null = null; ;) {
      const variables: VariablesOf<typeof logsDocument> = { filter, after, isFirst: false };
      const { data, error } = await client
        .query(logsDocument, variables, { requestPolicy: 'network-only' })
        .toPromise();
      if (!data?.logs) throw new Error(error && !error.networkError ? describe(error) : common.unreachable);
      const { nodes, pageInfo } = data.logs;
      rows.push(...nodes);
      setDone(rows.length);
      if (!pageInfo.hasNextPage) return { rows, isCut: false };
      if (rows.length >= mostLines) return { rows: rows.slice(0, mostLines), isCut: true };
      after = pageInfo.endCursor;
    }
  }

  async function write(): Promise<void> {
    setDone(0);
    try {
      const { rows, isCut } = await read();
      const { id, time, account, receiver, type, content, status, error, settled, job } = text;
      const head = [id, time, account, receiver, text.name, type, content, status, error, settled, job];
      const lines = rows.map((log) => [
        log.id,
        log.createdAt,
        `${log.account.id} ${log.account.name}`,
        log.receiver,
        receiverName(log),
        common.sendType[log.type],
        log.content,
        common.status[log.status],
        [log.errorCode, log.errorMessage].filter(Boolean).join(': '),
        log.settledAt ?? '',
        log.job.id,
      ]);
      saveFile(`wxgraph-records-${new Date().toISOString().slice(0, 10)}.csv`, toCsv([head, ...lines]));
      void say.success(isCut ? text.exportCut(rows.length) : text.exported(rows.length), isCut ? 10 : 3);
    } catch (error) {
      void say.error((error as Error).message, 6);
    } finally {
      setDone(null);
    }
  }

  return (
    <Button icon={<DownloadOutlined />} loading={done !== null} onClick={write}>
      {done === null ? text.export : text.exporting(done)}
    </Button>
  );
}
