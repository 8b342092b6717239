import { Button, Table } from 'antd';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { graphql } from '../../graphql.ts';
import { Failure } from '../../parts/failure.tsx';
import { usePages } from '../../parts/pages.ts';
import { StatusTag } from '../../parts/tags.tsx';
import { At } from '../../parts/time.tsx';
import { useCommon } from '../../words/common.ts';
import { LineActions } from '../records/line-actions.tsx';
import { receiverName } from '../records/log.ts';
import { type JobLine, jobLinesDocument } from './send.ts';
import type { Resent } from './use-resent.ts';
import { useSendWords } from './words.ts';

const statusDocument = graphql(`
  query LogStatus($id: ID!) {
    sendLog(id: $id) {
      id
      status
      errorMessage
    }
  }
`);

/** The lines of a send in their order, each as it stands. */
export function JobLines({ id, resent }: { id: string; resent: Resent }) {
  const text = useSendWords();
  const common = useCommon();
  const { items, error, isFirst, hasMore, isLoading, more, again } = usePages(
    jobLinesDocument,
    { id },
    ({ sendJob }) => sendJob?.logs,
  );
  return (
    <>
      <Failure error={error} again={again} />
      <Table<JobLine>
        rowKey="id"
        size="small"
        loading={isFirst}
        dataSource={items}
        pagination={false}
        columns={[
          {
            title: text.line,
            render: (_, line) => (
              <>
                <Link href={`/panel/records?log=${line.id}`}>
                  {line.account.name} → {receiverName(line)}
                </Link>
                {line.errorMessage && <div className="dim pre">{line.errorMessage}</div>}
              </>
            ),
          },
          {
            title: text.status,
            width: 150,
            render: (_, { id: logId, status, estimatedAt }) => (
              <>
                <StatusTag status={status} />
                {estimatedAt && (
                  <div className="dim">
                    {text.due} <At at={estimatedAt} />
                  </div>
                )}
                {resent.get(logId) && <ResentStatus id={resent.get(logId)!} />}
              </>
            ),
          },
          {
            title: text.action,
            width: 110,
            render: (_, line) =>
              line.status !== 'SENT' &&
              resent.get(line.id) === undefined && (
                <LineActions log={line} size="small" resent={(made) => resent.add(line.id, made)} />
              ),
          },
        ]}
      />
      {hasMore && (
        <Button loading={isLoading} onClick={more}>
          {common.more}
        </Button>
      )}
    </>
  );
}

/** How the new line stands that sends an old one again. */
function ResentStatus({ id }: { id: string }) {
  const text = useSendWords();
  const [{ data }] = useQuery({ query: statusDocument, variables: { id } });
  if (!data?.sendLog) return null;
  return (
    <div title={data.sendLog.errorMessage ?? undefined}>
      <Link href={`/panel/records?log=${id}`}>{text.resentAs}</Link> <StatusTag status={data.sendLog.status} />
    </div>
  );
}
