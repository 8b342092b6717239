/** The closed lists of the schema, as small coloured words. */
import { Tag, Tooltip } from 'antd';
import { useCommon } from '../words/common.ts';
import { Ago } from './time.tsx';

type Common = ReturnType<typeof useCommon>;
export type State = keyof Common['state'];
export type Status = keyof Common['status'];

const stateColours: Record<State, string> = {
  INIT: 'default',
  LOADING: 'processing',
  SCANNING: 'gold',
  CONFIRMING: 'gold',
  UPDATING: 'processing',
  RUNNING: 'success',
  SUSPECT: 'volcano',
  OFFLINE: 'error',
  STOPPED: 'default',
};

type StateTagProps = { state: State; reason?: string | null; since?: string | null };

/** The state of an account, with the reason and since when. */
export function StateTag({ state, reason, since }: StateTagProps) {
  const common = useCommon();
  const tag = (
    <Tag color={stateColours[state]} tabIndex={reason || since ? 0 : undefined} data-state={state}>
      {common.state[state]}
    </Tag>
  );
  if (!reason && !since) return tag;
  return (
    <Tooltip
      title={
        <>
          {reason && <div>{reason}</div>}
          {since && <Ago at={since} />}
        </>
      }
    >
      {tag}
    </Tooltip>
  );
}

/** An outcome nobody knows has a colour of its own: it is neither a success nor a failure. */
export const statusColours: Record<Status, string> = {
  QUEUED: 'default',
  DISPATCHING: 'processing',
  SENT: 'success',
  FAILED: 'error',
  UNKNOWN: 'purple',
  UNRESOLVED: 'purple',
  CANCELLED: 'default',
  EXPIRED: 'default',
};

export function StatusTag({ status }: { status: Status }) {
  const common = useCommon();
  const tag = (
    <Tag color={statusColours[status]} data-status={status}>
      {common.status[status]}
    </Tag>
  );
  if (status !== 'UNKNOWN' && status !== 'UNRESOLVED') return tag;
  return <Tooltip title={common.statusHelp[status]}>{tag}</Tooltip>;
}
