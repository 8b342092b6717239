import { CodeOutlined } from '@ant-design/icons';
import { Button, type ButtonProps, Tooltip } from 'antd';
import type { DocumentNode } from 'graphql';
import { Suspense, lazy, useState } from 'react';
import { useCommon } from '../words/common.ts';

type Call = { document: DocumentNode; variables: Record<string, unknown> };
export type TitledCall = Call & { title: string };

type Props = Pick<ButtonProps, 'size' | 'type'> & {
  /** What there is to know beside the call itself. */
  note?: string;
} & (Call | { calls: readonly TitledCall[] });

// Few ask for it, and the printer of GraphQL is not small.
const Dialog = lazy(() => import('./same-as-dialog.tsx'));

/**
 * The public API call that an action of the panel is: there is nothing that the panel alone can do. One button stands for all the actions
 * beside it, each by its title.
 */
export function SameAs({ size, type, note, ...given }: Props) {
  const common = useCommon();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Tooltip title={common.showAsCode}>
        <Button
          size={size}
          type={type}
          aria-label={common.showAsCode}
          icon={<CodeOutlined />}
          onClick={() => setOpen(true)}
        />
      </Tooltip>
      {isOpen && (
        <Suspense>
          <Dialog
            calls={'calls' in given ? given.calls : [{ ...given, title: '' }]}
            note={note}
            close={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}
