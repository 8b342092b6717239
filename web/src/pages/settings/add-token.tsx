import { Form, Input, Modal, Radio, Select, Space } from 'antd';
import { useAccounts } from '../../parts/accounts.ts';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useCommon } from '../../words/common.ts';
import { type TokenRow, createTokenDocument } from './token.ts';
import { useSettingsWords } from './words.ts';

type Scope = TokenRow['scope'];
type Fields = { name: string; scope: Scope; accountIds?: string[]; days: number };

const dayMs = 24 * 3_600_000;
const scopes: readonly Scope[] = ['READ', 'SEND', 'ADMIN'];
/** 0: it does not end. */
const lives = [0, 1, 7, 30, 90, 365];

export function AddToken({ close, made }: { close: () => void; made: (secret: string) => void }) {
  const { tokens: text } = useSettingsWords();
  const common = useCommon();
  const [form] = Form.useForm<Fields>();
  const scope = Form.useWatch('scope', form);
  const given = Form.useWatch([], form);
  const accounts = useAccounts();
  const [create, isCreating] = useAction(createTokenDocument);

  async function save(fields: Fields): Promise<void> {
    const answer = await create({ input: inputOf(fields) });
    if (answer?.createApiToken) made(answer.createApiToken.secret);
  }

  return (
    <Modal
      open
      title={text.add}
      okText={common.create}
      cancelText={common.cancel}
      confirmLoading={isCreating}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        onFinish={save}
        requiredMark={false}
        initialValues={{ name: '', scope: 'READ', accountIds: [], days: 0 }}
      >
        <Form.Item
          name="name"
          label={text.name}
          rules={[{ required: true, whitespace: true, max: 50, message: text.nameHelp }]}
        >
          <Input autoFocus placeholder={text.nameHelp} />
        </Form.Item>
        <Form.Item name="scope" label={text.scope}>
          <Radio.Group>
            <Space orientation="vertical">
              {scopes.map((one) => (
                <Radio key={one} value={one}>
                  {common.scope[one]} <span className="dim">{text.scopeHelp[one]}</span>
                </Radio>
              ))}
            </Space>
          </Radio.Group>
        </Form.Item>
        <Form.Item
          name="accountIds"
          label={text.accounts}
          extra={scope === 'ADMIN' ? text.accountsAdmin : text.accountsHelp}
        >
          <Select
            mode="multiple"
            disabled={scope === 'ADMIN'}
            placeholder={text.every}
            showSearch={{ optionFilterProp: 'label' }}
            options={accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
          />
        </Form.Item>
        <Form.Item name="days" label={text.expires}>
          <Select options={lives.map((days) => ({ value: days, label: days === 0 ? text.never : text.days(days) }))} />
        </Form.Item>
        {given?.name !== undefined && <SameAs document={createTokenDocument} variables={{ input: inputOf(given) }} />}
      </Form>
    </Modal>
  );
}

function inputOf({ name, scope, accountIds = [], days }: Fields) {
  return {
    name: name.trim(),
    scope,
    accountIds: scope === 'ADMIN' || accountIds.length === 0 ? null : accountIds,
    expiresAt: days === 0 ? null : new Date(Date.now() + days * dayMs).toISOString(),
  };
}
