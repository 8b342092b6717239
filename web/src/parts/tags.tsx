/** The closed lists of the schema, as small coloured words. */
import { Tag, Tooltip } from 'antd';
import { useCommon } from '../words/common.ts';
import { Ago } from './time.tsx';

type Common = ReturnType<typeof useCommon>;
export type State = keyof Common['state'];
export type Status = keyof Common['status'];

/** Each tone is a class of `panel.css`. */
type Tone = 'good' | 'busy' | 'wait' | 'warn' | 'bad' | 'doubt' | 'quiet';

const stateTones: Record<State, Tone> = {
  INIT: 'quiet',
  LOADING: 'busy',
  SCANNING: 'wait',
  CONFIRMING: 'wait',
  UPDATING: 'busy',
  RUNNING: 'good',
  SUSPECT: 'warn',
  OFFLINE: 'bad',
  STOPPED: 'quiet',
};

type StateTagProps = { state: State; reason?: string | null; since?: string | null };

/** The state of an account, with the reason and since when. */
export function StateTag({ state, reason, since }: StateTagProps) {
  const common = useCommon();
  const tag = (
    <Tag className={`tone tone-${stateTones[state]}`} tabIndex={reason || since ? 0 : undefined} data-state={state}>
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

/** An outcome nobody knows has a tone of its own: it is neither a success nor a failure. */
export const statusTones: Record<Status, Tone> = {
  QUEUED: 'quiet',
  DISPATCHING: 'busy',
  SENT: 'good',
  FAILED: 'bad',
  UNKNOWN: 'doubt',
  UNRESOLVED: 'doubt',
  CANCELLED: 'quiet',
  EXPIRED: 'quiet',
};

export function StatusTag({ status }: { status: Status }) {
  const common = useCommon();
  const tag = (
    <Tag className={`tone tone-${statusTones[status]}`} data-status={status}>
      {common.status[status]}
    </Tag>
  );
  if (status !== 'UNKNOWN' && status !== 'UNRESOLVED') return tag;
  return <Tooltip title={common.statusHelp[status]}>{tag}</Tooltip>;
}
