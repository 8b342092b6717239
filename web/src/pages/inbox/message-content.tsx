import { EnvironmentOutlined, IdcardOutlined, LinkOutlined } from '@ant-design/icons';
import { Tag } from 'antd';
import type { LiveMessage } from '../../live/message.ts';
import { Accept } from '../contacts/accept.tsx';
import { Linked, Outside } from './linked.tsx';
import { MediaView } from './media.tsx';
import { useInboxWords } from './words.ts';

type Props = { message: LiveMessage; jump: (messageId: string) => void; canAccept: boolean };

/** What a message holds; of a kind that this page does not know, the gateway's words for it. */
export function MessageContent({ message, jump, canAccept }: Props) {
  const text = useInboxWords();
  const { content } = message;
  switch (content.__typename) {
    case 'TextContent':
      return <Linked text={content.text} />;
    case 'MediaContent':
      return <MediaView media={content.media} kind={message.kind} />;
    case 'QuoteContent': {
      const { quoted, quotedText } = content;
      return (
        <>
          <Linked text={content.text} />
          {quoted ? (
            <button type="button" className="inbox-quote" title={text.toQuoted} onClick={() => jump(quoted.id)}>
              {quotedText ?? text.quoted}
            </button>
          ) : (
            <div className="inbox-quote">{quotedText ?? text.quoted}</div>
          )}
        </>
      );
    }
    case 'LinkContent':
      return (
        <>
          <LinkOutlined />{' '}
          <strong>
            <Outside href={content.url ?? ''}>{content.title ?? message.text}</Outside>
          </strong>
          {content.description && <div className="dim">{content.description}</div>}
          {content.appName && <div className="dim">{content.appName}</div>}
        </>
      );
    case 'CardContent':
      return (
        <>
          <IdcardOutlined /> <strong>{content.name}</strong>
          <div className="dim">{content.wxid}</div>
        </>
      );
    case 'LocationContent':
      return (
        <>
          <EnvironmentOutlined /> <strong>{content.label}</strong>
          <div className="dim">{[content.latitude, content.longitude].filter((one) => one !== null).join(', ')}</div>
        </>
      );
    case 'FriendRequestContent':
      return (
        <>
          <strong>{text.friendRequest(content.name ?? content.wxid ?? '')}</strong>
          <div>{content.greeting}</div>
          {canAccept && <Accept messageId={message.id} />}
        </>
      );
    case 'UnknownContent':
      return (
        <>
          {message.text} <Tag>{content.type}</Tag>
        </>
      );
    default:
      return <Linked text={message.text} />;
  }
}
