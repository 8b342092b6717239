import { PushpinFilled } from '@ant-design/icons';
import { Badge } from 'antd';
import { use } from 'react';
import { Link } from 'wouter';
import { colourOf } from '../../parts/accounts.ts';
import { Portrait } from '../../parts/portrait.tsx';
import { LanguageContext } from '../../words/words.ts';
import { usePlaces } from './address.ts';
import { showShort } from './days.ts';
import type { ChatRow } from './inbox.ts';
import { useInboxWords } from './words.ts';

type Props = { row: ChatRow; at: number; isChosen: boolean };

export function ChatItem({ row, at, isChosen }: Props) {
  const text = useInboxWords();
  const language = use(LanguageContext);
  const { hrefOf } = usePlaces();
  const { id, contact, account, lastMessage, unreadCount, unreadMentions } = row;
  return (
    <Link
      href={hrefOf({ chat: id, contact: null })}
      className="inbox-row"
      data-at={at}
      data-chat={id}
      aria-current={isChosen ? 'true' : undefined}
    >
      <Badge count={unreadCount} size="small" offset={[-4, 4]} title={text.unread(unreadCount)}>
        <Portrait id={contact.id} url={contact.avatarUrl} name={contact.displayName} size={40} />
      </Badge>
      <span className="inbox-cut grow">
        <span className="inbox-first">
          <span className="inbox-cut grow inbox-name">{contact.displayName}</span>
          {contact.pinned && <PushpinFilled aria-label={text.pinned} />}
          {lastMessage && (
            <time className="dim" dateTime={lastMessage.sentAt}>
              {showShort(lastMessage.sentAt, language)}
            </time>
          )}
        </span>
        <span className="inbox-last inbox-cut">
          {unreadMentions > 0 && <strong className="inbox-mention">{text.mentioned} </strong>}
          {lastMessage && preview(row, text.you)}
        </span>
        <span className="inbox-account inbox-cut dim">
          <i style={{ background: colourOf(account.id) }} /> {account.name}
        </span>
      </span>
    </Link>
  );
}

function preview({ lastMessage, contact }: ChatRow, you: string): string {
  if (!lastMessage) return '';
  const { text, direction, kind, sender } = lastMessage;
  if (kind === 'SYSTEM' || kind === 'REVOKE') return text;
  if (direction === 'OUTGOING') return `${you}: ${text}`;
  return contact.kind === 'CHAT_ROOM' ? `${sender.displayName}: ${text}` : text;
}
