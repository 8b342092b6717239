import { Alert, Button, Card, Form, Input } from 'antd';
import { useState } from 'react';
import { Preferences } from './parts/preferences.tsx';
import { signIn } from './session.ts';
import type { Chosen } from './settings.ts';
import { words } from './words/words.ts';

const useWords = words(
  {
    title: '登录 wxgraph',
    hint: '打开网关启动时打印的链接，或在这里输入令牌。令牌只用来换取会话，不会保存在浏览器里。',
    token: '令牌',
    missing: '请输入令牌',
    go: '登录',
    wrong: '这个令牌无效：可能已撤销或已过期。',
    throttled: '尝试次数过多，请一分钟后再试。',
    unreachable: '无法连接网关。',
  },
  {
    title: 'Sign in to wxgraph',
    hint: 'Open the link that the gateway printed when it started, or give a token. It is exchanged for a session and not kept in this browser.',
    token: 'Token',
    missing: 'Give a token',
    go: 'Sign in',
    wrong: 'This token does not work: it may be revoked or too old.',
    throttled: 'Too many tries. Try again in a minute.',
    unreachable: 'The gateway cannot be reached.',
  },
);

type Props = { chosen: Chosen; choose: (next: Chosen) => void; signedIn: () => void };

export default function SignIn({ chosen, choose, signedIn }: Props) {
  const text = useWords();
  const [failure, setFailure] = useState<'wrong' | 'throttled' | 'unreachable' | null>(null);
  const [isTrying, setTrying] = useState(false);

  async function submit({ token }: { token: string }): Promise<void> {
    setTrying(true);
    const failed = await signIn(token.trim());
    setTrying(false);
    setFailure(failed);
    if (failed === null) signedIn();
  }

  return (
    <main className="center">
      <Card title={<h1 style={{ fontSize: 18, margin: 0 }}>{text.title}</h1>} style={{ width: 'min(420px, 94vw)' }}>
        <p className="dim">{text.hint}</p>
        {failure && <Alert type="error" showIcon title={text[failure]} role="alert" style={{ marginBlockEnd: 12 }} />}
        <Form layout="vertical" onFinish={submit} requiredMark={false}>
          <Form.Item
            name="token"
            label={text.token}
            rules={[{ required: true, whitespace: true, message: text.missing }]}
          >
            <Input.Password autoComplete="current-password" autoFocus />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={isTrying}>
            {text.go}
          </Button>
        </Form>
      </Card>
      <Preferences chosen={chosen} choose={choose} />
    </main>
  );
}
