import { ArrowLeftOutlined } from '@ant-design/icons';
import { Button, Empty, Spin } from 'antd';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient, useQuery } from 'urql';
import { useLiveEvents } from '../../live/live.tsx';
import { Failure } from '../../parts/failure.tsx';
import { usePlaces } from './address.ts';
import { Composer } from './composer.tsx';
import { chatOfContactDocument } from './inbox.ts';
import { createOutgoing } from './outgoing.ts';
import { OutgoingRow } from './outgoing-row.tsx';
import { useInboxWords } from './words.ts';

type Contact = NonNullable<NonNullable<ReturnType<typeof useContact>[0]['data']>['contact']>;

function useContact(id: string) {
  return useQuery({ query: chatOfContactDocument, variables: { id }, requestPolicy: 'network-only' });
}

/** Whom nothing was written to so far: the first message that comes back makes it a conversation. */
export function NewChat({ id }: { id: string }) {
  const [{ data, error }, again] = useContact(id);
  const { settle } = usePlaces();
  const contact = data?.contact;
  const chatId = contact?.chat?.id;
  useEffect(() => {
    if (chatId) settle({ chat: chatId, contact: null });
  }, [chatId]);
  useLiveEvents((event) => {
    if (event.__typename === 'MessageReceived' && event.message.chat.contact.id === id) {
      settle({ chat: event.message.chat.id, contact: null });
    }
  });
  if (contact && !chatId) return <FirstMessage contact={contact} />;
  return (
    <section className="inbox-pane">
      {error ? <Failure error={error} again={again} /> : <Spin className="center fill" />}
    </section>
  );
}

function FirstMessage({ contact }: { contact: Contact }) {
  const text = useInboxWords();
  const client = useClient();
  const { go } = usePlaces();
  const outgoing = useMemo(() => createOutgoing(client, contact.account.id, contact.wxid), [client, contact.wxid]);
  useLiveEvents(outgoing.tell);
  useEffect(() => void outgoing.open(), [outgoing]);
  const lines = useSyncExternalStore(outgoing.watch, outgoing.snapshot);
  return (
    <section className="inbox-pane" aria-label={contact.displayName}>
      <header className="inbox-head">
        <Button type="text" icon={<ArrowLeftOutlined />} aria-label={text.back} onClick={() => go({ contact: null })} />
        <h2>{contact.displayName}</h2>
        <span className="dim">{contact.account.name}</span>
      </header>
      <div className="fill">
        {lines.length === 0 && <Empty className="center" description={text.noMessages} />}
        {lines.map((line) => (
          <OutgoingRow key={line.id} line={line} dismiss={outgoing.dismiss} />
        ))}
      </div>
      <Composer account={contact.account} contact={contact} sent={outgoing.add} />
    </section>
  );
}
