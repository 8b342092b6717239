/** What stands around every page: the menu, how live it is, and the preferences. */
import { MenuOutlined } from '@ant-design/icons';
import { Button, Grid, Layout, Menu, Spin } from 'antd';
import { Suspense, lazy, useEffect, useState } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { pages } from './pages/pages.tsx';
import { Broken } from './parts/broken.tsx';
import { LiveMark } from './parts/live-mark.tsx';
import { ChoosingContext, Preferences } from './parts/preferences.tsx';
import { signOut } from './session.ts';
import type { Chosen } from './settings.ts';
import { useCommon } from './words/common.ts';

// On phones alone.
const Drawer = lazy(() => import('antd/es/drawer'));

type Props = { chosen: Chosen; choose: (next: Chosen) => void; signedOut: () => void };

export function Shell({ chosen, choose, signedOut }: Props) {
  const common = useCommon();
  const [location] = useLocation();
  const isWide = Grid.useBreakpoint().md ?? true;
  const [isOpen, setOpen] = useState(false);
  const here = pages.find(({ name }) => location === `/panel/${name}` || location.startsWith(`/panel/${name}/`));
  const title = here && common.pages[here.name];
  useEffect(() => {
    document.title = title ? `${title} · wxgraph` : 'wxgraph';
  }, [title]);
  useEffect(() => setOpen(false), [location]);

  const menu = (
    <Menu
      mode="inline"
      selectedKeys={here ? [here.name] : []}
      style={{ borderInlineEnd: 0 }}
      items={pages.map(({ name, icon }) => ({
        key: name,
        icon,
        label: <Link href={`/panel/${name}`}>{common.pages[name]}</Link>,
      }))}
    />
  );
  async function leave(): Promise<void> {
    await signOut();
    signedOut();
  }

  return (
    <Layout className="layout">
      <a className="skip" href="#content">
        {common.skip}
      </a>
      <Layout.Header className="head" style={{ background: 'var(--ant-color-bg-container)' }}>
        {!isWide && <Button aria-label={common.menu} icon={<MenuOutlined />} onClick={() => setOpen(true)} />}
        <strong>wxgraph</strong>
        <h1>{title}</h1>
        <span className="grow" />
        <LiveMark />
        {isWide && <Preferences chosen={chosen} choose={choose} />}
        <Button onClick={leave}>{common.signOut}</Button>
      </Layout.Header>
      <Layout>
        {isWide ? (
          <Layout.Sider theme="light" width={176} role="navigation" aria-label={common.menu}>
            {menu}
          </Layout.Sider>
        ) : (
          isOpen && (
            <Suspense>
              <Drawer open title={common.menu} placement="left" onClose={() => setOpen(false)} size={260}>
                {menu}
                <Preferences chosen={chosen} choose={choose} />
              </Drawer>
            </Suspense>
          )
        )}
        <Layout.Content id="content" role="main">
          <Broken key={here?.name ?? ''}>
            <ChoosingContext value={{ chosen, choose }}>
              <Suspense fallback={<Spin className="center" />}>
                <Switch>
                  <Route path="/">
                    <Redirect to="/panel/accounts" replace />
                  </Route>
                  <Route path="/panel">
                    <Redirect to="/panel/accounts" replace />
                  </Route>
                  {pages.map(({ name, Page }) => (
                    <Route key={name} path={`/panel/${name}/*?`}>
                      <Page />
                    </Route>
                  ))}
                  <Route>
                    <h2 className="center">{common.notFound}</h2>
                  </Route>
                </Switch>
              </Suspense>
            </ChoosingContext>
          </Broken>
        </Layout.Content>
      </Layout>
    </Layout>
  );
}
