import { ArrowLeftOutlined, InfoCircleOutlined } from '@ant-design/icons';
import { Button, Spin } from 'antd';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { useLiveEvents } from '../../live/live.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Portrait } from '../../parts/portrait.tsx';
import { SameAs } from '../../parts/same-as.tsx';
import { useSay } from '../../parts/say.tsx';
import { StateTag } from '../../parts/tags.tsx';
import { useCommon } from '../../words/common.ts';
import { Composer } from './composer.tsx';
import { type OpenChat, markReadDocument, threadDocument } from './inbox.ts';
import { MessageList } from './message-list.tsx';
import { createOutgoing, withoutEchoes } from './outgoing.ts';
import { useMarkRead } from './mark-read.ts';
import { createThread } from './thread.ts';
import { useInboxWords } from './words.ts';

type Props = {
  chat: OpenChat;
  /** Null where it is always seen. */
  showInfo: (() => void) | null;
  /** Back to the list, where that is not seen. */
  back: (() => void) | null;
};

/** One conversation. */
export function ThreadPane({ chat, showInfo, back }: Props) {
  const text = useInboxWords();
  const client = useClient();
  const say = useSay();
  const { contact, account } = chat;
  const store = useMemo(() => createThread(client, chat.id), [client, chat.id]);
  const outgoing = useMemo(() => createOutgoing(client, account.id, contact.wxid), [client, account.id, contact.wxid]);
  useLiveEvents((event) => {
    store.tell(event);
    outgoing.tell(event);
  });
  useEffect(() => void store.open(), [store]);
  useEffect(() => void outgoing.open(), [outgoing]);
  const thread = useSyncExternalStore(store.watch, store.snapshot);
  const lines = useSyncExternalStore(outgoing.watch, outgoing.snapshot);
  const [isSeen, setSeen] = useState(false);
  useMarkRead(chat, isSeen ? thread.messages.at(-1)?.id : undefined);

  const jump = useCallback(
    async (messageId: string) => {
      if (!(await store.jump(messageId))) void say.error(text.notThere);
    },
    [store, say, text],
  );

  return (
    <section className="inbox-pane" aria-label={contact.displayName}>
      <ThreadHead chat={chat} newest={thread.messages.at(-1)?.id} showInfo={showInfo} back={back} />
      <Failure error={thread.error} again={() => void (thread.isFirst ? store.open() : store.older())} />
      {thread.isFirst ? (
        <Spin className="center fill" />
      ) : (
        <MessageList
          chat={chat}
          thread={thread}
          store={store}
          lines={thread.hasNewer ? [] : withoutEchoes(lines, thread.messages)}
          dismiss={outgoing.dismiss}
          seen={setSeen}
          jump={jump}
        />
      )}
      <Composer key={contact.id} account={account} contact={contact} sent={outgoing.add} />
    </section>
  );
}

function ThreadHead({
  chat: { id, contact, account },
  newest,
  showInfo,
  back,
}: Props & { newest: string | undefined }) {
  const text = useInboxWords();
  const common = useCommon();
  return (
    <header className="inbox-head">
      {back && <Button type="text" icon={<ArrowLeftOutlined />} aria-label={text.back} onClick={back} />}
      <Portrait id={contact.id} url={contact.avatarUrl} name={contact.displayName} />
      <div className="grow inbox-cut">
        <h2>{contact.displayName}</h2>
        <div className="dim">
          {account.name}
          {contact.__typename === 'ChatRoom' && contact.memberCount !== null
            ? ` · ${text.members(contact.memberCount)}`
            : ` · ${common.contactKind[contact.kind]}`}
        </div>
      </div>
      {account.state !== 'RUNNING' && <StateTag state={account.state} />}
      <SameAs
        calls={[
          { title: text.messages, document: threadDocument, variables: { chatId: id, last: 50 } },
          { title: text.markRead, document: markReadDocument, variables: { input: { chatId: id, upTo: newest } } },
        ]}
      />
      {showInfo && <Button icon={<InfoCircleOutlined />} aria-label={text.info} onClick={showInfo} />}
    </header>
  );
}
