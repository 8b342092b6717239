import { Form, Input } from 'antd';
import type { Change, Draft } from './draft.ts';
import { useSendWords } from './words.ts';

/** Not before, and not after. */
export function Schedule({ draft, change }: { draft: Draft; change: Change }) {
  const text = useSendWords();
  const moment = (name: 'sendAt' | 'expiresAt') => (
    <Form.Item label={text[name]} htmlFor={`send-${name}`}>
      <Input
        id={`send-${name}`}
        type="datetime-local"
        value={draft[name]}
        onChange={({ target }) => change({ [name]: target.value })}
        style={{ width: 220 }}
      />
    </Form.Item>
  );
  return (
    <div className="row">
      {moment('sendAt')}
      {moment('expiresAt')}
    </div>
  );
}
