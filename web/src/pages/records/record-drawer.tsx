/** One line: what it carried, how it went and what proves it. */
import { Alert, Descriptions, Drawer, Space, Spin, Typography } from 'antd';
import { useQuery } from 'urql';
import { Link } from 'wouter';
import { useLiveEvents } from '../../live/live.tsx';
import { Failure } from '../../parts/failure.tsx';
import { StatusTag } from '../../parts/tags.tsx';
import { At } from '../../parts/time.tsx';
import { useCommon } from '../../words/common.ts';
import { LineActions } from './line-actions.tsx';
import { type LogDetail, isInDoubt, logDetailDocument, receiverName } from './log.ts';
import { TimeLine } from './time-line.tsx';
import { useRecordsWords } from './words.ts';

type Props = { id: string; open(id: string): void; close(): void };

export default function RecordDrawer({ id, open, close }: Props) {
  const common = useCommon();
  const [{ data, error, fetching }, again] = useQuery({ query: logDetailDocument, variables: { id } });
  // What proves a line and the message that it became come with its outcome, and not with the event.
  useLiveEvents((event) => {
    if (event.__typename === 'SendUpdated' && event.log.id === id) again({ requestPolicy: 'network-only' });
  });
  const log = data?.sendLog?.id === id ? data.sendLog : null;
  return (
    <Drawer open onClose={close} title={id} size="min(560px, 100vw)" closable={{ 'aria-label': common.close }}>
      {!log && fetching && <Spin />}
      {!log && <Failure error={error} again={() => again({ requestPolicy: 'network-only' })} />}
      {log && <Detail log={log} open={open} />}
    </Drawer>
  );
}

function Detail({ log, open }: { log: LogDetail; open(id: string): void }) {
  const text = useRecordsWords();
  const common = useCommon();
  const { status, account, receiver, type, content, errorCode, errorMessage, message, resendOf, job } = log;
  return (
    <Space orientation="vertical" size="large" style={{ width: '100%' }}>
      <LineActions log={log} resent={open} />
      {isInDoubt(status) && (
        <Alert type="warning" showIcon title={common.statusHelp[status as 'UNKNOWN' | 'UNRESOLVED']} />
      )}
      <Descriptions column={1} size="small">
        <Descriptions.Item label={text.status}>
          <StatusTag status={status} />
        </Descriptions.Item>
        <Descriptions.Item label={text.account}>
          <Link href={`/panel/accounts?account=${account.id}`}>
            {account.id} {account.name}
          </Link>
        </Descriptions.Item>
        <Descriptions.Item label={text.receiver}>
          <span className="pre">
            {receiverName(log)}
            {receiver !== receiverName(log) && <div className="dim">{receiver}</div>}
          </span>
        </Descriptions.Item>
        <Descriptions.Item label={text.type}>{common.sendType[type]}</Descriptions.Item>
        <Descriptions.Item label={text.content}>
          <Typography.Text className="pre" copyable={{ text: content }}>
            {content}
          </Typography.Text>
        </Descriptions.Item>
        <Descriptions.Item label={text.job}>
          <Link href={`/panel/send?job=${job.id}`}>{text.jobOf(job.id, job.total)}</Link>
        </Descriptions.Item>
        {resendOf && (
          <Descriptions.Item label={text.resendOf}>
            <Link href={`/panel/records?log=${resendOf.id}`}>{resendOf.id}</Link>
          </Descriptions.Item>
        )}
        {message && (
          <Descriptions.Item label={text.message}>
            <span className="pre">
              <Link href={`/panel/inbox?chat=${message.chat.id}`}>{text.showMessage}</Link>
              <div>{message.text}</div>
              <div className="dim">
                <At at={message.sentAt} />
                {message.upstreamId && ` · ${message.upstreamId}`}
              </div>
            </span>
          </Descriptions.Item>
        )}
        {(errorCode ?? errorMessage) && (
          <Descriptions.Item label={status === 'QUEUED' ? text.heldBy : text.error}>
            <span className="pre">
              <code>{errorCode}</code> {errorMessage}
            </span>
          </Descriptions.Item>
        )}
      </Descriptions>
      <TimeLine log={log} />
    </Space>
  );
}
