/** Where each account's upstream posts to. */
import { Alert, Button, Table, Typography } from 'antd';
import { Failure } from '../../parts/failure.tsx';
import { usePages } from '../../parts/pages.ts';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { type AccountRow, accountsDocument } from '../accounts/account.ts';
import { useApiWords } from './words.ts';

export function Callbacks() {
  const { callbacks: text } = useApiWords();
  const common = useCommon();
  const maySee = useMay('ADMIN');
  const { items, error, isFirst, hasMore, isLoading, more, again } = usePages(
    accountsDocument,
    { filter: null },
    ({ accounts }) => accounts,
  );
  if (!maySee) return <Alert type="info" showIcon title={text.hidden} />;
  return (
    <>
      <p>{text.about}</p>
      <p className="dim">{text.secret}</p>
      <Failure error={error} again={again} />
      <Table<AccountRow>
        rowKey="id"
        size="small"
        loading={isFirst}
        dataSource={items}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: isFirst ? ' ' : common.nothing }}
        columns={[
          { title: text.account, render: (_, { id, name }) => `${id} ${name}` },
          { title: text.driver, render: (_, { driver }) => common.driver[driver] },
          {
            title: text.address,
            render: (_, { callbackUrl }) => (
              <Typography.Text copyable={{ text: callbackUrl ?? '' }} code>
                {callbackUrl}
              </Typography.Text>
            ),
          },
        ]}
      />
      {hasMore && (
        <Button loading={isLoading} onClick={more}>
          {common.more}
        </Button>
      )}
    </>
  );
}
