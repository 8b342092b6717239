/** A new account, step by step: which driver, how it is reached, and then what the gateway sees of it. */
import { Alert, Button, Form, Input, Modal, Radio, Result, Select, Space, Spin, Steps, Typography } from 'antd';
import { useState } from 'react';
import type { VariablesOf } from '../../graphql.ts';
import { useLiveEvents } from '../../live/live.tsx';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { StateTag } from '../../parts/tags.tsx';
import { useCommon } from '../../words/common.ts';
import { type AccountRow, createDocument, startDocument } from './account.ts';
import { useAccountsWords } from './words.ts';

type Driver = 'openwx' | 'ecloud' | 'pchook';
type Input_ = VariablesOf<typeof createDocument>['input'];
type Fields = {
  name: string;
  baseUrl: string;
  client?: string;
  authorization?: string;
  wcId?: string;
  dialect?: 'V39' | 'NEWEST';
  timezone?: string;
};

const drivers: readonly Driver[] = ['openwx', 'ecloud', 'pchook'];
const examples: Record<Driver, string> = {
  openwx: 'http://127.0.0.1:3000',
  ecloud: 'http://…',
  pchook: 'http://192.168.1.5:30001',
};

type Props = { accounts: readonly AccountRow[]; close: () => void; logIn: (id: string) => void };

export default function AddAccount({ accounts, close, logIn }: Props) {
  const { wizard } = useAccountsWords();
  const [driver, setDriver] = useState<Driver>('openwx');
  const [step, setStep] = useState(0);
  const [madeId, setMadeId] = useState<string | null>(null);
  const made = accounts.find(({ id }) => id === madeId);
  return (
    <Modal open onCancel={close} footer={null} title={wizard.title} width={620} destroyOnHidden>
      <Steps
        size="small"
        current={step}
        items={[wizard.driver, wizard.connection, wizard.callback].map((title) => ({ title }))}
        style={{ marginBlock: 16 }}
      />
      {step === 0 && (
        <Space orientation="vertical" style={{ width: '100%' }}>
          <Radio.Group value={driver} onChange={({ target }) => setDriver(target.value as Driver)}>
            <Space orientation="vertical">
              {drivers.map((one) => (
                <Radio key={one} value={one}>
                  {wizard[one]}
                </Radio>
              ))}
            </Space>
          </Radio.Group>
          <Alert type="info" showIcon title={wizard.terms} />
          <Button type="primary" onClick={() => setStep(1)}>
            {wizard.next}
          </Button>
        </Space>
      )}
      {step === 1 && (
        <ConnectionForm
          driver={driver}
          back={() => setStep(0)}
          created={(id) => {
            setMadeId(id);
            setStep(2);
          }}
        />
      )}
      {step === 2 && (made ? <Connecting account={made} close={close} logIn={logIn} /> : <Spin />)}
    </Modal>
  );
}

