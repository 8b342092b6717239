/** 分组: named sets of accounts. */
import { PlusOutlined } from '@ant-design/icons';
import { Button, Empty, Popconfirm, Space, Table, Tag } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import { useAction } from '../../parts/action.ts';
import { Failure } from '../../parts/failure.tsx';
import { usePages } from '../../parts/pages.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { At } from '../../parts/time.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { type GroupRow, deleteGroupDocument, groupsDocument } from './group.ts';
import { GroupForm } from './group-form.tsx';
import { useGroupsWords } from './words.ts';

/** A group of a hundred would push everything else out of the page. */
const mostShown = 5;

export default function GroupsPage() {
  const text = useGroupsWords();
  const common = useCommon();
  const mayManage = useMay('ADMIN');
  const { items, error, isFirst, hasMore, isLoading, more, again } = usePages(
    groupsDocument,
    {},
    ({ groups }) => groups,
  );
  const [edited, setEdited] = useState<GroupRow | 'new' | null>(null);
  const [remove] = useAction(deleteGroupDocument);

  return (
    <div className="page">
      <div className="row">
        <span className="grow dim">{text.about}</span>
        {mayManage && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
            {text.add}
          </Button>
        )}
      </div>
      <Failure error={error} again={again} />
      <Table<GroupRow>
        rowKey="id"
        size="small"
        loading={isFirst}
        dataSource={items}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: isFirst ? ' ' : <Empty description={text.empty} /> }}
        columns={[
          { title: 'ID', dataIndex: 'id' },
          { title: text.name, dataIndex: 'name' },
          {
            title: text.accounts,
            render: (_, { id: group, accounts }) => (
              <Space wrap size={4}>
                {accounts?.nodes.slice(0, mostShown).map(({ id, name }) => (
                  <Link key={id} href={`/panel/accounts?account=${id}`}>
                    <Tag>{name}</Tag>
                  </Link>
                ))}
                {accounts && (accounts.nodes.length > mostShown || accounts.pageInfo.hasNextPage) && (
                  <Link href={`/panel/accounts?group=${group}`}>
                    {text.others(accounts.nodes.length - mostShown, accounts.pageInfo.hasNextPage)}
                  </Link>
                )}
              </Space>
            ),
          },
          { title: text.created, responsive: ['md'], render: (_, { createdAt }) => <At at={createdAt} /> },
          {
            title: text.actions,
            render: (_, group) => (
              <Space wrap>
                <Link href={`/panel/send?target=${group.id}`}>{common.pages.send}</Link>
                <Link href={`/panel/accounts?group=${group.id}`}>{common.pages.accounts}</Link>
                {mayManage && (
                  <>
                    <Button size="small" onClick={() => setEdited(group)}>
                      {common.edit}
                    </Button>
                    <Popconfirm
                      title={text.removeQuestion(group.name)}
                      okText={common.delete}
                      cancelText={common.cancel}
                      onConfirm={() => remove({ id: group.id })}
                    >
                      <Button size="small" danger>
                        {common.delete}
                      </Button>
                    </Popconfirm>
                    <SameAs document={deleteGroupDocument} variables={{ id: group.id }} />
                  </>
                )}
              </Space>
            ),
          },
        ]}
      />
      {hasMore && (
        <Button loading={isLoading} onClick={more}>
          {common.more}
        </Button>
      )}
      {edited !== null && <GroupForm group={edited === 'new' ? null : edited} close={() => setEdited(null)} />}
    </div>
  );
}
