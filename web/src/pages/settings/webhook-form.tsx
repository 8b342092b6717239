import { Form, Input, Modal, Select, Switch } from 'antd';
import { useAccounts } from '../../parts/accounts.ts';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useCommon } from '../../words/common.ts';
import { eventTypes } from '../../parts/event-types.ts';
import { type Format, type WebhookRow, createWebhookDocument, updateWebhookDocument } from './webhook.ts';
import { useWebhooksWords } from './webhooks-words.ts';

const formats: readonly Format[] = ['STANDARD', 'OPENWX', 'ECLOUD', 'PCHOOK'];

type Fields = {
  url: string;
  format: Format;
  types: (typeof eventTypes)[number][];
  accountIds: string[];
  events: string[];
  allowReply: boolean;
  mediaData: boolean;
  pollUrl: string;
};

type Props = { webhook: WebhookRow | null; close: () => void; made: (secret: string) => void };

/** A new webhook, or a change of one; its format stays. */
export function WebhookForm({ webhook, close, made }: Props) {
  const text = useWebhooksWords();
  const common = useCommon();
  const [form] = Form.useForm<Fields>();
  const given = Form.useWatch([], form);
  const accounts = useAccounts();
  const [create, isCreating] = useAction(createWebhookDocument);
  const [update, isUpdating] = useAction(updateWebhookDocument);

  async function save(fields: Fields): Promise<void> {
    if (webhook) {
      if (await update({ input: { id: webhook.id, ...inputOf(fields) } })) close();
      return;
    }
    const answer = await create({ input: { ...inputOf(fields), format: fields.format } });
    if (!answer) return;
    close();
    const secret = answer.createWebhook?.secret;
    if (secret) made(secret);
  }

  return (
    <Modal
      open
      title={webhook ? text.edit : text.add}
      okText={common.save}
      cancelText={common.cancel}
      confirmLoading={isCreating || isUpdating}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        onFinish={save}
        requiredMark={false}
        initialValues={{
          url: webhook?.url ?? '',
          format: webhook?.format ?? 'STANDARD',
          types: webhook?.types ?? [],
          accountIds: webhook?.accountIds ?? [],
          events: webhook?.events ?? [],
          allowReply: webhook?.allowReply ?? false,
          mediaData: webhook?.mediaData ?? true,
          pollUrl: webhook?.pollUrl ?? '',
        }}
      >
        <Form.Item
          name="url"
          label={text.url}
          extra={text.urlHelp}
          rules={[{ required: true, pattern: /^https?:\/\//, message: text.urlWrong }]}
        >
          <Input autoFocus inputMode="url" />
        </Form.Item>
        <Form.Item name="format" label={text.format}>
          <Select
            disabled={webhook !== null}
            options={formats.map((value) => ({ value, label: text.formats[value] }))}
          />
        </Form.Item>
        <Form.Item name="types" label={text.types}>
          <Select
            mode="multiple"
            placeholder={text.everyType}
            options={eventTypes.map((value) => ({ value, label: value }))}
          />
        </Form.Item>
        <Form.Item name="accountIds" label={text.accounts}>
          <Select
            mode="multiple"
            placeholder={text.every}
            showSearch={{ optionFilterProp: 'label' }}
            options={accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
          />
        </Form.Item>
        {given?.format === 'OPENWX' && <OpenwxFields />}
        {given?.url !== undefined && (
          <SameAs
            document={webhook ? updateWebhookDocument : createWebhookDocument}
            variables={{
              input: webhook ? { id: webhook.id, ...inputOf(given) } : { ...inputOf(given), format: given.format },
            }}
          />
        )}
      </Form>
    </Modal>
  );
}

function OpenwxFields() {
  const text = useWebhooksWords();
  return (
    <>
      <Form.Item name="events" label={text.events} extra={text.eventsHelp}>
        <Select mode="tags" open={false} suffixIcon={null} />
      </Form.Item>
      <Form.Item name="allowReply" label={text.allowReply} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="mediaData" label={text.mediaData} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="pollUrl" label={text.pollUrl}>
        <Input inputMode="url" />
      </Form.Item>
    </>
  );
}

/** Null stands for every type, every account and the documented events: an empty list would be none of them. */
function inputOf({ url, format, types, accountIds, events, allowReply, mediaData, pollUrl }: Fields) {
  const openwx = format === 'OPENWX' && {
    events: nullIfEmpty(events),
    allowReply: allowReply ?? false,
    mediaData: mediaData ?? true,
    pollUrl: pollUrl || null,
  };
  return { url: url.trim(), types: nullIfEmpty(types), accountIds: nullIfEmpty(accountIds), ...openwx };
}

function nullIfEmpty<T>(list: T[] | undefined): T[] | null {
  return list && list.length > 0 ? list : null;
}
