import { Button, Space } from 'antd';
import { use } from 'react';
import { Link } from 'wouter';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { StatusTag } from '../../parts/tags.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { LanguageContext } from '../../words/words.ts';
import { showClock } from './days.ts';
import { type OutgoingLine, cancelDocument, resendDocument } from './inbox.ts';
import { useInboxWords } from './words.ts';

/** A message on its way, or one that did not get there: it becomes a message of the conversation when WeChat gives it back. */
export function OutgoingRow({ line, dismiss }: { line: OutgoingLine; dismiss: (id: string) => void }) {
  const text = useInboxWords();
  const common = useCommon();
  const language = use(LanguageContext);
  const maySend = useMay('SEND');
  const [resend, isResending] = useAction(resendDocument);
  const [cancel, isCancelling] = useAction(cancelDocument);
  const { id, status } = line;
  const isUnknown = status === 'UNKNOWN' || status === 'UNRESOLVED';

  // The line itself is the key: pressed twice, it is sent once.
  const input = { logId: id, idempotencyKey: `again ${id}`, waitMs: 0 };

  async function again(): Promise<void> {
    if (await resend({ input })) dismiss(id);
  }
  return (
    <div className="inbox-item" data-outgoing={id}>
      <div className="inbox-message inbox-own">
        <div className="inbox-body">
          <div className="inbox-meta">
            <time dateTime={line.createdAt}>{showClock(line.createdAt, language)}</time>
            <StatusTag status={status} />
          </div>
          <div className="inbox-bubble inbox-waiting pre">
            {line.type === 'TEXT' ? line.content : `[${common.sendType[line.type]}] ${line.content}`}
          </div>
          {line.errorMessage && <div className="inbox-trouble pre">{line.errorMessage}</div>}
          {isUnknown && <div className="inbox-trouble">{common.statusHelp[status]}</div>}
          {status === 'SENT' && <div className="inbox-trouble">{text.waitsForEcho}</div>}
          <Space size={4}>
            {status === 'QUEUED' && (
              <>
                <Button size="small" disabled={!maySend} loading={isCancelling} onClick={() => cancel({ logId: id })}>
                  {common.cancel}
                </Button>
                <SameAs size="small" document={cancelDocument} variables={{ logId: id }} />
              </>
            )}
            {(status === 'FAILED' || status === 'EXPIRED') && (
              <>
                <Button size="small" disabled={!maySend} loading={isResending} onClick={again}>
                  {text.again}
                </Button>
                <SameAs size="small" document={resendDocument} variables={{ input }} />
                <Button size="small" onClick={() => dismiss(id)}>
                  {text.hide}
                </Button>
              </>
            )}
            {isUnknown && <Link href={`/panel/records?log=${id}`}>{common.pages.records}</Link>}
          </Space>
        </div>
      </div>
    </div>
  );
}
