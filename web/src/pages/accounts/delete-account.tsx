import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useCommon } from '../../words/common.ts';
import { type AccountRow, deleteDocument } from './account.ts';
import { useAccountsWords } from './words.ts';

type Props = { account: AccountRow; close: () => void; deleted: () => void };

/** Nothing brings an account's messages back: its name has to be typed. */
export function DeleteAccount({ account: { id, name }, close, deleted }: Props) {
  const text = useAccountsWords();
  const common = useCommon();
  const [typed, setTyped] = useState('');
  const [remove, isRemoving] = useAction(deleteDocument);
  return (
    <Modal
      open
      title={`${text.detail.remove}: ${name}`}
      okText={common.delete}
      cancelText={common.cancel}
      okButtonProps={{ danger: true, disabled: typed !== name, loading: isRemoving }}
      onOk={async () => (await remove({ id })) && deleted()}
      onCancel={close}
      footer={(buttons) => (
        <>
          <SameAs document={deleteDocument} variables={{ id }} />
          {buttons}
        </>
      )}
    >
      <p>{text.detail.removeHelp}</p>
      <Input aria-label={text.detail.name} value={typed} onChange={({ target }) => setTyped(target.value)} />
    </Modal>
  );
}
