/** The documentation of the REST routes, from the document that the gateway serves. */
import { Alert, Button, Segmented, Spin } from 'antd';
import { useEffect } from 'react';
import { Code } from '../parts/code.tsx';
import { useFilters } from '../parts/filters.ts';
import { useCommon } from '../words/common.ts';
import { CallerBar } from './caller-bar.tsx';
import { CallerProvider, useNewCaller } from './caller.tsx';
import { type Document, fieldsOf, routesOf, type System, systems, useDocument } from './document.ts';
import { Fields } from './fields.tsx';
import { Marked } from './marked.tsx';
import { Method, RouteDocs } from './route.tsx';
import { useDocsWords } from './words.ts';
import './docs.css';

/** Of one system at a time; which one stands in the address. */
export function RestDocs() {
  const text = useDocsWords();
  const filters = useFilters();
  const system = systems.find((one) => one === filters.text('system')) ?? 'gateway';
  return (
    <CallerProvider value={useNewCaller()}>
      <div className="sections">
        <Segmented
          aria-label={text.system}
          value={system}
          options={systems.map((value) => ({ value, label: text.systems[value] }))}
          onChange={(next) => filters.set({ system: next === 'gateway' ? null : next })}
        />
      </div>
      <SystemDocs key={system} system={system} />
    </CallerProvider>
  );
}

function SystemDocs({ system }: { system: System }) {
  const text = useDocsWords();
  const common = useCommon();
  const { document: found, error, again } = useDocument(system);
  useEffect(() => {
    // A link to one route: it is there only now.
    if (found && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [found]);
  if (error !== null) {
    const action = <Button onClick={again}>{common.retry}</Button>;
    return <Alert type="error" showIcon role="alert" title={text.unavailable} action={action} />;
  }
  if (found === null) return <Spin className="center" />;
  return (
    <div className="docs">
      <Contents document={found} />
      <div className="docs-body">
        <Introduction document={found} />
        <CallerBar document={found} />
        {found.tags.map(({ name, description }) => (
          <section key={name} aria-label={description}>
            <h2>{description}</h2>
            {routesOf(found)
              .filter(({ operation }) => operation.tags[0] === name)
              .map((route) => (
                <RouteDocs key={route.operation.operationId} route={route} document={found} />
              ))}
          </section>
        ))}
        {found.components.schemas['Error'] && <Failures document={found} />}
      </div>
    </div>
  );
}

function Contents({ document: found }: { document: Document }) {
  const text = useDocsWords();
  return (
    <nav aria-label={text.contents} className="docs-contents">
      {found.tags.map(({ name, description }) => (
        <div key={name}>
          <strong>{description}</strong>
          {routesOf(found)
            .filter(({ operation }) => operation.tags[0] === name)
            .map(({ method, path, operation }) => (
              <a key={operation.operationId} href={`#${operation.operationId}`}>
                <Method method={method} />
                <span>{path}</span>
              </a>
            ))}
        </div>
      ))}
      {found.components.schemas['Error'] && <a href="#failures">{text.failure}</a>}
    </nav>
  );
}

function Introduction({ document: found }: { document: Document }) {
  const text = useDocsWords();
  return (
    <>
      <p>
        <Marked text={found.info.description} />
      </p>
      <h2>{text.auth}</h2>
      <ul>
        {Object.entries(found.components.securitySchemes).map(([name, { description }]) => (
          <li key={name}>
            <Marked text={description as string} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Everything fails in one shape. */
function Failures({ document: found }: { document: Document }) {
  const text = useDocsWords();
  const { '/send': paths } = found.paths;
  const example = paths?.post?.responses['default']?.content?.['application/json']?.example;
  const schema = found.components.schemas['Error']!;
  return (
    <section id="failures" aria-labelledby="failures-title">
      <h2 id="failures-title">{text.failure}</h2>
      <div className="route sheet">
        <Fields isAnswer title="application/json" fields={fieldsOf(schema, found)} />
        <Code text={JSON.stringify(example, null, 2)} />
      </div>
    </section>
  );
}
