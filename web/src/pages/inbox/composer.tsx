import type { Client } from '@urql/core';
import { PaperClipOutlined, SendOutlined } from '@ant-design/icons';
import { Alert, Button, Mentions } from 'antd';
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, useRef, useState } from 'react';
import { useClient } from 'urql';
import { SameAs } from '../../parts/same-as.tsx';
import { useSay } from '../../parts/say.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { Attachments, useAttachments } from './attachments.tsx';
import { type OpenChat, type OutgoingLine, replyDocument } from './inbox.ts';
import { addressed, useMentions } from './mentions.ts';
import { createReply } from './reply.ts';
import { useInboxWords } from './words.ts';

type Props = {
  account: OpenChat['account'];
  contact: OpenChat['contact'];
  sent: (lines: readonly OutgoingLine[]) => void;
};

/** Texts that were begun, by session and contact. */
const draftsOf = new WeakMap<Client, Map<string, string>>();
const maxText = 16_384;

export function Composer({ account, contact, sent }: Props) {
  const text = useInboxWords();
  const common = useCommon();
  const client = useClient();
  const say = useSay();
  const maySend = useMay('SEND');
  const picker = useRef<HTMLInputElement>(null);
  const drafts = draftsOf.get(client) ?? new Map<string, string>();
  draftsOf.set(client, drafts);
  const [draft, setDraft] = useState(() => drafts.get(contact.id) ?? '');
  const [isSending, setSending] = useState(false);
  const [isOver, setOver] = useState(false);
  const attachments = useAttachments();
  const [reply] = useState(() => createReply(client, account.id, contact.id));
  const isRoom = contact.kind === 'CHAT_ROOM';
  const canMention = isRoom && account.capabilities.includes('MENTION');
  const { options, search, isLoading, known } = useMentions(canMention ? contact.id : null);
  const why = !maySend ? text.mayNotSend : account.capabilities.includes('SEND_TEXT') ? null : text.cannotSend;
  const isEmpty = draft.trim() === '' && attachments.files.length === 0;

  function write(value: string): void {
    setDraft(value);
    drafts.set(contact.id, value);
  }

  async function send(): Promise<void> {
    if (isSending || isEmpty || why !== null || attachments.isBusy) return;
    setSending(true);
    try {
      if (draft.trim() !== '') {
        const { text: words, mentions } = canMention ? addressed(draft, known) : { text: draft, mentions: [] };
        sent(await reply({ text: words }, mentions));
        write('');
      }
      for (const { key, content } of attachments.files) {
        if (content === null) continue;
        sent(await reply(content, []));
        attachments.remove(key);
      }
    } catch (error) {
      void say.error(error instanceof Error && error.message !== '' ? error.message : common.unreachable, 6);
    } finally {
      setSending(false);
    }
  }

  function press(event: KeyboardEvent<HTMLTextAreaElement>): void {
    // Enter also ends the choice of characters of an input method.
    if (event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  }
  function take(event: ClipboardEvent | DragEvent, data: DataTransfer): void {
    if (why !== null || data.files.length === 0) return;
    event.preventDefault();
    attachments.add([...data.files], account.capabilities);
  }

  return (
    <footer
      className={`inbox-composer ${isOver ? 'inbox-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        take(event, event.dataTransfer);
      }}
      onPaste={(event) => take(event, event.clipboardData)}
    >
      {why !== null && <Alert type="info" title={why} />}
      {why === null && !account.ready && <Alert type="warning" title={text.notReady} />}
      <Attachments {...attachments} />
      <div className="inbox-input">
        <Mentions
          aria-label={text.write}
          placeholder={isRoom && canMention ? text.writeInRoom : text.write}
          value={draft}
          onChange={write}
          onSearch={search}
          onPressEnter={press}
          options={options}
          loading={isLoading}
          prefix={canMention ? '@' : []}
          filterOption={false}
          placement="top"
          rows={1}
          maxLength={maxText}
          disabled={why !== null}
        />
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={text.attach}
          onChange={({ target }) => {
            attachments.add([...(target.files ?? [])], account.capabilities);
            target.value = '';
          }}
        />
        <Button
          icon={<PaperClipOutlined />}
          aria-label={text.attach}
          disabled={why !== null}
          onClick={() => picker.current?.click()}
        />
        <SameAs
          document={replyDocument}
          variables={{ input: { targets: [account.id], to: [contact.id], content: { text: draft }, waitMs: 0 } }}
        />
        <Button
          type="primary"
          icon={<SendOutlined />}
          aria-label={text.send}
          disabled={why !== null || isEmpty || attachments.isBusy}
          loading={isSending}
          onClick={send}
        />
      </div>
    </footer>
  );
}
