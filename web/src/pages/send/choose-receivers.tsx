import { Alert, Input, Segmented, Select, Space } from 'antd';
import { useState } from 'react';
import { useQuery } from 'urql';
import { useSettled } from '../../parts/settled.ts';
import { useCommon } from '../../words/common.ts';
import { type Change, type Draft, listed } from './draft.ts';
import { type ReceiverContact, type SenderAccount, receiversDocument } from './send.ts';
import { useSendWords } from './words.ts';

type Props = { draft: Draft; change: Change; senders: readonly SenderAccount[] };

/** To whom: contacts that are searched for, a pasted list, or each account's own default. */
export function ChooseReceivers({ draft, change, senders }: Props) {
  const text = useSendWords();
  const modes = ['contacts', 'list', 'default'] as const;
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <Segmented
        aria-label={text.to}
        value={draft.receivers}
        options={modes.map((value) => ({ value, label: text.receivers[value] }))}
        onChange={(receivers) => change({ receivers, mentions: [] })}
      />
      {draft.receivers === 'contacts' && <ContactSearch draft={draft} change={change} senders={senders} />}
      {draft.receivers === 'list' && (
        <>
          <Input.TextArea
            aria-label={text.list}
            placeholder={text.list}
            rows={4}
            value={draft.list}
            onChange={({ target }) => change({ list: target.value })}
          />
          <span className="dim">{text.listCount(listed(draft).length)}</span>
        </>
      )}
      {draft.receivers === 'default' && (
        <div>
          <div className="dim">{text.defaultHelp}</div>
          {senders.slice(0, 8).map(({ id, name, defaultReceiver, defaultReceiverId }) => (
            <div key={id}>{text.defaults(name, defaultReceiver?.displayName ?? defaultReceiverId ?? '-')}</div>
          ))}
          {senders.length > 8 && '…'}
        </div>
      )}
    </Space>
  );
}

/** The gateway searches: an account may have tens of thousands. */
function ContactSearch({ draft: { contacts }, change, senders }: Props) {
  const text = useSendWords();
  const common = useCommon();
  const [search, setSearch] = useState('');
  const settled = useSettled(search.trim());
  const accountIds = senders.map(({ id }) => id);
  const [{ data, fetching }] = useQuery({
    query: receiversDocument,
    variables: { accountIds, search: settled || null },
    pause: accountIds.length === 0,
  });
  const found = data?.contacts?.nodes ?? [];
  // Several accounts may have the same contact: it stands once.
  const known = new Map<string, ReceiverContact>([...found, ...contacts].map((one) => [one.wxid, one]));
  return (
    <>
      <Select
        mode="multiple"
        allowClear
        disabled={accountIds.length === 0}
        aria-label={text.searchContacts}
        placeholder={accountIds.length === 0 ? text.lacks.targets : text.searchContacts}
        loading={fetching}
        value={contacts.map(({ wxid }) => wxid)}
        onChange={(wxids: string[]) => change({ contacts: wxids.flatMap((one) => known.get(one) ?? []), mentions: [] })}
        showSearch={{ filterOption: false, onSearch: setSearch }}
        notFoundContent={fetching ? ' ' : common.nothing}
        options={[...known.values()].map(({ wxid, displayName }) => ({ value: wxid, label: displayName }))}
        optionRender={({ value, label }) => {
          const contact = known.get(String(value));
          return (
            <>
              {label}{' '}
              <span className="dim">
                {contact && [common.contactKind[contact.kind], contact.wxid, contact.account.name].join(' · ')}
              </span>
            </>
          );
        }}
        style={{ width: '100%' }}
      />
      {senders.length > 1 && contacts.length > 0 && <Alert type="info" showIcon title={text.sharedContacts} />}
    </>
  );
}
