import { Modal, Segmented, Tabs } from 'antd';
import type { DocumentNode } from 'graphql';
import { print } from 'graphql/language/printer';
import { useState } from 'react';
import { useCommon } from '../words/common.ts';
import { Code } from './code.tsx';
import type { TitledCall } from './same-as.tsx';

type Props = { calls: readonly TitledCall[]; note?: string | undefined; close: () => void };

export default function SameAsDialog({ calls, note, close }: Props) {
  const common = useCommon();
  const [title, setTitle] = useState(calls[0]!.title);
  // What is offered may change while the dialog is open.
  const { document, variables } = calls.find((call) => call.title === title) ?? calls[0]!;
  return (
    <Modal open onCancel={close} footer={null} width={760} title={common.showAsCode}>
      {calls.length > 1 && (
        <Segmented
          aria-label={common.action}
          className="same-as-actions"
          value={title}
          options={calls.map((call) => call.title)}
          onChange={setTitle}
        />
      )}
      {note !== undefined && <p className="dim">{note}</p>}
      <Tabs
        items={[
          { key: 'graphql', label: 'GraphQL', children: <Code text={asGraphql(document, variables)} /> },
          { key: 'curl', label: 'curl', children: <Code text={asCurl(document, variables)} /> },
        ]}
      />
    </Modal>
  );
}

function asGraphql(document: DocumentNode, variables: Record<string, unknown>): string {
  return `${print(document)}\n\n# variables\n${JSON.stringify(variables, null, 2)}`;
}

function asCurl(document: DocumentNode, variables: Record<string, unknown>): string {
  const body = JSON.stringify({ query: print(document).replaceAll(/\s+/g, ' '), variables });
  return [
    `curl ${location.origin}/graphql \\`,
    `  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
    `  -d '${body.replaceAll("'", String.raw`'\''`)}'`,
  ].join('\n');
}
