/** What may be done to a line: sending it again once it is settled, taking it back before it goes out. */
import { Alert, Button, Checkbox, Modal, Space } from 'antd';
import { useRef, useState } from 'react';
import { useAction } from '../../parts/action.ts';
import { newKey } from '../../parts/key.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { StatusTag } from '../../parts/tags.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { type LogRow, cancelSendDocument, isInDoubt, isUnderWay, receiverName, resendDocument } from './log.ts';
import { useRecordsWords } from './words.ts';

type Props = { log: LogRow; size?: 'small'; resent(id: string): void };

export function LineActions({ log, size, resent }: Props) {
  const text = useRecordsWords();
  const maySend = useMay('SEND');
  const [isAsking, setAsking] = useState(false);
  const [cancel, isCancelling] = useAction(cancelSendDocument);
  const { id, status } = log;
  if (isUnderWay(status)) {
    return (
      <Space>
        <Button
          size={size}
          disabled={!maySend || status !== 'QUEUED'}
          title={maySend ? undefined : text.readOnly}
          loading={isCancelling}
          onClick={() => cancel({ logId: id })}
        >
          {text.cancelSend}
        </Button>
        <SameAs size={size} document={cancelSendDocument} variables={{ logId: id }} />
      </Space>
    );
  }
  return (
    <Space>
      <Button
        size={size}
        disabled={!maySend}
        title={maySend ? undefined : text.readOnly}
        onClick={() => setAsking(true)}
      >
        {text.resend}
      </Button>
      <SameAs
        size={size}
        document={resendDocument}
        variables={{ input: { logId: id, acknowledgeDuplicateRisk: isInDoubt(status), waitMs: 0 } }}
      />
      {isAsking && <ResendDialog log={log} close={() => setAsking(false)} resent={resent} />}
    </Space>
  );
}

/** Of a line whose outcome nobody knows the reader has to say that twice is better than never. */
function ResendDialog({ log, close, resent }: { log: LogRow; close(): void; resent(id: string): void }) {
  const text = useRecordsWords();
  const common = useCommon();
  const [isAccepted, setAccepted] = useState(false);
  // A second click, or a try after a lost answer, is the same resend.
  const idempotencyKey = useRef(newKey()).current;
  const [resend, isResending] = useAction(resendDocument);
  const { id: logId, status, account, content, errorMessage } = log;
  const isRisky = isInDoubt(status);

  async function send(): Promise<void> {
    const input = { logId, idempotencyKey, acknowledgeDuplicateRisk: isRisky && isAccepted, waitMs: 0 };
    const line = (await resend({ input }))?.resend?.job.logs?.nodes[0];
    if (!line) return;
    close();
    resent(line.id);
  }

  return (
    <Modal
      open
      title={text.resendTitle}
      okText={text.resend}
      cancelText={common.cancel}
      okButtonProps={{ disabled: isRisky && !isAccepted, loading: isResending }}
      onOk={send}
      onCancel={close}
    >
      <Space orientation="vertical" style={{ width: '100%' }}>
        <div>
          {account.name} → {receiverName(log)} <StatusTag status={status} />
        </div>
        <div className="pre dim">{content.length > 200 ? `${content.slice(0, 200)}…` : content}</div>
        {errorMessage && <div className="pre">{errorMessage}</div>}
        {isRisky && <Alert type="warning" showIcon title={common.statusHelp[status as 'UNKNOWN' | 'UNRESOLVED']} />}
        {isRisky && (
          <Checkbox checked={isAccepted} onChange={({ target }) => setAccepted(target.checked)}>
            {text.acceptRisk}
          </Checkbox>
        )}
        {status === 'SENT' && <Alert type="info" showIcon title={text.sentAlready} />}
      </Space>
    </Modal>
  );
}
