/** One account: how it is, what it can do, and everything that can be done to it. */
import { Button, Descriptions, Drawer, Progress, Space, Tag, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { StateTag } from '../../parts/tags.tsx';
import { Ago, At } from '../../parts/time.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useCommon } from '../../words/common.ts';
import { AccountForm } from './account-form.tsx';
import { type AccountRow, loggingIn, startDocument, stopDocument, syncDocument } from './account.ts';
import { DeleteAccount } from './delete-account.tsx';
import { useAccountsWords } from './words.ts';

type Props = { account: AccountRow; close: () => void; logIn: (id: string) => void };

export default function AccountDrawer({ account, close, logIn }: Props) {
  const text = useAccountsWords();
  const common = useCommon();
  const mayManage = useMay('ADMIN');
  const [isDeleting, setDeleting] = useState(false);
  const { id, name, state, stats, connection } = account;
  const { detail } = text;
  return (
    <Drawer open onClose={close} title={`${id} · ${name}`} size="min(560px, 100vw)">
      <Space orientation="vertical" size="large" style={{ width: '100%' }}>
        <Actions account={account} logIn={logIn} />
        <Descriptions column={1} size="small" title={detail.facts}>
          <Descriptions.Item label={text.state}>
            <StateTag state={state} />
          </Descriptions.Item>
          <Descriptions.Item label={detail.reason}>{account.stateReason ?? '-'}</Descriptions.Item>
          <Descriptions.Item label={detail.since}>
            <Ago at={account.stateSince} />
          </Descriptions.Item>
          <Descriptions.Item label={detail.wxid}>{account.wxid ?? '-'}</Descriptions.Item>
          <Descriptions.Item label={text.driver}>{common.driver[account.driver]}</Descriptions.Item>
          <Descriptions.Item label={detail.upstream}>
            <span className="pre">
              {[
                connection.baseUrl,
                ...Object.entries(connection).flatMap(([key, value]) => shownPart(key, value)),
              ].join(' · ')}
            </span>
          </Descriptions.Item>
          {account.callbackUrl && (
            <Descriptions.Item label={detail.callback}>
              <span>
                <Typography.Text copyable className="pre">
                  {account.callbackUrl}
                </Typography.Text>
                <div className="dim">{detail.callbackHelp}</div>
              </span>
            </Descriptions.Item>
          )}
          <Descriptions.Item label={text.lastMessage}>
            <Ago at={account.lastMessageAt} />
          </Descriptions.Item>
          <Descriptions.Item label={text.today}>
            {stats.todaySent} / {stats.todayFailed} / {stats.todayUnknown}
          </Descriptions.Item>
          <Descriptions.Item label={detail.totals}>{stats.totalSent}</Descriptions.Item>
          <Descriptions.Item label={text.queued}>{stats.queued}</Descriptions.Item>
          <Descriptions.Item label={detail.created}>
            <At at={account.createdAt} />
          </Descriptions.Item>
          <Descriptions.Item label={text.groups}>
            {account.groups?.nodes.map((group) => (
              <Tag key={group.id}>{group.name}</Tag>
            ))}
          </Descriptions.Item>
          <Descriptions.Item label={detail.capabilities}>
            <span>
              {account.capabilities.map((one) => (
                <Tag key={one}>{one}</Tag>
              ))}
            </span>
          </Descriptions.Item>
        </Descriptions>
        <Contacts account={account} />
        {mayManage && <AccountForm key={id} account={account} />}
        {mayManage && (
          <Button danger onClick={() => setDeleting(true)}>
            {detail.remove}
          </Button>
        )}
      </Space>
      {isDeleting && <DeleteAccount account={account} close={() => setDeleting(false)} deleted={close} />}
    </Drawer>
  );
}

/** What a connection has beside its address. */
function shownPart(key: string, value: string | null): string[] {
  return key === '__typename' || key === 'baseUrl' || value === null ? [] : [`${key}: ${value}`];
}

function Actions({ account, logIn }: { account: AccountRow; logIn: (id: string) => void }) {
  const text = useAccountsWords();
  const maySend = useMay('SEND');
  const [start, isStarting] = useAction(startDocument);
  const [stop, isStopping] = useAction(stopDocument);
  const { id, state, capabilities } = account;
  const isOff = state === 'STOPPED' || state === 'INIT';
  const calls = [
    { title: text.start, document: startDocument, variables: { id } },
    { title: text.stop, document: stopDocument, variables: { id } },
  ];
  return (
    <Space wrap>
      {isOff || state === 'OFFLINE' ? (
        <Button type="primary" disabled={!maySend} loading={isStarting} onClick={() => start({ id })}>
          {text.start}
        </Button>
      ) : null}
      {!isOff && (
        <Button disabled={!maySend} loading={isStopping} onClick={() => stop({ id })}>
          {text.stop}
        </Button>
      )}
      {capabilities.includes('QR_LOGIN') && (loggingIn.includes(state) || state === 'LOADING') && (
        <Button onClick={() => logIn(id)}>{text.logIn}</Button>
      )}
      <Link href={`/panel/inbox?account=${id}`}>{text.detail.toInbox}</Link>
      <Link href={`/panel/records?account=${id}`}>{text.detail.toRecords}</Link>
      <SameAs calls={isOff ? calls : calls.toReversed()} />
    </Space>
  );
}

function Contacts({ account: { id, contactSync, capabilities } }: { account: AccountRow }) {
  const text = useAccountsWords();
  const maySend = useMay('SEND');
  const [sync, isAsking] = useAction(syncDocument);
  const { state, done, total, error, finishedAt, friends, chatRooms, officialAccounts } = contactSync;
  if (!capabilities.includes('CONTACTS')) return null;
  return (
    <section>
      <Typography.Title level={5}>{text.detail.contacts}</Typography.Title>
      <p>{text.detail.counted(friends, chatRooms, officialAccounts)}</p>
      {state === 'RUNNING' ? (
        <>
          <p aria-live="polite">{text.detail.syncing(done, total)}</p>
          {total !== null && <Progress percent={Math.round((100 * done) / Math.max(total, 1))} />}
        </>
      ) : (
        <Space wrap>
          <Button disabled={!maySend} loading={isAsking} onClick={() => sync({ accountId: id })}>
            {text.detail.sync}
          </Button>
          <SameAs document={syncDocument} variables={{ accountId: id }} />
          {finishedAt && <Ago at={finishedAt} />}
          {error && <Typography.Text type="danger">{error}</Typography.Text>}
        </Space>
      )}
    </section>
  );
}
