import type { ClientState } from '../../words.ts';

/** Openwx's words for states, in its own spelling. */
export const stateWords: Record<ClientState, string> = {
  INIT: 'init',
  LOADING: 'loading',
  SCANNING: 'scaning',
  CONFIRMING: 'confirming',
  UPDATING: 'updating',
  RUNNING: 'running',
  SUSPECT: 'running',
  OFFLINE: 'stop',
  STOPPED: 'stop',
};
