import { Alert, Button, Input, Select, Space } from 'antd';
import { useState } from 'react';
import { useCommon } from '../words/common.ts';
import { useCaller } from './caller.tsx';
import type { Document } from './document.ts';
import { useDocsWords } from './words.ts';

/** Whether a browser's session counts on the routes of a document. */
export function takesSession({ security }: Document): boolean {
  return security.some((one) => 'session' in one);
}

/** As whom, and with which account, the routes are tried. */
export function CallerBar({ document: found }: { document: Document }) {
  const text = useDocsWords();
  const common = useCommon();
  const caller = useCaller();
  const { session, token, accountIds } = caller;
  const accounts = (token?.who ?? session)?.accounts ?? [];
  const needsToken = token === null && !(session && takesSession(found));
  return (
    <section className="sheet caller" aria-label={text.tryIt}>
      <div className="row">
        <strong>{text.tryIt}</strong>
        {token !== null && <span>{text.asToken(common.scope[token.who.scope])}</span>}
        {token === null && session && !needsToken && <span>{text.asSession(common.scope[session.scope])}</span>}
        {token !== null && (
          <Button onClick={caller.forgetToken}>{token.madeId ? text.endToken : text.dropToken}</Button>
        )}
        <span className="grow" />
        {accounts.length > 0 && (
          <Select
            aria-label={text.account}
            showSearch={{ optionFilterProp: 'label' }}
            value={accountIds[0]}
            onChange={caller.choose}
            options={accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
            className="caller-account"
          />
        )}
      </div>
      {needsToken && <GiveToken />}
    </section>
  );
}

/** For who is not signed in, and for routes where that does not count. */
export function GiveToken() {
  const text = useDocsWords();
  const common = useCommon();
  const { session, useToken, makeToken } = useCaller();
  const [secret, setSecret] = useState('');
  const [scope, setScope] = useState<'READ' | 'SEND' | 'ADMIN'>('READ');
  const [isWrong, setWrong] = useState(false);
  const [isAsking, setAsking] = useState(false);
  if (session === undefined) return null;

  async function take(taken: Promise<boolean>): Promise<void> {
    setAsking(true);
    const isGood = await taken;
    setAsking(false);
    setWrong(!isGood);
  }
  return (
    <>
      <p className="dim">{session === null ? text.signedOut : text.tokensOnly}</p>
      {isWrong && <Alert type="error" showIcon role="alert" title={text.wrongToken} />}
      <Space wrap>
        <Space.Compact>
          <Input.Password
            aria-label={text.token}
            placeholder={text.token}
            autoComplete="off"
            value={secret}
            onChange={({ target }) => setSecret(target.value)}
          />
          <Button disabled={secret.trim() === ''} loading={isAsking} onClick={() => take(useToken(secret.trim()))}>
            {text.takeToken}
          </Button>
        </Space.Compact>
        {session?.scope === 'ADMIN' && (
          <Space.Compact>
            <Select
              aria-label={text.scope}
              value={scope}
              onChange={setScope}
              options={(['READ', 'SEND', 'ADMIN'] as const).map((one) => ({ value: one, label: common.scope[one] }))}
            />
            <Button loading={isAsking} onClick={() => take(makeToken(scope))}>
              {text.makeToken}
            </Button>
          </Space.Compact>
        )}
      </Space>
    </>
  );
}
