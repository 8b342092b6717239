import { CopyOutlined, RollbackOutlined } from '@ant-design/icons';
import { Button, Popconfirm, Tag, Tooltip } from 'antd';
import { use } from 'react';
import type { LiveMessage } from '../../live/message.ts';
import { useAction } from '../../parts/action.ts';
import { Portrait } from '../../parts/portrait.tsx';
import { SameAs } from '../../parts/same-as.tsx';
import { useSay } from '../../parts/say.tsx';
import { showTime, useNow } from '../../parts/time.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { LanguageContext } from '../../words/words.ts';
import { dayOf, showClock, showDay } from './days.ts';
import { type OpenChat, revokeDocument } from './inbox.ts';
import { MessageContent } from './message-content.tsx';
import { useInboxWords } from './words.ts';

/** WeChat takes a message back for so long. */
const revocableMs = 120_000;

type Props = {
  message: LiveMessage;
  next: LiveMessage | undefined;
  chat: OpenChat;
  /** Of all: there is nothing earlier. */
  isFirst: boolean;
  unreadFrom: string | null;
  isTarget: boolean;
  jump: (messageId: string) => void;
};

/**
 * A message, and the lines between it and the next one: a row's own height does not depend on what is before it, so that what comes before
 * it later moves nothing.
 */
export function MessageRow({ message, next, chat, isFirst, unreadFrom, isTarget, jump }: Props) {
  const isNotice = message.kind === 'SYSTEM' || message.kind === 'REVOKE';
  return (
    <div className="inbox-item" data-message={message.id}>
      {isFirst && <Lines message={message} isNewDay isFirstUnread={message.id === unreadFrom} />}
      {isNotice ? (
        <div className="inbox-line pre">{message.text}</div>
      ) : (
        <Bubble message={message} chat={chat} isTarget={isTarget} jump={jump} />
      )}
      {next && (
        <Lines
          message={next}
          isNewDay={dayOf(next.sentAt) !== dayOf(message.sentAt)}
          isFirstUnread={next.id === unreadFrom}
        />
      )}
    </div>
  );
}

/** What stands before a message. */
function Lines({
  message,
  isNewDay,
  isFirstUnread,
}: {
  message: LiveMessage;
  isNewDay: boolean;
  isFirstUnread: boolean;
}) {
  const text = useInboxWords();
  const language = use(LanguageContext);
  return (
    <>
      {isNewDay && <div className="inbox-line">{showDay(message.sentAt, language)}</div>}
      {isFirstUnread && <div className="inbox-line inbox-unread">{text.unreadFrom}</div>}
    </>
  );
}

function Bubble({ message, chat, isTarget, jump }: Pick<Props, 'message' | 'chat' | 'isTarget' | 'jump'>) {
  const text = useInboxWords();
  const language = use(LanguageContext);
  const { sender, sentAt, direction } = message;
  const isOwn = direction === 'OUTGOING';
  return (
    <div className={`inbox-message ${isOwn ? 'inbox-own' : ''}`}>
      <Portrait url={sender.avatarUrl} name={sender.displayName} size={32} />
      <div className="inbox-body">
        <div className="inbox-meta">
          {!isOwn && chat.contact.kind === 'CHAT_ROOM' && <span className="inbox-name">{sender.displayName}</span>}
          <Tooltip title={showTime(sentAt, language)}>
            <time dateTime={sentAt}>{showClock(sentAt, language)}</time>
          </Tooltip>
          {message.mentionsMe && <Tag color="red">{text.mentioned}</Tag>}
          {message.revoked && <Tag>{text.revoked}</Tag>}
          <Actions message={message} chat={chat} />
        </div>
        <div className={`inbox-bubble pre ${isTarget ? 'inbox-target' : ''} ${message.revoked ? 'inbox-gone' : ''}`}>
          <MessageContent
            message={message}
            jump={jump}
            canAccept={chat.account.capabilities.includes('FRIEND_REQUESTS')}
          />
        </div>
      </div>
    </div>
  );
}

function Actions({ message, chat }: { message: LiveMessage; chat: OpenChat }) {
  const text = useInboxWords();
  const common = useCommon();
  const say = useSay();
  const maySend = useMay('SEND');
  const now = useNow();
  const [revoke, isRevoking] = useAction(revokeDocument);
  const isRevocable =
    message.direction === 'OUTGOING' &&
    !message.revoked &&
    chat.account.capabilities.includes('REVOKE') &&
    now - Date.parse(message.sentAt) < revocableMs;

  async function copy(): Promise<void> {
    // Browsers have a clipboard on secure addresses only.
    await navigator.clipboard?.writeText(message.text).then(
      () => say.success(common.copied),
      () => undefined,
    );
  }
  return (
    <span className="inbox-actions">
      {navigator.clipboard !== undefined && (
        <Button size="small" type="text" icon={<CopyOutlined />} aria-label={text.copy} onClick={copy} />
      )}
      {isRevocable && (
        <>
          <Popconfirm
            title={text.revokeQuestion}
            okText={text.revoke}
            cancelText={common.cancel}
            onConfirm={() => revoke({ id: message.id })}
          >
            <Button
              size="small"
              type="text"
              disabled={!maySend}
              loading={isRevoking}
              icon={<RollbackOutlined />}
              aria-label={text.revoke}
            />
          </Popconfirm>
          <SameAs size="small" type="text" document={revokeDocument} variables={{ id: message.id }} />
        </>
      )}
    </span>
  );
}
