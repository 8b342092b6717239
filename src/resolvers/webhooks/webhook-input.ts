/** What may be asked of a webhook. */
import type { WebhookUpdate } from '../../db/store.ts';
import type { EventType, WebhookFormat } from '../../words.ts';
import type { App } from '../app.ts';
import { checkDestination } from './destination.ts';
import { badInput } from '../errors.ts';
import { readText } from '../input.ts';
import { readAccountIds } from '../accounts/read-account-ids.ts';

/** Of one gateway. Each costs a task that waits, and a connection while it posts. */
export const mostWebhooks = 1_000;

const mostEvents = 100;

/** Fields that are left out stay as they are; null clears. */
export type WebhookInput = {
  url?: string | null;
  types?: readonly EventType[] | null;
  accountIds?: readonly string[] | null;
  enabled?: boolean | null;
  allowReply?: boolean | null;
  events?: readonly string[] | null;
  mediaData?: boolean | null;
  pollUrl?: string | null;
};

/** What is asked of a webhook of this format. Throws BAD_INPUT, NOT_FOUND for an account, URL_NOT_ALLOWED. */
export async function readWebhookInput(app: App, format: WebhookFormat, input: WebhookInput): Promise<WebhookUpdate> {
  requireOpenwx(format, input);
  const update: WebhookUpdate = {};
  if (input.url !== undefined) {
    if (input.url === null) throw badInput('url', 'A webhook must keep an address.');
    update.url = await checkDestination(app, 'url', input.url);
  }
  if (input.types !== undefined) update.types = readTypes(input.types);
  if (input.accountIds !== undefined) {
    update.accountIds = input.accountIds === null ? null : await readAccountIds(app, input.accountIds);
  }
  for (const name of ['enabled', 'allowReply', 'mediaData'] as const) {
    const value = input[name];
    if (value === null) throw badInput(name, `${name} is true or false.`);
    if (value !== undefined) update[name] = value;
  }
  if (input.events !== undefined) update.events = readEventNames(input.events);
  if (input.pollUrl !== undefined) {
    update.pollUrl = input.pollUrl === null ? null : await checkDestination(app, 'pollUrl', input.pollUrl);
  }
  return update;
}

/** What only Openwx has. `mediaData` is true unless it is asked otherwise, and says nothing elsewhere. */
function requireOpenwx(format: WebhookFormat, { allowReply, events, mediaData, pollUrl }: WebhookInput): void {
  if (format === 'OPENWX') return;
  const asked = {
    allowReply: allowReply === true,
    events: Boolean(events),
    mediaData: mediaData === false,
    pollUrl: Boolean(pollUrl),
  };
  const [field] = Object.entries(asked).find(([, isAsked]) => isAsked) ?? [];
  if (field !== undefined)
    throw badInput(field, `${field} is for webhooks in the format OPENWX; this one is ${format}.`);
}

function readTypes(types: readonly EventType[] | null): EventType[] | null {
  const wrong = types?.find((type) => type === 'CAUGHT_UP' || type === 'CHECKPOINT');
  if (wrong !== undefined) throw badInput('types', `${wrong} exists on the subscription only.`);
  return types && [...new Set(types)];
}

function readEventNames(events: readonly string[] | null): string[] | null {
  if (events === null) return null;
  if (events.length > mostEvents) throw badInput('events', `Name at most ${mostEvents} events.`);
  return [...new Set(events.map((name) => readText('events', name, 100)))];
}
