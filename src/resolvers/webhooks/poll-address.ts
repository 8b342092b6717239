/**
 * The poll_api of Openwx: an address that is asked again and again, and that may answer with a redirect to a call of this gateway. That is
 * how a program outside of a private network has something done inside.
 */
import { WebCallError, type WebReply, webCall } from '../../web-call.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import type { ServedWebhook } from './served-webhook.ts';

/** After each answer, and while no account runs. */
const everyMs = 5_000;
/** An answer is expected to take long: it comes when there is something to be done. */
const timeoutMs = 120_000;

/** Makes a request of the gateway itself, without the network, as this caller; `path` with its query. Answers the HTTP status. */
export type Visit = (caller: Caller, path: string) => Promise<number>;

/** Asks once, where there is somebody to be asked for; answers when to ask again, null: when something changes. */
export function pollAddress(
  { app, log, ready, over }: Pick<ServedWebhook, 'app' | 'log' | 'ready' | 'over'>,
  visit: Visit,
): () => Promise<Millis | null> {
  return async () => {
    const present = await ready();
    const address = present?.webhook.pollUrl ?? null;
    if (present === null || address === null) return null;
    if (!(await isRunning(app, present.caller))) return everyMs;
    try {
      const answer = await ask(app, address, over);
      const path = ownCall(app, answer);
      if (path !== null) {
        const status = await visit(present.caller, path);
        log.info({ call: path.split('?', 1)[0], status }, 'call of a poll made');
      } else if (answer.status >= 300 && answer.status < 400) {
        log.warn({ status: answer.status }, 'a poll was redirected to what is no call of this gateway');
      }
    } catch (error) {
      if (!(error instanceof WebCallError)) throw error;
      log.debug({ why: error.message }, 'poll not answered');
    }
    return everyMs;
  };
}

function ask(app: App, address: string, signal: AbortSignal): Promise<WebReply> {
  const headers = { accept: '*/*', 'user-agent': `wxgraph/${app.version}` };
  const { allowHosts } = app.config;
  return webCall(address, { method: 'GET', headers, allowHosts, timeoutMs, maxBytes: 0 }, signal);
}

/** A client polls while it runs. */
async function isRunning(app: App, { accountIds }: Caller): Promise<boolean> {
  const filter = { ids: accountIds, states: ['RUNNING'] as const, now: app.clock.now() };
  return (await app.store.queries.accounts(filter, { first: 1 })).items.length > 0;
}

/** The path of the call that an answer redirects to; null for anything else, whatever it is. */
function ownCall(app: App, { status, headers }: WebReply): string | null {
  if (![301, 302, 303, 307].includes(status)) return null;
  const url = URL.parse(locationIn(headers), app.publicUrl());
  if (url === null || !isOwnHost(app, url) || !url.pathname.startsWith('/openwx/')) return null;
  return url.pathname + url.search;
}

/** Headers come as Latin-1, and old programs write UTF-8 into them. */
function locationIn({ location }: WebReply['headers']): string {
  return Buffer.from(location ?? '', 'latin1').toString('utf8');
}

/** Old programs know the gateway by the address that Openwx had on its own machine. */
function isOwnHost(app: App, { protocol, hostname, host }: URL): boolean {
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname) || host === new URL(app.publicUrl()).host;
}
