/** Addresses that events are posted to. */
import { PlusOutlined } from '@ant-design/icons';
import { Button, Empty, Space, Table, Tag } from 'antd';
import { useCallback, useState } from 'react';
import { useClient } from 'urql';
import { Failure } from '../../parts/failure.tsx';
import { useFilters } from '../../parts/filters.ts';
import { usePages } from '../../parts/pages.ts';
import { usePolling } from '../../parts/polling.ts';
import { useCommon } from '../../words/common.ts';
import { Secret } from './secret.tsx';
import { type WebhookRow, webhooksDocument } from './webhook.ts';
import { WebhookDrawer } from './webhook-drawer.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { WebhookState } from './webhook-state.tsx';
import { useWebhooksWords } from './webhooks-words.ts';

const everyMs = 5_000;

export function Webhooks() {
  const text = useWebhooksWords();
  const common = useCommon();
  const filters = useFilters();
  const { items, error, isFirst, hasMore, isLoading, more, again } = usePages(
    webhooksDocument,
    {},
    ({ webhooks }) => webhooks,
  );
  const client = useClient();
  // How far a webhook is behind is no event either.
  usePolling(
    useCallback(() => client.query(webhooksDocument, {}, { requestPolicy: 'network-only' }).toPromise(), [client]),
    everyMs,
  );
  const [edited, setEdited] = useState<WebhookRow | 'new' | null>(null);
  const [secret, setSecret] = useState<{ title: string; secret: string } | null>(null);
  const open = items.find(({ id }) => id === filters.text('webhook'));
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <div className="row">
        <span className="grow dim">{text.about}</span>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
          {text.add}
        </Button>
      </div>
      <Failure error={error} again={again} />
      <Table<WebhookRow>
        rowKey="id"
        size="small"
        loading={isFirst}
        dataSource={items}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: isFirst ? ' ' : <Empty description={text.empty} /> }}
        columns={[
          {
            title: text.url,
            render: (_, { id, url, token }) => (
              <>
                <Button type="link" className="webhook-url" onClick={() => filters.set({ webhook: id })}>
                  {url}
                </Button>
                {token !== null && <div className="dim">{text.token}</div>}
              </>
            ),
          },
          { title: text.format, render: (_, { format }) => <Tag className="tone tone-quiet">{format}</Tag> },
          { title: text.state, render: (_, webhook) => <WebhookState webhook={webhook} /> },
          { title: text.lag, align: 'end', render: (_, { lag }) => lag },
          {
            title: text.types,
            responsive: ['lg'],
            render: (_, { types }) => types?.map((one) => <Tag key={one}>{one}</Tag>) ?? text.everyType,
          },
          {
            title: text.accounts,
            responsive: ['lg'],
            render: (_, { accountIds }) => accountIds?.map((one) => <Tag key={one}>{one}</Tag>) ?? text.every,
          },
          {
            key: 'actions',
            render: (_, webhook) => (
              <Button size="small" onClick={() => setEdited(webhook)}>
                {common.edit}
              </Button>
            ),
          },
        ]}
      />
      {hasMore && (
        <Button loading={isLoading} onClick={more}>
          {common.more}
        </Button>
      )}
      {open && <WebhookDrawer webhook={open} close={() => filters.set({ webhook: null })} rotated={setSecret} />}
      {edited !== null && (
        <WebhookForm
          webhook={edited === 'new' ? null : edited}
          close={() => setEdited(null)}
          made={(fresh) => setSecret({ title: text.made, secret: fresh })}
        />
      )}
      {secret !== null && <Secret {...secret} close={() => setSecret(null)} />}
    </Space>
  );
}
