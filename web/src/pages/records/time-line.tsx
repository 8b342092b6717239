import { Timeline } from 'antd';
import { At } from '../../parts/time.tsx';
import { useCommon } from '../../words/common.ts';
import { type LogDetail, isInDoubt } from './log.ts';
import { useRecordsWords } from './words.ts';

/** How a line went: accepted, given to the upstream, settled; with how long each step took and what proves the last one. */
export function TimeLine({ log }: { log: LogDetail }) {
  const text = useRecordsWords();
  const common = useCommon();
  const { status, createdAt, dispatchedAt, settledAt, attempts, responseTimeMs, confirmedBy, position, estimatedAt } =
    log;
  const outcome = status === 'SENT' ? 'green' : status === 'FAILED' ? 'red' : 'gray';
  return (
    <Timeline
      items={[
        {
          key: 'created',
          color: 'blue',
          content: <Step title={text.accepted} at={createdAt} />,
        },
        {
          key: 'dispatched',
          color: dispatchedAt ? 'blue' : 'gray',
          content: (
            <Step title={dispatchedAt ? text.dispatched : text.waiting} at={dispatchedAt}>
              {dispatchedAt && text.after(Date.parse(dispatchedAt) - Date.parse(createdAt))}
              {attempts > 0 && <div>{text.attempts(attempts)}</div>}
              {position !== null && <div>{text.position(position)}</div>}
              {estimatedAt && (
                <div>
                  {text.estimated} <At at={estimatedAt} />
                </div>
              )}
            </Step>
          ),
        },
        {
          key: 'settled',
          color: settledAt ? outcome : 'gray',
          content: (
            <Step title={settledAt || isInDoubt(status) ? common.status[status] : text.notSettled} at={settledAt}>
              {responseTimeMs !== null && <div>{text.responseTime(responseTimeMs)}</div>}
              {confirmedBy && <div>{text.confirmedBy[confirmedBy]}</div>}
            </Step>
          ),
        },
      ]}
    />
  );
}

type StepProps = { title: string; at: string | null; children?: React.ReactNode };

function Step({ title, at, children }: StepProps) {
  return (
    <>
      <strong>{title}</strong> {at && <At at={at} />}
      <div className="dim">{children}</div>
    </>
  );
}
