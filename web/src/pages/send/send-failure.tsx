/** Why a whole send was refused, with what mends it. */
import type { CombinedError } from '@urql/core';
import { Alert, Button, Space } from 'antd';
import { Link } from 'wouter';
import { describe } from '../../parts/failure.tsx';
import { type Change, type Draft, listed } from './draft.ts';
import { useSendWords } from './words.ts';

type Candidate = { id: string; wxid: string; displayName: string };
type Extensions = { code?: string; reason?: string; retryAfterMs?: number; candidates?: Candidate[] };
type Props = { error: CombinedError; draft: Draft; change: Change; again(): void; asNew(): void };

export function SendFailure({ error, draft, change, again, asNew }: Props) {
  const text = useSendWords();
  const { code, reason, retryAfterMs, candidates = [] } = (error.graphQLErrors[0]?.extensions ?? {}) as Extensions;
  if (error.networkError) {
    return <Told type="warning" title={text.lost} action={<Button onClick={again}>{text.tryAgain}</Button>} />;
  }
  if (reason === 'KEY_REUSED') {
    return (
      <Told
        type="warning"
        title={text.keyReused}
        action={
          <Space wrap>
            <Link href="/panel/records">{text.openRecords}</Link>
            <Button onClick={asNew}>{text.asNew}</Button>
          </Space>
        }
      />
    );
  }
  const message = describe(error);
  if (code === 'AMBIGUOUS_RECEIVER' && draft.receivers === 'list') {
    // The gateway names the receiver in its words alone, as JSON.
    const name = listed(draft).find((line) => message.includes(JSON.stringify(line)));
    const choose = ({ wxid }: Candidate): void =>
      change({
        list: listed(draft)
          .map((line) => (line === name ? wxid : line))
          .join('\n'),
      });
    if (name !== undefined) {
      return (
        <Told
          type="error"
          title={text.ambiguous(name)}
          action={
            <Space wrap>
              {candidates.map((one) => (
                <Button key={one.id} onClick={() => choose(one)}>
                  {one.displayName} <span className="dim">{one.wxid}</span>
                </Button>
              ))}
            </Space>
          }
        />
      );
    }
  }
  const wait = retryAfterMs === undefined ? '' : ` ${text.retryAfter(Math.ceil(retryAfterMs / 1000))}`;
  return (
    <Told
      type="error"
      title={`${message}${wait}`}
      action={code === 'NOT_READY' && <Link href="/panel/accounts">{text.toAccounts}</Link>}
    />
  );
}

type ToldProps = { type: 'error' | 'warning'; title: string; action: React.ReactNode };

function Told({ type, title, action }: ToldProps) {
  return <Alert type={type} showIcon role="alert" title={title} description={action || undefined} />;
}
