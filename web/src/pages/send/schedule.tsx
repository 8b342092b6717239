import { Form } from 'antd';
import { MomentField } from '../../parts/day-field.tsx';
import type { Change, Draft } from './draft.ts';
import { useSendWords } from './words.ts';

/** Not before, and not after. */
export function Schedule({ draft, change }: { draft: Draft; change: Change }) {
  const text = useSendWords();
  const moment = (name: 'sendAt' | 'expiresAt') => (
    <Form.Item label={text[name]} htmlFor={`send-${name}`}>
      <MomentField id={`send-${name}`} value={draft[name]} choose={(value) => change({ [name]: value })} />
    </Form.Item>
  );
  return (
    <div className="row">
      {moment('sendAt')}
      {moment('expiresAt')}
    </div>
  );
}
