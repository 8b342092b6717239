/** Events in the words of an old system: what its own program would post of them. The faces give the formats. */
import type { WebhookFormat } from '../../words.ts';
import type { App } from '../app.ts';
import type { Caller } from '../access/caller.ts';
import type { Event } from './read-events.ts';

/** What a receiver chose of what there is to post. */
export type FormatOptions = {
  /** Names of events, as the old system calls them; null: those that it posts by default. */
  events: readonly string[] | null;
  /** Whether the bytes of media are posted too. */
  mediaData: boolean;
};

/**
 * The bodies that tell of an event, in their order, each JSON in UTF-8; none where the old system has no words for it. They show
 * objects as they are at this moment, as the caller may see them.
 */
export type EncodeEvent = (
  app: App,
  caller: Caller,
  event: Event,
  options: FormatOptions,
) => Promise<readonly string[]>;

/** What a body tells that only shows whether bodies arrive. */
export type TestEvent = { timestamp: string; cursor: string };

export type EventFormat = {
  encode: EncodeEvent;
  /** A body as the system itself posts to try an address, or that no receiver does anything about. */
  test: (event: TestEvent) => string;
};

export type EventFormats = Readonly<Record<WebhookFormat, EventFormat>>;
