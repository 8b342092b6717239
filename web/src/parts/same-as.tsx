import { CodeOutlined } from '@ant-design/icons';
import { Button, Modal, Tabs, Tooltip, Typography } from 'antd';
import type { DocumentNode } from 'graphql';
import { print } from 'graphql/language/printer';
import { useState } from 'react';
import { useCommon } from '../words/common.ts';

type Props = { document: DocumentNode; variables: Record<string, unknown> };

/** The public API call that an action of the panel is: there is nothing that the panel alone can do. */
export function SameAs({ document, variables }: Props) {
  const common = useCommon();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Tooltip title={common.showAsCode}>
        <Button aria-label={common.showAsCode} icon={<CodeOutlined />} onClick={() => setOpen(true)} />
      </Tooltip>
      <Modal
        open={isOpen}
        onCancel={() => setOpen(false)}
        footer={null}
        width={760}
        title={common.showAsCode}
        destroyOnHidden
      >
        <Tabs
          items={[
            { key: 'graphql', label: 'GraphQL', children: <Code text={asGraphql(document, variables)} /> },
            { key: 'curl', label: 'curl', children: <Code text={asCurl(document, variables)} /> },
          ]}
        />
      </Modal>
    </>
  );
}

export function Code({ text }: { text: string }) {
  return (
    <Typography.Paragraph copyable={{ text }}>
      <pre className="pre" tabIndex={0}>
        {text}
      </pre>
    </Typography.Paragraph>
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
