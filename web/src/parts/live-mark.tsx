import { Badge } from 'antd';
import { useLiveness } from '../live/live.tsx';
import { useCommon } from '../words/common.ts';

const colours = { live: 'success', catchingUp: 'processing', connecting: 'default', reconnecting: 'error' } as const;

/** Whether what is shown is what is. */
export function LiveMark() {
  const common = useCommon();
  const liveness = useLiveness();
  return (
    <span role="status" data-liveness={liveness}>
      <Badge status={colours[liveness]} text={common.live[liveness]} />
    </span>
  );
}
