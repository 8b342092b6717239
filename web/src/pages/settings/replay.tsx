import { Button, Form, Input, Modal, Space } from 'antd';
import { useClient } from 'urql';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useSay } from '../../parts/say.tsx';
import { useCommon } from '../../words/common.ts';
import { oldestDocument, replayWebhookDocument } from './webhook.ts';
import { useWebhooksWords } from './webhooks-words.ts';

type Props = { webhookId: string; after: string; close: () => void };

/** Everything later than a cursor is posted again. */
export function Replay({ webhookId, after, close }: Props) {
  const text = useWebhooksWords();
  const common = useCommon();
  const say = useSay();
  const client = useClient();
  const [form] = Form.useForm<{ after: string }>();
  const given = Form.useWatch('after', form) ?? after;
  const [replay, isReplaying] = useAction(replayWebhookDocument);

  async function post({ after: from }: { after: string }): Promise<void> {
    if (!(await replay({ input: { id: webhookId, after: from.trim() } }))) return;
    void say.success(text.replayed);
    close();
  }
  async function fillOldest(): Promise<void> {
    const { data } = await client.query(oldestDocument, {}, { requestPolicy: 'network-only' }).toPromise();
    if (data?.eventLog) form.setFieldsValue({ after: data.eventLog.oldest });
  }
  return (
    <Modal
      open
      title={text.replay}
      okText={text.replay}
      cancelText={common.cancel}
      confirmLoading={isReplaying}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <p>{text.replayHelp}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={post} initialValues={{ after }}>
        <Form.Item
          name="after"
          label={text.cursor}
          rules={[{ required: true, whitespace: true, message: text.cursorMissing }]}
        >
          <Input autoFocus />
        </Form.Item>
      </Form>
      <Space>
        <Button onClick={fillOldest}>{text.oldest}</Button>
        <SameAs document={replayWebhookDocument} variables={{ input: { id: webhookId, after: given } }} />
      </Space>
    </Modal>
  );
}
