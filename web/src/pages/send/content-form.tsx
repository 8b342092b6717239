import { Form, Input, Segmented, Tooltip } from 'antd';
import { useCommon } from '../../words/common.ts';
import { ChooseMentions } from './choose-mentions.tsx';
import { type Change, type Draft, type Kind, can } from './draft.ts';
import { MediaForm } from './media-form.tsx';
import type { SenderAccount } from './send.ts';
import { useSendWords } from './words.ts';

const kinds: readonly Kind[] = ['TEXT', 'IMAGE', 'FILE', 'VIDEO', 'VOICE'];
const maxCharacters = 16_384;

type Props = { draft: Draft; change: Change; senders: readonly SenderAccount[] };

/** What to send: only what every chosen account can. */
export function ContentForm({ draft, change, senders }: Props) {
  const text = useSendWords();
  const common = useCommon();
  const unable = (kind: Kind) => senders.filter((account) => !can(account, { kind, mentions: [] }));
  return (
    <>
      <Form.Item label={text.content}>
        <Segmented
          aria-label={text.content}
          value={draft.kind}
          onChange={(kind) => change({ kind, mentions: [] })}
          options={kinds.map((value) => {
            const names = unable(value).map(({ name }) => name);
            const label = common.sendType[value];
            if (names.length === 0) return { value, label };
            return {
              value,
              disabled: value !== draft.kind,
              label: <Tooltip title={text.cannot(names.join(', '))}>{label}</Tooltip>,
            };
          })}
        />
      </Form.Item>
      {draft.kind === 'TEXT' ? (
        <>
          <Form.Item>
            <Input.TextArea
              aria-label={text.text}
              placeholder={text.text}
              rows={5}
              maxLength={maxCharacters}
              showCount
              value={draft.text}
              onChange={({ target }) => change({ text: target.value })}
            />
          </Form.Item>
          <ChooseMentions draft={draft} change={change} senders={senders} />
        </>
      ) : (
        <MediaForm draft={draft} change={change} />
      )}
    </>
  );
}
