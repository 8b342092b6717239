/** One webhook: how it is, what can be done to it, and what was posted. */
import { Button, Descriptions, Drawer, Popconfirm, Space, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useSay } from '../../parts/say.tsx';
import { At } from '../../parts/time.tsx';
import { useCommon } from '../../words/common.ts';
import { Deliveries } from './deliveries.tsx';
import { Replay } from './replay.tsx';
import {
  type WebhookRow,
  deleteWebhookDocument,
  rotateSecretDocument,
  testWebhookDocument,
  updateWebhookDocument,
} from './webhook.ts';
import { WebhookState } from './webhook-state.tsx';
import { useWebhooksWords } from './webhooks-words.ts';

type Props = {
  webhook: WebhookRow;
  close: () => void;
  rotated: (shown: { title: string; secret: string }) => void;
};

export function WebhookDrawer({ webhook, close, rotated }: Props) {
  const text = useWebhooksWords();
  const { id, url, format, lag, lastError, createdAt, types, accountIds } = webhook;
  const [replayAfter, setReplayAfter] = useState<string | null>(null);
  return (
    <Drawer open onClose={close} title={text.details} size="min(820px, 100vw)">
      <Space orientation="vertical" size="large" style={{ width: '100%' }}>
        <Actions webhook={webhook} close={close} rotated={rotated} replay={() => setReplayAfter('')} />
        <Descriptions column={1} size="small">
          <Descriptions.Item label={text.url}>
            <Typography.Text copyable className="pre">
              {url}
            </Typography.Text>
          </Descriptions.Item>
          <Descriptions.Item label={text.format}>{text.formats[format]}</Descriptions.Item>
          <Descriptions.Item label={text.state}>
            <WebhookState webhook={webhook} />
          </Descriptions.Item>
          {lastError && (
            <Descriptions.Item label={text.lastError}>
              <span className="pre">{lastError}</span>
            </Descriptions.Item>
          )}
          <Descriptions.Item label={text.lag}>{lag}</Descriptions.Item>
          <Descriptions.Item label={text.types}>
            <span>{types?.map((one) => <Tag key={one}>{one}</Tag>) ?? text.everyType}</span>
          </Descriptions.Item>
          <Descriptions.Item label={text.accounts}>
            <span>{accountIds?.map((one) => <Tag key={one}>{one}</Tag>) ?? text.every}</span>
          </Descriptions.Item>
          <Descriptions.Item label={text.created}>
            <At at={createdAt} />
          </Descriptions.Item>
        </Descriptions>
        <Deliveries webhookId={id} replay={setReplayAfter} />
      </Space>
      {replayAfter !== null && <Replay webhookId={id} after={replayAfter} close={() => setReplayAfter(null)} />}
    </Drawer>
  );
}

type ActionsProps = Props & { replay: () => void };

function Actions({ webhook: { id, enabled, format }, close, rotated, replay }: ActionsProps) {
  const text = useWebhooksWords();
  const common = useCommon();
  const say = useSay();
  const [update, isUpdating] = useAction(updateWebhookDocument);
  const [test, isTesting] = useAction(testWebhookDocument);
  const [rotate] = useAction(rotateSecretDocument);
  const [remove] = useAction(deleteWebhookDocument);
  async function tryIt(): Promise<void> {
    if (await test({ id })) void say.success(text.tested);
  }
  async function newSecret(): Promise<void> {
    const secret = (await rotate({ id }))?.rotateWebhookSecret?.secret;
    if (secret) rotated({ title: text.rotated, secret });
  }
  async function forget(): Promise<void> {
    if (await remove({ id })) close();
  }
  return (
    <Space wrap>
      <Button type="primary" loading={isTesting} onClick={tryIt}>
        {text.test}
      </Button>
      <Button loading={isUpdating} onClick={() => update({ input: { id, enabled: !enabled } })}>
        {enabled ? text.disable : text.enable}
      </Button>
      <Button onClick={replay}>{text.replay}</Button>
      {format === 'STANDARD' && (
        <Popconfirm title={text.rotateQuestion} okText={text.rotate} cancelText={common.cancel} onConfirm={newSecret}>
          <Button>{text.rotate}</Button>
        </Popconfirm>
      )}
      <Popconfirm
        title={text.removeQuestion}
        okText={text.remove}
        okButtonProps={{ danger: true }}
        cancelText={common.cancel}
        onConfirm={forget}
      >
        <Button danger>{text.remove}</Button>
      </Popconfirm>
      <SameAs
        calls={[
          { title: text.test, document: testWebhookDocument, variables: { id } },
          {
            title: enabled ? text.disable : text.enable,
            document: updateWebhookDocument,
            variables: { input: { id, enabled: !enabled } },
          },
          ...(format === 'STANDARD' ? [{ title: text.rotate, document: rotateSecretDocument, variables: { id } }] : []),
          { title: text.remove, document: deleteWebhookDocument, variables: { id } },
        ]}
      />
    </Space>
  );
}
