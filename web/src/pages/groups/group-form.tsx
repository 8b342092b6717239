import { Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useAccounts } from '../../parts/accounts.ts';
import { useAction } from '../../parts/action.ts';
import { Failure } from '../../parts/failure.tsx';
import { usePages } from '../../parts/pages.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useCommon } from '../../words/common.ts';
import { type GroupRow, createGroupDocument, groupAccountsDocument, updateGroupDocument } from './group.ts';
import { useGroupsWords } from './words.ts';

type Fields = { name: string; accountIds: string[] };

type Props = { group: GroupRow | null; close: () => void };

/** A new group, or another name and other accounts for one that there is. */
export function GroupForm({ group, close }: Props) {
  const accountIds = group?.accounts?.nodes.map(({ id }) => id) ?? [];
  if (group?.accounts?.pageInfo.hasNextPage) return <LargeGroup group={group} close={close} />;
  return <FilledForm group={group} accountIds={accountIds} close={close} />;
}

/** The form holds all accounts of a group, or saving it would take the others out. */
function LargeGroup({ group, close }: Props & { group: GroupRow }) {
  const text = useGroupsWords();
  const { items, error, isFirst, hasMore, isLoading, more, again } = usePages(
    groupAccountsDocument,
    { id: group.id },
    ({ node }) => (node?.__typename === 'Group' ? node.accounts : null),
  );
  if (hasMore && !isLoading) queueMicrotask(more);
  // Once they are all here: what changes later must not take away what is being typed.
  const [accountIds, setAccountIds] = useState<string[] | null>(null);
  if (accountIds === null && !isFirst && !hasMore && !isLoading && !error) setAccountIds(items.map(({ id }) => id));
  if (accountIds !== null) return <FilledForm group={group} accountIds={accountIds} close={close} />;
  return (
    <Modal open title={text.edit} footer={null} loading={!error} onCancel={close}>
      <Failure error={error} again={again} />
    </Modal>
  );
}

function FilledForm({ group, accountIds: before, close }: Props & { accountIds: string[] }) {
  const text = useGroupsWords();
  const common = useCommon();
  const [form] = Form.useForm<Fields>();
  const accounts = useAccounts();
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
        initialValues={{ name: group?.name ?? '', accountIds: before }}
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
            options={accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
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
