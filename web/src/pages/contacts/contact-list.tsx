import { Button, Progress } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { type ScrollSeekPlaceholderProps, Virtuoso, type VirtuosoHandle } from 'react-virtuoso';
import { colourOf } from '../../parts/accounts.ts';
import { Portrait } from '../../parts/portrait.tsx';
import { useCommon } from '../../words/common.ts';
import type { ContactRow } from './contact.ts';
import { type Lettered, byLetter, letters } from './letters.ts';
import { useContactsWords } from './words.ts';

type Props = {
  contacts: readonly ContactRow[];
  total: number;
  isComplete: boolean;
  more: () => void;
  fetchAll: () => void;
  isFetching: boolean;
  open: (id: string) => void;
};

const rowPx = 56;

/**
 * By letters, where all are here; else in the gateway's order, which is that of the characters' codes. A letter can only be jumped to
 * among all, so the first one that is chosen fetches them.
 */
export function ContactList({ contacts, total, isComplete, more, fetchAll, isFetching, open }: Props) {
  const text = useContactsWords();
  const list = useRef<VirtuosoHandle>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const rows = useMemo<readonly Lettered<ContactRow>[]>(
    () => (isComplete ? byLetter(contacts) : contacts.map((item) => ({ item, letter: '' }))),
    [contacts, isComplete],
  );
  const starts = useMemo(() => {
    const found = new Map<string, number>();
    for (const [at, { letter }] of rows.entries()) if (!found.has(letter)) found.set(letter, at);
    return found;
  }, [rows]);
  useEffect(() => {
    if (wanted === null || !isComplete) return;
    const index = starts.get(wanted);
    if (index !== undefined) list.current?.scrollToIndex({ index, align: 'start' });
    setWanted(null);
  }, [wanted, isComplete, starts]);

  return (
    <div className="fill contacts-body">
      <div className="contacts-main">
        <div className="dim" role="status">
          {text.count(total)} · {isComplete ? text.byLetter : text.byCode}
        </div>
        {isFetching && (
          <Progress
            percent={Math.floor((100 * contacts.length) / total)}
            size="small"
            aria-label={text.fetching}
            format={() => `${contacts.length} / ${total}`}
          />
        )}
        <Virtuoso
          ref={list}
          className="fill"
          data={rows}
          fixedItemHeight={rowPx}
          increaseViewportBy={300}
          computeItemKey={(_, { item }) => item.id}
          endReached={more}
          context={rows}
          scrollSeekConfiguration={{ enter: (speed) => Math.abs(speed) > 1200, exit: (speed) => Math.abs(speed) < 200 }}
          components={{ ScrollSeekPlaceholder: Passing }}
          itemContent={(index, { item, letter }) => (
            <Row contact={item} letter={starts.get(letter) === index ? letter : ''} open={open} />
          )}
        />
      </div>
      <nav className="contacts-rail" aria-label={text.letters}>
        {letters.map((letter) => (
          <Button
            key={letter}
            type="text"
            size="small"
            disabled={isFetching || (isComplete && !starts.has(letter))}
            title={isComplete ? undefined : text.fetchesAll(total)}
            onClick={() => {
              setWanted(letter);
              if (!isComplete) fetchAll();
            }}
          >
            {letter}
          </Button>
        ))}
      </nav>
    </div>
  );
}

function Row({ contact, letter, open }: { contact: ContactRow; letter: string; open: (id: string) => void }) {
  const text = useContactsWords();
  const common = useCommon();
  const { id, displayName, name, remark, kind, account } = contact;
  return (
    <button type="button" className="contacts-row" data-contact={id} onClick={() => open(id)}>
      <span className="contacts-letter" aria-hidden={letter === ''}>
        {letter}
      </span>
      <Portrait id={id} url={contact.avatarUrl} name={displayName} size={36} />
      <span className="contacts-cut contacts-name">
        <span className="contacts-cut">{displayName}</span>
        {remark && <span className="dim contacts-cut">{name}</span>}
      </span>
      <span className="dim contacts-cut contacts-wide">{contact.__typename === 'Friend' ? contact.alias : ''}</span>
      <span className="dim contacts-cut contacts-wide">
        {contact.__typename === 'ChatRoom' && contact.memberCount !== null
          ? text.members(contact.memberCount)
          : common.contactKind[kind]}
      </span>
      <span className="dim contacts-cut contacts-account">
        <i style={{ background: colourOf(account.id) }} /> {account.name}
      </span>
    </button>
  );
}

/** A row that nobody can read as fast as it goes by: its picture is not asked for. */
function Passing({
  index,
  height,
  context,
}: ScrollSeekPlaceholderProps & { context?: readonly Lettered<ContactRow>[] }) {
  return (
    <div className="contacts-row" style={{ height }}>
      <span className="contacts-letter" />
      <span className="contacts-passing" />
      {context?.[index]?.item.displayName}
    </div>
  );
}
