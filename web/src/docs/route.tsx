import { Button, Tabs, Tag } from 'antd';
import { useState } from 'react';
import { Code } from '../parts/code.tsx';
import { useCaller } from './caller.tsx';
import { type Document, type Route, fieldsOf, resolve } from './document.ts';
import { Fields } from './fields.tsx';
import { Marked } from './marked.tsx';
import { curlOf, examplesOf } from './request.ts';
import { TryIt } from './try-it.tsx';
import { useDocsWords } from './words.ts';

const tones: Record<string, string> = { GET: 'tone-busy', POST: 'tone-good', DELETE: 'tone-bad' };

export function Method({ method }: { method: string }) {
  return <Tag className={`tone ${tones[method]}`}>{method}</Tag>;
}

/** Everything about one route. */
export function RouteDocs({ route, document }: { route: Route; document: Document }) {
  const text = useDocsWords();
  const { accountIds } = useCaller();
  const [isTrying, setTrying] = useState(false);
  const { method, path, operation } = route;
  const requests = examplesOf(route, accountIds);
  const { operationId, summary, description, security, parameters = [], requestBody, responses } = operation;
  const [body] = Object.values(requestBody?.content ?? {});
  return (
    <section className="route sheet" id={operationId} aria-labelledby={`${operationId}-title`}>
      <h3 id={`${operationId}-title`}>
        <Method method={method} />
        <code>{path}</code>{' '}
        <span className="summary">
          <Marked text={summary} />
        </span>
      </h3>
      {description && (
        <p>
          <Marked text={description} />
        </p>
      )}
      {security && <p className="dim">{text.open}</p>}
      <Fields
        title={text.parameters}
        fields={parameters.map(({ name, in: where, required = false, description: meaning, schema }) => ({
          name,
          type: [schema.type].flat().join(' | '),
          isRequired: required,
          schema: { ...schema, description: meaning },
          where: text.where[where],
        }))}
      />
      {body && <Fields title={text.body} fields={fieldsOf(body.schema, document)} />}
      <div className="row">
        <h4>{isTrying ? text.tryIt : text.request}</h4>
        <span className="grow" />
        <Button
          size="small"
          aria-expanded={isTrying}
          aria-label={`${isTrying ? text.close : text.tryIt}: ${method} ${path}`}
          onClick={() => setTrying(!isTrying)}
        >
          {isTrying ? text.close : text.tryIt}
        </Button>
      </div>
      {isTrying ? (
        // Another account fills it in anew.
        <TryIt key={accountIds[0]} route={route} document={document} examples={requests} />
      ) : (
        <Examples examples={requests.map(({ title, filled }) => ({ title, text: curlOf(route, filled) }))} />
      )}
      {Object.entries(responses).map(([status, answer]) => {
        const [type, content] = Object.entries(answer.content ?? {})[0] ?? [];
        // How things fail is the same everywhere, and said once.
        if (content?.schema.$ref?.endsWith('/Error')) return null;
        return (
          <div key={status}>
            <h4>
              {text.answer} {status === 'default' ? text.failure : status}{' '}
              <span className="dim">
                <Marked text={answer.description} />
              </span>
            </h4>
            {content && (
              <Fields isAnswer title={type!} fields={fieldsOf(resolve(content.schema, document), document)} />
            )}
            {content?.example !== undefined && (
              <Examples examples={[{ title: text.example, text: JSON.stringify(content.example, null, 2) }]} />
            )}
          </div>
        );
      })}
    </section>
  );
}

function Examples({ examples }: { examples: readonly { title: string; text: string }[] }) {
  if (examples.length === 1) return <Code text={examples[0]!.text} />;
  return (
    <Tabs
      size="small"
      items={examples.map(({ title, text }, at) => ({ key: String(at), label: title, children: <Code text={text} /> }))}
    />
  );
}
