import { Button, Drawer, Empty, Form, Input, Select, Spin } from 'antd';
import { useState } from 'react';
import { useQuery } from 'urql';
import { useLiveEvents } from '../../live/live.tsx';
import { useAccounts } from '../../parts/accounts.ts';
import { useAction } from '../../parts/action.ts';
import { Failure } from '../../parts/failure.tsx';
import { SameAs } from '../../parts/same-as.tsx';
import { useSay } from '../../parts/say.tsx';
import { Ago } from '../../parts/time.tsx';
import { useMay } from '../../parts/viewer.ts';
import { Accept } from './accept.tsx';
import { addFriendDocument, requestsDocument } from './contact.ts';
import { useContactsWords } from './words.ts';

/** Who asks to become a friend, the latest first, and whom to ask. */
export default function FriendRequests({
  accountIds,
  close,
}: {
  accountIds: readonly string[] | null;
  close: () => void;
}) {
  const text = useContactsWords();
  const filter = { kinds: ['FRIEND_REQUEST' as const], accountIds: accountIds && [...accountIds] };
  const [{ data, error }, again] = useQuery({ query: requestsDocument, variables: { filter } });
  useLiveEvents((event) => {
    if (event.__typename === 'FriendRequested') again({ requestPolicy: 'network-only' });
  });
  const requests = data?.messages?.nodes.toReversed() ?? [];
  return (
    <Drawer open onClose={close} title={text.friends} size="min(480px, 100vw)">
      <AddFriend />
      <h3>{text.requests}</h3>
      <Failure error={error} again={again} />
      {!data && !error && <Spin className="contacts-spin" />}
      {data && requests.length === 0 && <Empty description={text.noRequests} />}
      {requests.map(({ id, sentAt, account, content }) =>
        content.__typename === 'FriendRequestContent' ? (
          <div key={id} className="contacts-sync" data-request={id}>
            <div className="grow contacts-cut">
              <strong>{content.name ?? content.wxid}</strong> <span className="dim">{account.name}</span>
              <div className="pre">{content.greeting}</div>
              <Ago at={sentAt} />
            </div>
            {account.capabilities.includes('FRIEND_REQUESTS') && <Accept messageId={id} />}
          </div>
        ) : null,
      )}
    </Drawer>
  );
}

type Fields = { accountId: string; wxid: string; greeting?: string };

function AddFriend() {
  const text = useContactsWords();
  const say = useSay();
  const maySend = useMay('SEND');
  const accounts = useAccounts().filter(({ capabilities }) => capabilities.includes('ADD_FRIEND'));
  const [form] = Form.useForm<Fields>();
  const [add, isAdding] = useAction(addFriendDocument);
  const [input, setInput] = useState<Fields>({ accountId: '', wxid: '' });
  if (accounts.length === 0) return <p className="dim">{text.noneCanAdd}</p>;
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      disabled={!maySend}
      requiredMark={false}
      onValuesChange={(_, all) => setInput(all)}
      onFinish={async (given) => {
        if (!(await add({ input: given }))) return;
        void say.success(text.asked);
        form.resetFields(['wxid']);
      }}
    >
      <Form.Item name="accountId" label={text.account} rules={[{ required: true, message: text.needed }]}>
        <Select options={accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))} />
      </Form.Item>
      <Form.Item name="wxid" label={text.whom} rules={[{ required: true, whitespace: true, message: text.needed }]}>
        <Input />
      </Form.Item>
      <Form.Item name="greeting" label={text.greeting}>
        <Input maxLength={100} />
      </Form.Item>
      <Button htmlType="submit" type="primary" loading={isAdding}>
        {text.addFriend}
      </Button>{' '}
      <SameAs document={addFriendDocument} variables={{ input }} />
    </Form>
  );
}
