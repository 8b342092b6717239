import { Form, Input, Modal, Select } from 'antd';
import { useAccounts } from '../../parts/accounts.ts';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useFilters } from '../../parts/filters.ts';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { createRoomDocument } from './contact.ts';
import { PeopleSelect } from './people-select.tsx';
import { useContactsWords } from './words.ts';

type Fields = { accountId: string; members: string[]; name?: string };

/** A new chat room of an account and some of its friends. */
export default function NewRoom({ close }: { close: () => void }) {
  const text = useContactsWords();
  const common = useCommon();
  const filters = useFilters();
  const maySend = useMay('SEND');
  const accounts = useAccounts().filter(({ capabilities }) => capabilities.includes('CHAT_ROOM_ADMIN'));
  const [form] = Form.useForm<Fields>();
  const input = Form.useWatch<Fields | undefined>([], form);
  const [create, isCreating] = useAction(createRoomDocument);

  async function save(given: Fields): Promise<void> {
    const made = await create({ input: given });
    const id = made?.createChatRoom?.chatRoom.id;
    if (id === undefined) return;
    close();
    filters.set({ contact: id });
  }
  return (
    <Modal
      open
      title={text.newRoom}
      okText={common.create}
      cancelText={common.cancel}
      okButtonProps={{ disabled: !maySend || accounts.length === 0, loading: isCreating }}
      onOk={() => form.submit()}
      onCancel={close}
    >
      {accounts.length === 0 && <p>{text.noneCanAdminister}</p>}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={save} initialValues={{ members: [] }}>
        <Form.Item name="accountId" label={text.account} rules={[{ required: true, message: text.needed }]}>
          <Select options={accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))} />
        </Form.Item>
        {input?.accountId && (
          <Form.Item
            key={input.accountId}
            name="members"
            label={text.roomMembers}
            valuePropName="value"
            trigger="choose"
            rules={[{ required: true, type: 'array', min: 2, message: text.twoAtLeast }]}
          >
            <Friends accountId={input.accountId} label={text.roomMembers} />
          </Form.Item>
        )}
        <Form.Item name="name" label={text.roomName}>
          <Input maxLength={50} />
        </Form.Item>
      </Form>
      <SameAs document={createRoomDocument} variables={{ input: input ?? {} }} />
    </Modal>
  );
}

type FriendsProps = { accountId: string; label: string; value?: string[]; choose?: (ids: string[]) => void };

/** The form gives value and handler. */
function Friends({ accountId, label, value = [], choose = () => undefined }: FriendsProps) {
  return <PeopleSelect accountId={accountId} label={label} value={value} choose={choose} />;
}
