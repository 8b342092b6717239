import { Alert, Button, Input, Popconfirm, Select, Space } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Code } from '../parts/code.tsx';
import { useCommon } from '../words/common.ts';
import { type Answer, callRoute } from './answer.ts';
import { GiveToken, takesSession } from './caller-bar.tsx';
import { useCaller } from './caller.tsx';
import type { Document, Route } from './document.ts';
import { type Example, type Filled, addressOf, curlOf, requestOf, takesFile } from './request.ts';
import { useDocsWords } from './words.ts';

type Props = { route: Route; document: Document; examples: readonly Example[] };

/** Calls a route with what the reader fills in, and shows what it answers and the same as a command. */
export function TryIt({ route, document: found, examples }: Props) {
  const text = useDocsWords();
  const { session, token, again } = useCaller();
  const [filled, setFilled] = useState(examples[0]!.filled);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [leave, setLeave] = useState<AbortController | null>(null);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);
  const { operation, path } = route;
  const effect = operation['x-effect'] ?? 'reads';
  const isOpen = operation.security !== undefined;
  const mayCall = isOpen || token !== null || (session != null && takesSession(found));

  async function call(): Promise<void> {
    const controller = new AbortController();
    running.current = controller;
    setLeave(controller);
    setAnswer(null);
    setFailure(null);
    try {
      const request = requestOf(route, filled, token?.secret ?? null);
      await callRoute(addressOf(route, filled), request, setAnswer, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
    }
    setLeave(null);
    if (path === '/session') again();
  }
  const lacksFile = takesFile(filled.type) && filled.file === null;
  return (
    <div className="try-it">
      <Form route={route} examples={examples} filled={filled} change={setFilled} />
      {effect !== 'reads' && <Alert type="warning" showIcon title={text.effects[effect]} />}
      {!mayCall && <GiveToken />}
      <Space wrap>
        <Asking question={effect === 'reads' ? null : text.questions[effect]} go={() => void call()}>
          {(ask) => (
            <Button type="primary" disabled={!mayCall || lacksFile} loading={leave !== null} onClick={ask}>
              {text.call}
            </Button>
          )}
        </Asking>
        {leave !== null && <Button onClick={() => leave.abort()}>{text.stop}</Button>}
      </Space>
      {failure !== null && <Alert type="error" showIcon role="alert" title={text.unanswered} description={failure} />}
      <div aria-live="polite">{answer && <Answered answer={answer} />}</div>
      <h4>curl</h4>
      <Code text={curlOf(route, filled)} />
    </div>
  );
}

type AskingProps = { question: string | null; go: () => void; children: (ask: (() => void) | undefined) => ReactNode };

/** Asks once before something is done; without a question it is done at once. */
function Asking({ question, go, children }: AskingProps) {
  const text = useDocsWords();
  const common = useCommon();
  if (question === null) return children(go);
  return (
    <Popconfirm title={question} okText={text.call} cancelText={common.cancel} onConfirm={go}>
      {children(undefined)}
    </Popconfirm>
  );
}

type FormProps = { route: Route; examples: readonly Example[]; filled: Filled; change: (filled: Filled) => void };

function Form({ route: { operation }, examples, filled, change }: FormProps) {
  const text = useDocsWords();
  const { operationId, parameters = [] } = operation;
  const { values, type, body } = filled;
  return (
    <>
      {parameters.map(({ name, required = false }) => (
        <label key={name} className="try-field">
          <span>
            <code>{name}</code> {required && <span className="needed">{text.required}</span>}
          </span>
          <Input
            value={values[name] ?? ''}
            onChange={({ target }) => change({ ...filled, values: { ...values, [name]: target.value } })}
          />
        </label>
      ))}
      {examples.length > 1 && (
        <label className="try-field">
          <span>{text.example}</span>
          <Select
            aria-label={text.example}
            defaultValue={0}
            options={examples.map(({ title }, value) => ({ value, label: title }))}
            onChange={(at) => change({ ...examples[at]!.filled, values })}
          />
        </label>
      )}
      {takesFile(type) && (
        <label className="try-field">
          <span>{text.file}</span>
          <input type="file" onChange={({ target }) => change({ ...filled, file: target.files?.[0] ?? null })} />
        </label>
      )}
      {type !== null && !takesFile(type) && (
        <label className="try-field" htmlFor={`${operationId}-body`}>
          <span>
            {text.body} <code>{type}</code>
          </span>
          <Input.TextArea
            id={`${operationId}-body`}
            className="try-body"
            spellCheck={false}
            // What antd measures to do so by itself can be tabbed to.
            rows={Math.min(Math.max(body.split('\n').length, 2), 16)}
            value={body}
            onChange={({ target }) => change({ ...filled, body: target.value })}
          />
        </label>
      )}
    </>
  );
}

function Answered({ answer: { status, statusText, ms, headers, text: body, image, isCut } }: { answer: Answer }) {
  const text = useDocsWords();
  useEffect(() => () => (image === null ? undefined : URL.revokeObjectURL(image)), [image]);
  return (
    <div className="answer" data-status={status}>
      <h4>
        {text.answer}{' '}
        <span className={status < 400 ? 'answer-good' : 'answer-bad'}>
          {status} {statusText}
        </span>{' '}
        <span className="dim">{text.took(Math.round(ms))}</span>
      </h4>
      <div className="dim pre">{headers.map(([name, value]) => `${name}: ${value}`).join('\n')}</div>
      {image !== null && <img src={image} alt={text.answer} className="answer-image" />}
      {body !== '' && <Code text={body} />}
      {isCut && <p className="dim">{text.cut}</p>}
    </div>
  );
}
