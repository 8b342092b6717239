/** Who may call the gateway. */
import { PlusOutlined } from '@ant-design/icons';
import { Button, Empty, Popconfirm, Space, Table, type TableColumnsType, Tag } from 'antd';
import { useState } from 'react';
import { useAction } from '../../parts/action.ts';
import { Failure } from '../../parts/failure.tsx';
import { usePages } from '../../parts/pages.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { Ago, At, useNow } from '../../parts/time.tsx';
import { useViewer } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { AddToken } from './add-token.tsx';
import { Secret } from './secret.tsx';
import { type TokenRow, revokeTokenDocument, tokensDocument } from './token.ts';
import { useSettingsWords } from './words.ts';

export function Tokens() {
  const { tokens: text } = useSettingsWords();
  const common = useCommon();
  const own = useViewer().token?.id;
  const now = useNow();
  const { items, error, isFirst, hasMore, isLoading, more, again } = usePages(
    tokensDocument,
    {},
    ({ apiTokens }) => apiTokens,
  );
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [revoke] = useAction(revokeTokenDocument);
  const columns: TableColumnsType<TokenRow> = [
    {
      title: text.name,
      render: (_, { id, name }) => (
        <>
          {name} {id === own && <Tag>{text.own}</Tag>}
        </>
      ),
    },
    { title: text.scope, render: (_, { scope }) => common.scope[scope] },
    {
      title: text.accounts,
      render: (_, { accountIds }) =>
        accountIds === null ? text.every : accountIds.map((id) => <Tag key={id}>{id}</Tag>),
    },
    { title: text.lastUsed, render: (_, { lastUsedAt }) => <Ago at={lastUsedAt} /> },
    {
      title: text.expires,
      render: (_, { expiresAt }) =>
        expiresAt === null ? (
          text.never
        ) : new Date(expiresAt).getTime() <= now ? (
          <Tag className="tone tone-bad">{text.expired}</Tag>
        ) : (
          <At at={expiresAt} />
        ),
    },
    { title: text.created, responsive: ['lg'], render: (_, { createdAt }) => <At at={createdAt} /> },
    {
      key: 'actions',
      render: (_, { id, name }) => (
        <Space>
          <Popconfirm
            title={text.revokeQuestion(name)}
            description={id === own && text.revokeOwn}
            okText={text.revoke}
            okButtonProps={{ danger: true }}
            cancelText={common.cancel}
            onConfirm={() => revoke({ id })}
          >
            <Button size="small" danger>
              {text.revoke}
            </Button>
          </Popconfirm>
          <SameAs document={revokeTokenDocument} variables={{ id }} />
        </Space>
      ),
    },
  ];
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <div className="row">
        <span className="grow dim">{text.about}</span>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
          {text.add}
        </Button>
      </div>
      <Failure error={error} again={again} />
      <Table<TokenRow>
        rowKey="id"
        size="small"
        loading={isFirst}
        dataSource={items}
        pagination={false}
        scroll={{ x: 'max-content' }}
        columns={columns}
        locale={{ emptyText: isFirst ? ' ' : <Empty description={text.empty} /> }}
      />
      {hasMore && (
        <Button loading={isLoading} onClick={more}>
          {common.more}
        </Button>
      )}
      {isAdding && (
        <AddToken
          close={() => setAdding(false)}
          made={(fresh) => {
            setAdding(false);
            setSecret(fresh);
          }}
        />
      )}
      {secret !== null && <Secret title={text.made} secret={secret} close={() => setSecret(null)} />}
    </Space>
  );
}
