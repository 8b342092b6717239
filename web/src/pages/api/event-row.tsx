import { CopyOutlined } from '@ant-design/icons';
import { Button, Tag, Tooltip } from 'antd';
import { use, useState } from 'react';
import { useSay } from '../../parts/say.tsx';
import { showTime } from '../../parts/time.tsx';
import { useCommon } from '../../words/common.ts';
import { LanguageContext } from '../../words/words.ts';
import type { ShownEvent } from './event-source.ts';
import { useApiWords } from './words.ts';

const tones: Record<string, string> = {
  MESSAGE_RECEIVED: 'tone-good',
  MESSAGE_UPDATED: 'tone-good',
  SEND_UPDATED: 'tone-busy',
  CLIENT_STATE_CHANGED: 'tone-wait',
  ERROR: 'tone-bad',
};

/** One event in a line; its JSON where it is asked for. */
export function EventRow({ event, name }: { event: ShownEvent; name: string | undefined }) {
  const { events: text } = useApiWords();
  const common = useCommon();
  const say = useSay();
  const language = use(LanguageContext);
  const [isOpen, setOpen] = useState(false);
  const { type, timestamp, cursor, accountId } = event;
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(cursor);
    void say.success(common.copied);
  }
  return (
    <div className="event" data-event={type}>
      <span>
        {timestamp && <time dateTime={timestamp}>{showTime(timestamp, language)}</time>}{' '}
        <Tag className={`tone ${tones[type] ?? 'tone-quiet'}`}>{type}</Tag>
      </span>
      <span className="what">
        {accountId} {name} {summaryOf(event)}
      </span>
      <span>
        <Button size="small" aria-expanded={isOpen} aria-label={text.show} onClick={() => setOpen(!isOpen)}>
          JSON
        </Button>{' '}
        <Tooltip title={text.cursor}>
          <Button size="small" aria-label={text.cursor} icon={<CopyOutlined />} onClick={copy} />
        </Tooltip>
      </span>
      {isOpen && (
        <pre className="pre" tabIndex={0}>
          {JSON.stringify(event, null, 2)}
        </pre>
      )}
    </div>
  );
}

type Parts = Record<string, Record<string, unknown> | undefined>;

/** The few words of an event that tell it from others of its type. */
function summaryOf({ type, data }: ShownEvent): string {
  const { message, log, contact, chat, group } = data as Parts;
  const words = [
    message && [
      message['sender'] && (message['sender'] as { displayName: string }).displayName,
      message['text'] ?? message['kind'],
    ],
    log && [log['receiver'], log['status']],
    contact && [data['change'], contact['displayName']],
    group && [group['name']],
    chat && [chat['id']],
    type === 'CLIENT_STATE_CHANGED' && [data['from'], '→', data['to'], data['reason']],
    type === 'ACCOUNT_CHANGED' && [data['change']],
  ];
  return words
    .flatMap((one) => one || [])
    .filter((one) => typeof one === 'string')
    .join(' ');
}
