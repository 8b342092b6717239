/** From the event log to what is posted to one webhook. */
import type { Seq, StoredEvent, Webhook } from '../../db/model.ts';
import type { NewDelivery } from '../../db/store.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import { readEpoch, showPosition } from '../events/cursors.ts';
import { GatewayError } from '../errors.ts';
import { showId } from '../ids.ts';
import { interestIn, readLog, showEvent } from '../events/read-events.ts';
import { filterFor } from './webhook-caller.ts';

/** So many events are planned in one step, and as many bytes; more wait in the log. */
const eventsAtOnce = 50;
const charactersAtOnce = 4 * 1024 * 1024;
/** An event may have to wait for its media: what was planned before it does not wait with it. */
const patienceMs = 100;
/** No receiver wants more, and a picture in base64 is less. */
const longestBody = 32 * 1024 * 1024;

/** What is posted of the events later than `after`, and up to where that goes. */
export type Planned = {
  deliveries: NewDelivery[];
  upTo: Seq;
  /** Whether the log held anything for it at all. */ isNews: boolean;
};

/** Of the next page of the log, no later than `until`. */
export async function planDeliveries(
  app: App,
  webhook: Webhook,
  caller: Caller,
  after: Seq,
  until: Seq,
): Promise<Planned> {
  const interest = interestIn(filterFor(webhook, caller));
  const page = await readLog(app, interest, after, until);
  const events = page.events.filter((event) => !isOwn(webhook, event));
  const deliveries: NewDelivery[] = [];
  let characters = 0;
  for (const [at, event] of events.entries()) {
    const isFull = at >= eventsAtOnce || characters > charactersAtOnce;
    const telling = isFull ? null : deliveriesOf(app, webhook, caller, event);
    const told = deliveries.length === 0 ? await telling : telling && (await soon(app, telling));
    if (told === null) return { deliveries, upTo: events[at - 1]!.seq, isNews: true };
    for (const delivery of told) {
      deliveries.push(delivery);
      characters += delivery.body?.length ?? 0;
    }
  }
  return { deliveries, upTo: page.upTo, isNews: events.length > 0 };
}

/** Null where it takes long; what comes of it then is nobody's. */
async function soon<T>(app: App, telling: Promise<T>): Promise<T | null> {
  const over = new AbortController();
  const late = app.clock.sleep(patienceMs, over.signal).then(() => null);
  try {
    return await Promise.race([telling, late]);
  } finally {
    over.abort();
    telling.catch(() => undefined);
  }
}

/** Told of itself it could go on for ever: each failure to tell it would be something to tell. */
function isOwn({ id }: Webhook, event: StoredEvent): boolean {
  return event.type === 'WEBHOOK_CHANGED' && event.webhookId === id;
}

async function deliveriesOf(app: App, webhook: Webhook, caller: Caller, stored: StoredEvent): Promise<NewDelivery[]> {
  const epoch = await readEpoch(app);
  const event = showEvent(epoch, stored);
  if (event === null) return [];
  const { seq } = stored;
  // The news that an account is gone is not the account's own.
  const accountId = stored.type === 'ACCOUNT_CHANGED' ? null : stored.accountId;
  const messageId = `evt_${showPosition(epoch, seq)}`;
  const lost = (error: string): NewDelivery => ({ seq, messageId, accountId, body: null, error });
  try {
    const bodies = await app.formats[webhook.format].encode(app, caller, event, webhook);
    return bodies.map((body, part) => {
      if (body.length > longestBody) return lost('The body is too long to be posted.');
      return { seq, messageId: part === 0 ? messageId : `${messageId}_${part}`, accountId, body };
    });
  } catch (error) {
    // What cannot be read now is read again; what cannot be told at all holds nothing up, and is listed.
    if (error instanceof GatewayError && error.code === 'UNAVAILABLE') throw error;
    app.log.error({ err: error, webhookId: showId('webhook', webhook.id), seq }, 'an event could not be told');
    return [lost('The gateway could not tell of this event.')];
  }
}
