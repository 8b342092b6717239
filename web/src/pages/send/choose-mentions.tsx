import { Form, Select } from 'antd';
import { useState } from 'react';
import { useQuery } from 'urql';
import { useSettled } from '../../parts/settled.ts';
import { type Change, type Draft, type Mention, can, isForRooms } from './draft.ts';
import { type SenderAccount, membersDocument } from './send.ts';
import { useSendWords } from './words.ts';

/** As WeChat calls all members of a chat room. */
const everybody = 'notify@all';

type Props = { draft: Draft; change: Change; senders: readonly SenderAccount[] };

/** Whom a text in a chat room mentions, so that they are notified. */
export function ChooseMentions({ draft, change, senders }: Props) {
  const text = useSendWords();
  const [search, setSearch] = useState('');
  const settled = useSettled(search.trim());
  const room = onlyRoom(draft, senders);
  const [{ data, fetching }] = useQuery({
    query: membersDocument,
    variables: { chatRoomId: room ?? '', search: settled || null },
    pause: room === null,
  });
  const unable = senders.filter(
    (account) => !can(account, { kind: 'TEXT', mentions: [{ wxid: '', displayName: '' }] }),
  );
  const why =
    unable.length > 0
      ? text.cannot(unable.map(({ name }) => name).join(', '))
      : isForRooms(draft, senders)
        ? null
        : text.mentionNeedsRoom;
  const contact = data?.contact;
  const members = room !== null && contact && 'members' in contact ? (contact.members?.nodes ?? []) : [];
  const all = { wxid: everybody, displayName: text.everybody };
  const known = new Map<string, Mention>([all, ...members, ...draft.mentions].map((one) => [one.wxid, one]));
  return (
    <Form.Item label={text.mentions} extra={why ?? text.mentionMembers}>
      <Select
        mode="multiple"
        allowClear
        disabled={why !== null}
        aria-label={text.mentions}
        loading={fetching}
        value={draft.mentions.map(({ wxid }) => wxid)}
        onChange={(wxids: string[]) => change({ mentions: wxids.flatMap((one) => known.get(one) ?? []) })}
        showSearch={{ filterOption: false, onSearch: setSearch }}
        options={[...known.values()].map(({ wxid, displayName }) => ({ value: wxid, label: `@${displayName}` }))}
      />
    </Form.Item>
  );
}

/** The chat room whose members can be chosen: the only receiver of the only account. */
function onlyRoom({ receivers, contacts }: Draft, senders: readonly SenderAccount[]): string | null {
  if (receivers !== 'contacts' || contacts.length !== 1 || senders.length !== 1) return null;
  const { id, kind, account } = contacts[0]!;
  return kind === 'CHAT_ROOM' && account.id === senders[0]!.id ? id : null;
}
