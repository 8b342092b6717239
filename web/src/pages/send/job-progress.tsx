/** What becomes of the lines of a send, as it happens. */
import { Alert, Button, Popconfirm, Space } from 'antd';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { useAction } from '../../parts/action.ts';
import { Failure } from '../../parts/failure.tsx';
import { SameAs } from '../../parts/same-as.tsx';
import { Ago } from '../../parts/time.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { JobLines } from './job-lines.tsx';
import { RetryFailed } from './retry-failed.tsx';
import { type Job, cancelJobDocument, jobDocument } from './send.ts';
import { useResent } from './use-resent.ts';
import { useSendWords } from './words.ts';

export function JobProgress({ id, close }: { id: string; close(): void }) {
  const text = useSendWords();
  const common = useCommon();
  const maySend = useMay('SEND');
  const [{ data, error }, again] = useQuery({ query: jobDocument, variables: { id } });
  const [cancel, isCancelling] = useAction(cancelJobDocument);
  const resent = useResent();
  const job = data?.sendJob;
  if (!job) return <Failure error={error} again={() => again({ requestPolicy: 'network-only' })} />;
  const { total, pendingCount, failedCount, unknownCount } = job;
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <div className="row">
        <strong>{text.job(id, total)}</strong>
        <Ago at={job.createdAt} />
        <span className="grow" />
        <Link href={`/panel/records?job=${id}`}>{text.openRecords}</Link>
        <Button size="small" onClick={close}>
          {common.close}
        </Button>
      </div>
      <Outcomes job={job} />
      <div role="status">{pendingCount === 0 ? text.finished : text.underWay(total - pendingCount, total)}</div>
      {unknownCount > 0 && <Alert type="warning" showIcon title={text.unknownHelp} />}
      <div className="row">
        {pendingCount > 0 && (
          <>
            <Popconfirm
              title={text.cancelQuestion}
              okText={text.cancelRest}
              cancelText={common.cancel}
              onConfirm={() => cancel({ jobId: id })}
            >
              <Button disabled={!maySend} loading={isCancelling}>
                {text.cancelRest}
              </Button>
            </Popconfirm>
            <SameAs document={cancelJobDocument} variables={{ jobId: id }} />
          </>
        )}
        {failedCount > 0 && <RetryFailed jobId={id} failedCount={failedCount} resent={resent} />}
      </div>
      <JobLines id={id} resent={resent} />
    </Space>
  );
}

/** Each outcome in its colour, as wide as there are lines of it. */
function Outcomes({ job }: { job: Job }) {
  const text = useSendWords();
  const parts = [
    ['sent', job.successCount],
    ['failed', job.failedCount],
    ['unknown', job.unknownCount],
    ['dropped', job.droppedCount],
    ['pending', job.pendingCount],
  ] as const;
  const shown = parts.filter(([, count]) => count > 0);
  return (
    <>
      <div
        className="outcomes"
        role="img"
        aria-label={shown.map(([name, count]) => `${text[name]} ${count}`).join(', ')}
      >
        {shown.map(([name, count]) => (
          <span key={name} className={`outcome-${name}`} style={{ flexGrow: count }} />
        ))}
      </div>
      <Space wrap size="middle">
        {shown.map(([name, count]) => (
          <span key={name} data-outcome={name} data-count={count}>
            <span className={`outcome-dot outcome-${name}`} />
            {text[name]} <strong>{count}</strong>
          </span>
        ))}
      </Space>
    </>
  );
}
