import { Button, Empty, Input, Popconfirm, Space, Tag } from 'antd';
import { useState } from 'react';
import { Virtuoso } from 'react-virtuoso';
import { useLiveEvents } from '../../live/live.tsx';
import { useAction } from '../../parts/action.ts';
import { Failure } from '../../parts/failure.tsx';
import { usePages } from '../../parts/pages.ts';
import { Portrait } from '../../parts/portrait.tsx';
import { SameAs } from '../../parts/same-as.tsx';
import { useCommon } from '../../words/common.ts';
import { type ContactFacts, inviteDocument, membersDocument, removeDocument, renameDocument } from './contact.ts';
import { PeopleSelect } from './people-select.tsx';
import { useWhyNot } from './why-not.ts';
import { useContactsWords } from './words.ts';

type RoomFacts = Extract<ContactFacts, { __typename: 'ChatRoom' }>;

const rowPx = 44;

/** The members of a chat room, and what its administration can do. */
export function Room({ room, again: changed }: { room: RoomFacts; again: () => void }) {
  const text = useContactsWords();
  const [search, setSearch] = useState('');
  const { items, total, error, isFirst, more, again } = usePages(
    membersDocument,
    { id: room.id, search: search || null },
    ({ contact }) => (contact?.__typename === 'ChatRoom' ? contact.members : null),
  );
  useLiveEvents((event) => {
    if (event.__typename === 'ContactChanged' && event.contact?.id === room.id) again();
  });
  const why = useWhyNot('CHAT_ROOM_ADMIN', room.account.capabilities);
  const removable = items.find(({ isOwner }) => !isOwner);
  const isChanged = (): void => {
    again();
    changed();
  };
  return (
    <section aria-label={text.roomMembers}>
      <Administration room={room} changed={isChanged} />
      <h3>
        {text.roomMembers} {total !== null && <span className="dim">{total}</span>}{' '}
        {removable && why === null && (
          <SameAs
            size="small"
            type="text"
            document={removeDocument}
            variables={{ input: { chatRoomId: room.id, members: [removable.id] } }}
          />
        )}
      </h3>
      <Input.Search
        allowClear
        aria-label={text.searchMembers}
        placeholder={text.searchMembers}
        onSearch={setSearch}
        onChange={({ target }) => target.value === '' && setSearch('')}
      />
      <Failure error={error} again={again} />
      {items.length === 0 && !isFirst && !error && <Empty description={text.noMatch} />}
      <Virtuoso
        className="contacts-members"
        style={{ height: Math.min(items.length * rowPx, 360) }}
        data={items}
        fixedItemHeight={rowPx}
        endReached={more}
        computeItemKey={(_, { id }) => id}
        itemContent={(_, member) => <Member room={room} member={member} changed={isChanged} />}
      />
    </section>
  );
}

type MemberFacts = {
  id: string;
  wxid: string;
  name: string;
  displayName: string;
  avatarUrl: string | null;
  isOwner: boolean;
};

function Member({ room, member, changed }: { room: RoomFacts; member: MemberFacts; changed: () => void }) {
  const text = useContactsWords();
  const common = useCommon();
  const why = useWhyNot('CHAT_ROOM_ADMIN', room.account.capabilities);
  const [remove, isRemoving] = useAction(removeDocument);
  const { id, displayName, name, isOwner } = member;
  return (
    <div className="contacts-member" data-member={id}>
      <Portrait id={id} url={member.avatarUrl} name={displayName} size={28} />
      <span className="contacts-cut grow" title={name}>
        {displayName} {isOwner && <Tag>{text.owner}</Tag>}
      </span>
      {why === null && !isOwner && (
        <Popconfirm
          title={text.removeQuestion(displayName)}
          okText={text.remove}
          cancelText={common.cancel}
          onConfirm={async () => {
            if (await remove({ input: { chatRoomId: room.id, members: [id] } })) changed();
          }}
        >
          <Button size="small" type="text" loading={isRemoving}>
            {text.remove}
          </Button>
        </Popconfirm>
      )}
    </div>
  );
}

function Administration({ room: { id, name, account }, changed }: { room: RoomFacts; changed: () => void }) {
  const text = useContactsWords();
  const why = useWhyNot('CHAT_ROOM_ADMIN', account.capabilities);
  const [typed, setTyped] = useState(name);
  const [people, setPeople] = useState<string[]>([]);
  const [rename, isRenaming] = useAction(renameDocument);
  const [invite, isInviting] = useAction(inviteDocument);
  const renaming = { chatRoomId: id, name: typed.trim() };
  const inviting = { chatRoomId: id, members: people };
  if (why !== null) return <p className="dim">{`${text.administration}: ${why}`}</p>;
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <label>
        {text.rename}
        <Space.Compact block>
          <Input value={typed} maxLength={50} onChange={({ target }) => setTyped(target.value)} />
          <Button
            disabled={typed.trim() === '' || typed.trim() === name}
            loading={isRenaming}
            onClick={() => rename({ input: renaming })}
          >
            {text.rename}
          </Button>
          <SameAs document={renameDocument} variables={{ input: renaming }} />
        </Space.Compact>
      </label>
      <Space.Compact block>
        <PeopleSelect accountId={account.id} label={text.invitees} value={people} choose={setPeople} />
        <Button
          disabled={people.length === 0}
          loading={isInviting}
          onClick={async () => {
            if (!(await invite({ input: inviting }))) return;
            setPeople([]);
            changed();
          }}
        >
          {text.invite}
        </Button>
        <SameAs document={inviteDocument} variables={{ input: inviting }} />
      </Space.Compact>
    </Space>
  );
}
