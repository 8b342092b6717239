import { Button, Space } from 'antd';
import { useRef, useState } from 'react';
import { useClient } from 'urql';
import type { VariablesOf } from '../../graphql.ts';
import { useAction } from '../../parts/action.ts';
import { newKey } from '../../parts/key.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useSay } from '../../parts/say.tsx';
import { useMay } from '../../parts/viewer.ts';
import { logsDocument, resendDocument } from '../records/log.ts';
import type { Resent } from './use-resent.ts';
import { useSendWords } from './words.ts';

/** Sends every line that certainly did not go out again, each once; what may have gone out is left alone. */
export function RetryFailed({ jobId, failedCount, resent }: { jobId: string; failedCount: number; resent: Resent }) {
  const text = useSendWords();
  const say = useSay();
  const client = useClient();
  const maySend = useMay('SEND');
  const [resend] = useAction(resendDocument);
  const [isRunning, setRunning] = useState(false);
  /** How many had failed when all of them had been sent again. */
  const [doneAt, setDoneAt] = useState(0);
  // With the line's id it names the resend: another click, or a try after a lost answer, does not send a line twice.
  const key = useRef(newKey()).current;

  const inputOf = (logId: string) => ({
    logId,
    idempotencyKey: `${key}-${logId}`,
    acknowledgeDuplicateRisk: false,
    waitMs: 0,
  });

  async function failedIds(): Promise<string[]> {
    const ids: string[] = [];
    for (let after: string | null = null; ;) {
      const variables: VariablesOf<typeof logsDocument> = { filter: failedOf(jobId), after, isFirst: false };
      const { data } = await client.query(logsDocument, variables, { requestPolicy: 'network-only' }).toPromise();
      ids.push(...(data?.logs?.nodes ?? []).map(({ id }) => id));
      if (!data?.logs?.pageInfo.hasNextPage) return ids;
      after = data.logs.pageInfo.endCursor;
    }
  }

  async function retry(): Promise<void> {
    setRunning(true);
    let count = 0;
    let isRefused = false;
    const ids = await failedIds();
    for (const logId of ids) {
      if (resent.get(logId) !== undefined) continue;
      const line = (await resend({ input: inputOf(logId) }))?.resend?.job.logs?.nodes[0];
      // What refuses one refuses the others: the reader has been told why.
      isRefused = !line;
      if (!line) break;
      resent.add(logId, line.id);
      count += 1;
    }
    setRunning(false);
    if (!isRefused) setDoneAt(ids.length);
    if (count > 0) void say.success(text.retried(count));
  }

  if (doneAt === failedCount) return null;
  return (
    <Space>
      <Button disabled={!maySend} loading={isRunning} onClick={retry}>
        {text.retryFailed(failedCount)}
      </Button>
      <SameAs
        note={text.retryCalls}
        calls={[
          {
            title: text.failedLines,
            document: logsDocument,
            variables: { filter: failedOf(jobId), after: null, isFirst: false },
          },
          { title: text.resendLine, document: resendDocument, variables: { input: inputOf('log_…') } },
        ]}
      />
    </Space>
  );
}

function failedOf(jobId: string) {
  return { jobIds: [jobId], statuses: ['FAILED' as const] };
}
