import { Button, Form, Modal, Space } from 'antd';
import { useState } from 'react';
import { useFilters } from '../../parts/filters.ts';
import { Failure } from '../../parts/failure.tsx';
import { usePages } from '../../parts/pages.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { ChooseReceivers } from './choose-receivers.tsx';
import { ChooseSenders, SenderTrouble } from './choose-senders.tsx';
import { ContentForm } from './content-form.tsx';
import { type Change, type Draft, emptyContent, emptyDraft, lackOf, sendingAccounts, toInput } from './draft.ts';
import { type Estimate, estimate } from './estimate.ts';
import { Schedule } from './schedule.tsx';
import { groupNamesDocument, sendDocument, sendersDocument } from './send.ts';
import { SendFailure } from './send-failure.tsx';
import { Cautions, Sum } from './sum.tsx';
import { useSend } from './use-send.ts';
import { useSendWords } from './words.ts';

export function SendForm({ accepted }: { accepted(job: string): void }) {
  const text = useSendWords();
  const filters = useFilters();
  const maySend = useMay('SEND');
  const accounts = usePages(sendersDocument, {}, (data) => data.accounts);
  const groups = usePages(groupNamesDocument, {}, (data) => data.groups);
  // Membership and pacing of every account count.
  for (const pages of [accounts, groups]) if (pages.hasMore && !pages.isLoading) queueMicrotask(pages.more);
  const [draft, setDraft] = useState(() => emptyDraft(filters.list('target'), filters.list('to')));
  const change: Change = (changes) => setDraft((before) => ({ ...before, ...changes }));
  const [isConfirming, setConfirming] = useState(false);
  const { key, isSending, failure, send, renew } = useSend();

  const senders = sendingAccounts(draft, accounts.items);
  const lack = lackOf(draft, senders);
  const sum = estimate(draft, senders);
  const why = maySend ? lack && text.lacks[lack] : text.readOnly;

  async function go(idempotencyKey: string): Promise<void> {
    const job = await send(toInput(draft, senders, idempotencyKey));
    setConfirming(false);
    if (job === null) return;
    change(emptyContent);
    accepted(job);
  }

  return (
    <Form layout="vertical" component="section" aria-label={text.send}>
      <Failure error={accounts.error ?? groups.error} again={accounts.again} />
      <Form.Item label={text.from}>
        <ChooseSenders
          draft={draft}
          change={change}
          accounts={accounts.items}
          groups={groups.items}
          isLoading={accounts.isFirst || groups.isFirst}
        />
      </Form.Item>
      <Form.Item label={text.to}>
        <ChooseReceivers draft={draft} change={change} senders={senders} />
      </Form.Item>
      <ContentForm draft={draft} change={change} senders={senders} />
      <Schedule draft={draft} change={change} />
      <Space orientation="vertical" style={{ width: '100%' }}>
        <SenderTrouble draft={draft} change={change} senders={senders} />
        {lack === null && <Cautions estimate={sum} />}
        {failure && (
          <SendFailure error={failure} draft={draft} change={change} again={() => go(key)} asNew={() => go(renew())} />
        )}
        <div className="row">
          <Button
            type="primary"
            size="large"
            disabled={why !== null}
            loading={isSending}
            onClick={() => setConfirming(true)}
          >
            {text.send}
          </Button>
          {lack === null && <SameAs document={sendDocument} variables={{ input: toInput(draft, senders, key) }} />}
          {why === null ? <Sum estimate={sum} /> : <span className="dim">{why}</span>}
        </div>
      </Space>
      {isConfirming && (
        <Confirm
          draft={draft}
          sum={sum}
          isSending={isSending}
          send={() => go(key)}
          close={() => setConfirming(false)}
        />
      )}
    </Form>
  );
}

type ConfirmProps = { draft: Draft; sum: Estimate; isSending: boolean; send(): Promise<void>; close(): void };

function Confirm({ draft, sum, isSending, send, close }: ConfirmProps) {
  const text = useSendWords();
  const common = useCommon();
  const { kind, files, url, mediaFrom, sendAt, expiresAt } = draft;
  const what = kind === 'TEXT' ? draft.text : mediaFrom === 'url' ? url : files.map(({ name }) => name).join(', ');
  return (
    <Modal
      open
      title={text.confirmTitle}
      okText={text.send}
      cancelText={common.cancel}
      okButtonProps={{ loading: isSending }}
      onOk={send}
      onCancel={close}
    >
      <Space orientation="vertical" style={{ width: '100%' }}>
        <Sum estimate={sum} />
        <div className="pre">
          {common.sendType[kind]}: {what.length > 300 ? `${what.slice(0, 300)}…` : what}
        </div>
        {draft.mentions.length > 0 && <div>{draft.mentions.map(({ displayName }) => `@${displayName}`).join(' ')}</div>}
        {sendAt && (
          <div>
            {text.sendAt}: {sendAt.replace('T', ' ')}
          </div>
        )}
        {expiresAt && (
          <div>
            {text.expiresAt}: {expiresAt.replace('T', ' ')}
          </div>
        )}
        <Cautions estimate={sum} />
      </Space>
    </Modal>
  );
}
