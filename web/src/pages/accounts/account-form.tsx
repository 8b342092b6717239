import { Button, Form, Input, InputNumber, Space, Switch, Typography } from 'antd';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useSay } from '../../parts/say.tsx';
import { useCommon } from '../../words/common.ts';
import { type AccountRow, updateDocument } from './account.ts';
import { useAccountsWords } from './words.ts';

type Fields = {
  name: string;
  remark: string | null;
  defaultReceiver: string | null;
  intervalMs: number;
  jitterMs: number;
  perDay: number | null;
  paused: boolean;
};

/** What the operator may set of an account. */
export function AccountForm({ account }: { account: AccountRow }) {
  const text = useAccountsWords();
  const common = useCommon();
  const say = useSay();
  const [update, isUpdating] = useAction(updateDocument);
  const { id, name, remark, defaultReceiver, pacing } = account;

  const [form] = Form.useForm<Fields>();
  const given = Form.useWatch<Fields | undefined>([], form);

  const inputOf = ({ intervalMs, jitterMs, perDay, paused, ...rest }: Fields) => ({
    id,
    name: rest.name,
    // Null clears what an empty field stands for.
    remark: rest.remark || null,
    defaultReceiver: rest.defaultReceiver || null,
    pacing: { intervalMs, jitterMs, perDay, paused },
  });
  async function save(fields: Fields): Promise<void> {
    if (await update({ input: inputOf(fields) })) void say.success(text.detail.saved);
  }

  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      size="small"
      initialValues={{ name, remark, defaultReceiver: defaultReceiver?.wxid ?? null, ...pacing }}
      onFinish={save}
      requiredMark={false}
    >
      <Form.Item
        name="name"
        label={text.detail.name}
        help={text.wizard.nameHelp}
        rules={[{ required: true, whitespace: true, max: 50, message: text.wizard.required }]}
      >
        <Input />
      </Form.Item>
      <Form.Item name="remark" label={text.detail.remark}>
        <Input />
      </Form.Item>
      <Form.Item name="defaultReceiver" label={text.detail.receiver}>
        <Input />
      </Form.Item>
      <Typography.Title level={5}>{text.detail.pacing}</Typography.Title>
      <Space wrap align="start">
        <Form.Item name="intervalMs" label={text.detail.interval} rules={[{ required: true }]}>
          <InputNumber min={0} step={500} />
        </Form.Item>
        <Form.Item name="jitterMs" label={text.detail.jitter} rules={[{ required: true }]}>
          <InputNumber min={0} step={100} />
        </Form.Item>
        <Form.Item name="perDay" label={text.detail.perDay}>
          <InputNumber min={1} placeholder={text.detail.unlimited} />
        </Form.Item>
        <Form.Item name="paused" label={text.paused} valuePropName="checked">
          <Switch />
        </Form.Item>
      </Space>
      <Space>
        <Button type="primary" htmlType="submit" loading={isUpdating}>
          {common.save}
        </Button>
        {given && <SameAs document={updateDocument} variables={{ input: inputOf(given) }} />}
      </Space>
    </Form>
  );
}
