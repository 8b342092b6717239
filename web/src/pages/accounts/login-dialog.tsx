import { Button, Form, Input, Modal, Result, Space, Spin, Steps } from 'antd';
import { useSyncExternalStore } from 'react';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { type AccountRow, startDocument, verifyDocument } from './account.ts';
import { useAccountsWords } from './words.ts';

type Props = {
  account: AccountRow | undefined;
  /** Others that wait for a phone. */
  waiting: readonly AccountRow[];
  next(id: string): void;
  close(): void;
};

const stepOf: Partial<Record<AccountRow['state'], number>> = {
  INIT: 0,
  LOADING: 0,
  OFFLINE: 0,
  STOPPED: 0,
  SCANNING: 1,
  CONFIRMING: 2,
  UPDATING: 3,
  RUNNING: 4,
  SUSPECT: 4,
};

/** A login as the phone and the upstream go through it, up to RUNNING. */
export default function LoginDialog({ account, waiting, next, close }: Props) {
  const text = useAccountsWords();
  const [start, isStarting] = useAction(startDocument);
  if (!account) return null;
  const { id, name, state, stateReason } = account;
  const { start: begin, scan, confirm, update, run } = text.login.steps;
  const isRunning = state === 'RUNNING' || state === 'SUSPECT';
  return (
    <Modal open onCancel={close} footer={null} title={text.login.title(name)} width={520} destroyOnHidden>
      <Steps
        size="small"
        current={stepOf[state] ?? 0}
        status={state === 'OFFLINE' ? 'error' : isRunning ? 'finish' : 'process'}
        items={[begin, scan, confirm, update, run].map((title) => ({ title }))}
      />
      <div className="center" style={{ minHeight: 320, justifyItems: 'center' }} aria-live="polite">
        {isRunning ? (
          <Result
            status="success"
            title={text.login.running}
            extra={
              waiting[0] ? (
                <Button type="primary" onClick={() => next(waiting[0]!.id)}>
                  {text.login.next(waiting.length)}
                </Button>
              ) : (
                <Button onClick={close}>{text.wizard.finish}</Button>
              )
            }
          />
        ) : (
          <>
            <Code account={account} />
            {stateReason && <div>{stateReason}</div>}
            {state === 'CONFIRMING' && <VerificationCode accountId={id} />}
            {state !== 'CONFIRMING' && (
              <Space>
                <Button loading={isStarting} onClick={() => start({ id })}>
                  {text.login.refresh}
                </Button>
                <SameAs document={startDocument} variables={{ id }} />
              </Space>
            )}
          </>
        )}
      </div>
    </Modal>
  );
}

/** The seconds go by while something shows them. */
function useSecond(): number {
  return useSyncExternalStore(
    (changed) => {
      const timer = setInterval(changed, 1000);
      return () => clearInterval(timer);
    },
    () => Math.floor(Date.now() / 1000),
  );
}

function Code({ account: { state, qrCode } }: { account: AccountRow }) {
  const text = useAccountsWords();
  const now = useSecond();
  if (state !== 'SCANNING' || !qrCode) {
    return (
      <Space>
        <Spin />
        {state === 'SCANNING' ? text.login.waitingForCode : null}
      </Space>
    );
  }
  const left = qrCode.expiresAt === null ? null : Math.ceil(new Date(qrCode.expiresAt).getTime() / 1000 - now);
  const isExpired = left !== null && left <= 0;
  return (
    <>
      <img
        src={qrCode.image}
        alt={text.login.scan}
        width={220}
        height={220}
        style={{ opacity: isExpired ? 0.15 : 1, background: '#fff', padding: 8, imageRendering: 'pixelated' }}
      />
      <strong>{isExpired ? text.login.expired : text.login.scan}</strong>
      {left !== null && !isExpired && <span className="dim">{text.login.expires(left)}</span>}
    </>
  );
}

function VerificationCode({ accountId }: { accountId: string }) {
  const text = useAccountsWords();
  const [verify, isVerifying] = useAction(verifyDocument);
  const [form] = Form.useForm<{ code: string }>();
  const code = Form.useWatch('code', form) ?? '';
  const input = { accountId, code: code.trim() };
  return (
    <Form<{ code: string }> form={form} layout="inline" onFinish={() => verify({ input })} requiredMark={false}>
      <Form.Item
        name="code"
        label={text.login.code}
        help={text.login.codeHelp}
        rules={[{ required: true, max: 20, message: text.wizard.required }]}
      >
        <Input autoComplete="one-time-code" />
      </Form.Item>
      <Button htmlType="submit" loading={isVerifying}>
        {text.login.submit}
      </Button>
      <SameAs document={verifyDocument} variables={{ input }} />
    </Form>
  );
}
