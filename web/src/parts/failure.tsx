import type { CombinedError } from '@urql/core';
import { Alert, Button } from 'antd';
import { useCommon } from '../words/common.ts';

/** The gateway's own words for what went wrong. */
export function describe(error: CombinedError): string {
  return error.graphQLErrors.map(({ message }) => message).join(' ') || error.message;
}

export function Failure({ error, again }: { error: CombinedError | undefined; again?: () => void }) {
  const common = useCommon();
  if (!error) return null;
  const text = error.networkError ? common.unreachable : describe(error);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={text}
      action={again && <Button onClick={again}>{common.retry}</Button>}
    />
  );
}
