import { Form, Input, Modal, Select } from 'antd';
import { useAction } from '../../parts/action.ts';
import { usePages } from '../../parts/pages.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useCommon } from '../../words/common.ts';
import { accountsDocument } from '../accounts/account.ts';
import { type GroupRow, createGroupDocument, updateGroupDocument } from './group.ts';
import { useGroupsWords } from './words.ts';

type Fields = { name: string; accountIds: string[] };

/** A new group, or another name and other accounts for one that there is. */
export function GroupForm({ group, close }: { group: GroupRow | null; close: () => void }) {
  const text = useGroupsWords();
  const common = useCommon();
  const [form] = Form.useForm<Fields>();
  const { items, hasMore, isLoading, more } = usePages(accountsDocument, { filter: null }, ({ accounts }) => accounts);
  if (hasMore && !isLoading) queueMicrotask(more);
  const [create, isCreating] = useAction(createGroupDocument);
  const [update, isUpdating] = useAction(updateGroupDocument);

  const given = Form.useWatch<Fields | undefined>([], form);

  const inputOf = ({ name, accountIds }: Fields) => ({ name: name.trim(), accountIds });
  async function save(fields: Fields): Promise<void> {
    const input = inputOf(fields);
    const saved = group ? await update({ input: { id: group.id, ...input } }) : await create({ input });
    if (saved) close();
  }

  return (
    <Modal
      open
      title={group ? text.edit : text.add}
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
        initialValues={{ name: group?.name ?? '', accountIds: group?.accounts?.nodes.map(({ id }) => id) ?? [] }}
      >
        <Form.Item
          name="name"
          label={text.name}
          rules={[{ required: true, whitespace: true, max: 50, message: text.nameHelp }]}
        >
          <Input autoFocus />
        </Form.Item>
        <Form.Item name="accountIds" label={text.accounts}>
          <Select
            mode="multiple"
            placeholder={text.choose}
            optionFilterProp="label"
            loading={isLoading}
            options={items.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
          />
        </Form.Item>
        {given?.name !== undefined && (
          <SameAs
            document={group ? updateGroupDocument : createGroupDocument}
            variables={{ input: { ...(group && { id: group.id }), ...inputOf(given) } }}
          />
        )}
      </Form>
    </Modal>
  );
}
