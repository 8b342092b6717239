import { Button, Empty, Select, Space, Table, Tag, Tooltip, Typography } from 'antd';
import { useState } from 'react';
import { Failure } from '../../parts/failure.tsx';
import { Ago, At } from '../../parts/time.tsx';
import { useCommon } from '../../words/common.ts';
import { useDeliveries } from './delivery-list.ts';
import type { Delivery, DeliveryStatus } from './webhook.ts';
import { useWebhooksWords } from './webhooks-words.ts';

const tones: Record<DeliveryStatus, string> = {
  PENDING: 'tone-busy',
  DELIVERED: 'tone-good',
  FAILED: 'tone-wait',
  EXHAUSTED: 'tone-bad',
};

/** What was posted, newest first. */
export function Deliveries({ webhookId, replay }: { webhookId: string; replay: (after: string) => void }) {
  const text = useWebhooksWords();
  const common = useCommon();
  const [statuses, setStatuses] = useState<DeliveryStatus[]>([]);
  const { rows, error, isFirst, hasMore, isLoading, more, again } = useDeliveries(webhookId, statuses);
  return (
    <section>
      <Typography.Title level={5}>{text.deliveries}</Typography.Title>
      <Space wrap style={{ marginBlockEnd: 8 }}>
        <Select<DeliveryStatus[]>
          mode="multiple"
          allowClear
          aria-label={text.state}
          placeholder={text.state}
          value={statuses}
          onChange={setStatuses}
          options={Object.entries(text.status).map(([value, label]) => ({ value, label }))}
          style={{ minWidth: 160 }}
        />
        <span className="dim">{text.followed}</span>
      </Space>
      <Failure error={error} again={again} />
      <Table<Delivery>
        rowKey="id"
        size="small"
        loading={isFirst}
        dataSource={rows}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: isFirst ? ' ' : <Empty description={text.noDeliveries} /> }}
        columns={[
          { title: text.created, render: (_, { createdAt }) => <Ago at={createdAt} /> },
          {
            title: text.state,
            render: (_, { status }) => (
              <Tag className={`tone ${tones[status]}`} data-delivery={status}>
                {text.status[status]}
              </Tag>
            ),
          },
          { title: text.attempts, align: 'end', dataIndex: 'attempts' },
          { title: text.answer, align: 'end', render: (_, { responseStatus }) => responseStatus ?? '-' },
          {
            title: text.error,
            render: (_, delivery) => <span className="pre delivery-error">{delivery.error}</span>,
          },
          {
            title: text.nextAttempt,
            render: (_, { nextAttemptAt }) => nextAttemptAt && <At at={nextAttemptAt} />,
          },
          {
            key: 'actions',
            render: (_, { eventCursor }) => (
              <Tooltip title={text.fromHere}>
                <Button size="small" onClick={() => replay(eventCursor)}>
                  {text.replay}
                </Button>
              </Tooltip>
            ),
          },
        ]}
      />
      {hasMore && (
        <Button loading={isLoading} onClick={more}>
          {common.more}
        </Button>
      )}
    </section>
  );
}
