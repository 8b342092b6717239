/** `/docs`: the documentation by itself, for whoever is not signed in. */
import { Layout } from 'antd';
import { useEffect } from 'react';
import { Preferences } from '../parts/preferences.tsx';
import type { Chosen } from '../settings.ts';
import { RestDocs } from './rest-docs.tsx';
import { useDocsWords } from './words.ts';

export default function DocsPage({ chosen, choose }: { chosen: Chosen; choose: (next: Chosen) => void }) {
  const text = useDocsWords();
  useEffect(() => {
    document.title = `${text.title} · wxgraph`;
  }, [text]);
  const chooseHere = (next: Chosen): void => {
    // From here on the reader's choice holds, and no longer the address's.
    const here = new URL(location.href);
    here.searchParams.delete('lang');
    history.replaceState(null, '', here);
    choose(next);
  };
  return (
    <Layout className="layout">
      <Layout.Header className="head docs-head" style={{ background: 'var(--ant-color-bg-container)' }}>
        <strong>wxgraph</strong>
        <h1>{text.title}</h1>
        <span className="grow" />
        <a href={`/docs/openapi.json?lang=${chosen.language}`}>{text.raw}</a>
        <a href="/">{text.toPanel}</a>
        <Preferences chosen={chosen} choose={chooseHere} />
      </Layout.Header>
      <Layout.Content role="main">
        <div className="page">
          <RestDocs />
        </div>
      </Layout.Content>
    </Layout>
  );
}