function ConnectionForm({ driver, back, created }: { driver: Driver; back(): void; created(id: string): void }) {
  const { wizard, detail, start: startWord } = useAccountsWords();
  const common = useCommon();
  const [form] = Form.useForm<Fields>();
  const [create, isCreating] = useAction(createDocument);
  const [start] = useAction(startDocument);
  const values = Form.useWatch([], form) as Fields | undefined;

  async function make(fields: Fields): Promise<void> {
    const answer = await create({ input: inputOf(driver, fields) });
    const id = answer?.createAccount?.account.id;
    if (id === undefined) return;
    created(id);
    await start({ id });
  }

  const required = { required: true, whitespace: true, message: wizard.required };
  return (
    <Form<Fields> form={form} layout="vertical" onFinish={make} initialValues={{ dialect: 'V39' }} requiredMark={false}>
      <Form.Item name="name" label={detail.name} help={wizard.nameHelp} rules={[{ ...required, max: 50 }]}>
        <Input autoFocus />
      </Form.Item>
      <Form.Item
        name="baseUrl"
        label={wizard.baseUrl}
        rules={[{ required: true, pattern: /^https?:\/\/\S+$/, message: wizard.urlWrong }]}
      >
        <Input placeholder={examples[driver]} inputMode="url" />
      </Form.Item>
      {driver === 'openwx' && (
        <Form.Item name="client" label={wizard.client}>
          <Input />
        </Form.Item>
      )}
      {driver === 'ecloud' && (
        <>
          <Form.Item name="authorization" label={wizard.authorization} rules={[required]}>
            <Input.Password autoComplete="off" />
          </Form.Item>
          <Form.Item name="wcId" label={wizard.wcId}>
            <Input />
          </Form.Item>
        </>
      )}
      {driver === 'pchook' && (
        <>
          <Form.Item name="dialect" label={wizard.dialect}>
            <Select
              options={[
                { value: 'V39', label: 'WeChat 3.9' },
                { value: 'NEWEST', label: 'WeChat 4' },
              ]}
            />
          </Form.Item>
          <Form.Item name="timezone" label={wizard.timezone}>
            <Input placeholder="Asia/Shanghai" />
          </Form.Item>
        </>
      )}
      <Space>
        <Button onClick={back}>{wizard.back}</Button>
        <Button type="primary" htmlType="submit" loading={isCreating}>
          {wizard.create}
        </Button>
        {/* Not the secret that is being typed. */}
        <SameAs
          calls={[
            {
              title: common.create,
              document: createDocument,
              variables: {
                input: inputOf(driver, {
                  ...(values ?? { name: '', baseUrl: '' }),
                  ...(driver === 'ecloud' && hidden),
                }),
              },
            },
            { title: startWord, document: startDocument, variables: { id: '00001' } },
          ]}
        />
      </Space>
    </Form>
  );
}

const hidden = { authorization: '…' };

function inputOf(driver: Driver, { name, baseUrl, client, authorization, wcId, dialect, timezone }: Fields): Input_ {
  const base = { baseUrl: baseUrl?.trim() ?? '' };
  const connection: Record<Driver, Input_['connection']> = {
    openwx: { openwx: { ...base, client: client?.trim() || null } },
    ecloud: { ecloud: { ...base, authorization: authorization?.trim() ?? '', wcId: wcId?.trim() || null } },
    pchook: { pchook: { ...base, dialect: dialect ?? 'V39', timezone: timezone?.trim() || null } },
  };
  return { name: name?.trim() ?? '', connection: connection[driver] };
}

/** What the gateway sees of the new account, as it sees it. */
function Connecting({ account, close, logIn }: { account: AccountRow; close(): void; logIn(id: string): void }) {
  const text = useAccountsWords();
  const { wizard, detail } = text;
  const common = useCommon();
  const [isHeard, setHeard] = useState(false);
  const { id, state, stateReason, callbackUrl, capabilities } = account;
  useLiveEvents((event) => {
    if (event.account?.id === id && event.__typename === 'MessageReceived') setHeard(true);
  });
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <p style={{ margin: 0 }}>{wizard.tested}</p>
      <div aria-live="polite">
        <StateTag state={state} /> {stateReason}
      </div>
      {callbackUrl && (
        <div>
          <strong>{detail.callback}</strong>
          <Typography.Paragraph copyable className="pre" style={{ marginBlockEnd: 4 }}>
            {callbackUrl}
          </Typography.Paragraph>
          <span className="dim">{detail.callbackHelp}</span>
        </div>
      )}
      {isHeard || account.lastMessageAt ? (
        <Result status="success" title={wizard.firstCallback} />
      ) : (
        <Space>
          <Spin size="small" /> {wizard.waiting}
        </Space>
      )}
      <Space>
        {capabilities.includes('QR_LOGIN') && state !== 'RUNNING' && (
          <Button
            type="primary"
            onClick={() => {
              close();
              logIn(id);
            }}
          >
            {text.logIn}
          </Button>
        )}
        <Button onClick={close}>{state === 'RUNNING' ? wizard.finish : common.close}</Button>
      </Space>
    </Space>
  );
}
