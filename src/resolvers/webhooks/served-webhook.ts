/** What the parts of one webhook's service share. */
import type { Logger } from 'pino';
import type { App } from '../app.ts';
import type { Bell } from '../bell.ts';
import type { Ready } from './webhook-caller.ts';

export type ServedWebhook = {
  app: App;
  id: number;
  log: Logger;
  /** The webhook where it is to be served now; null where it is switched off, its token has ended or it is gone. */
  ready(): Promise<Ready | null>;
  /** Rung when there may be something to post for the first time, to post again, and to be asked. */
  heads: Bell;
  retries: Bell;
  polls: Bell;
  /** Aborts when the webhook is gone or the gateway stops. */
  over: AbortSignal;
};

/** One that has nothing to do looks so often, so that its position in the log does not grow old. */
export const lookEveryMs = 600_000;
