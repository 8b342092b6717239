import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useState } from 'react';
import { useClient } from 'urql';
import { useCommon } from '../words/common.ts';
import { describe } from './failure.tsx';
import { useSay } from './say.tsx';

/**
 * Runs a mutation. Answers its data, or null where it failed: the reader has been told by then, in the gateway's words.
 */
export function useAction<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): [run: (variables: Variables) => Promise<Data | null>, isRunning: boolean] {
  const client = useClient();
  const common = useCommon();
  const say = useSay();
  const [running, setRunning] = useState(0);

  async function run(variables: Variables): Promise<Data | null> {
    setRunning((count) => count + 1);
    const { data, error } = await client.mutation(document, variables).toPromise();
    setRunning((count) => count - 1);
    if (error) {
      void say.error(error.networkError ? common.unreachable : describe(error), 6);
      return null;
    }
    return data ?? null;
  }
  return [run, running > 0];
}
