import { Button, Descriptions, Input, Space, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useAction } from '../../parts/action.ts';
import { Portrait } from '../../parts/portrait.tsx';
import { SameAs } from '../../parts/same-as.tsx';
import { useCommon } from '../../words/common.ts';
import { type ContactFacts, pinDocument, setRemarkDocument } from './contact.ts';
import { Room } from './room.tsx';
import { useWhyNot } from './why-not.ts';
import { useContactsWords } from './words.ts';
import './contacts.css';

type Props = { contact: ContactFacts; again: () => void };

/** What is known of a contact, and what can be done with it. */
export function ContactCard({ contact, again }: Props) {
  const common = useCommon();
  const { id, displayName } = contact;
  return (
    <div className="contacts-card">
      <div className="row">
        <Portrait id={id} url={contact.avatarUrl} name={displayName} size={56} />
        <div className="grow contacts-cut">
          <strong className="pre">{displayName}</strong>
          <div>
            <Tag>{common.contactKind[contact.kind]}</Tag>
            <Tag>{contact.account.name}</Tag>
          </div>
        </div>
      </div>
      <Facts contact={contact} />
      <Remark key={`${id} ${contact.remark}`} contact={contact} />
      <Pin contact={contact} />
      {contact.__typename === 'ChatRoom' && <Room key={id} room={contact} again={again} />}
    </div>
  );
}

function Facts({ contact }: { contact: ContactFacts }) {
  const text = useContactsWords();
  const facts: [string, string | null | undefined][] = [
    [text.name, contact.name],
    ['wxid', contact.wxid],
  ];
  if (contact.__typename === 'Friend') {
    const place = [contact.country, contact.province, contact.city].filter(Boolean).join(' ');
    facts.push(
      [text.alias, contact.alias],
      [text.sex, contact.sex === 'UNKNOWN' ? null : text.sexes[contact.sex]],
      [text.place, place],
      [text.signature, contact.signature],
      [text.labels, contact.labels.join(', ')],
    );
  }
  if (contact.__typename === 'OfficialAccount') facts.push([text.signature, contact.signature]);
  if (contact.__typename === 'ChatRoom') facts.push([text.owner, contact.owner?.displayName]);
  return (
    <Descriptions
      column={1}
      size="small"
      items={facts
        .filter(([, value]) => value)
        .map(([label, value]) => ({ key: label, label, children: <span className="pre">{value}</span> }))}
    />
  );
}

function Remark({ contact: { id, remark, account } }: { contact: ContactFacts }) {
  const text = useContactsWords();
  const common = useCommon();
  const [typed, setTyped] = useState(remark ?? '');
  const [save, isSaving] = useAction(setRemarkDocument);
  const why = useWhyNot('SET_REMARK', account.capabilities);
  const input = { contactId: id, remark: typed.trim() };
  return (
    <label>
      {text.remark}
      <Space.Compact block>
        <Input
          value={typed}
          maxLength={50}
          disabled={why !== null}
          title={why ?? undefined}
          onChange={({ target }) => setTyped(target.value)}
          onPressEnter={() => save({ input })}
        />
        <Button
          disabled={why !== null || typed.trim() === (remark ?? '')}
          loading={isSaving}
          onClick={() => save({ input })}
        >
          {common.save}
        </Button>
        <SameAs document={setRemarkDocument} variables={{ input }} />
      </Space.Compact>
    </label>
  );
}

function Pin({ contact: { id, pinned, account } }: { contact: ContactFacts }) {
  const text = useContactsWords();
  const [pin, isPinning] = useAction(pinDocument);
  const why = useWhyNot('PIN', account.capabilities);
  return (
    <Space>
      <Switch
        size="small"
        aria-label={text.pin}
        title={why ?? undefined}
        checked={pinned ?? false}
        disabled={why !== null}
        loading={isPinning}
        onChange={(value) => pin({ input: { contactId: id, pinned: value } })}
      />
      {text.pin}
      <SameAs document={pinDocument} variables={{ input: { contactId: id, pinned: !pinned } }} />
    </Space>
  );
}
