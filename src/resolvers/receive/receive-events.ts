/** What an upstream told, by callback or poll, goes into the log: durable when this resolves. */
import { createHash } from 'node:crypto';
import type { Account } from '../../db/model.ts';
import type { Incoming } from '../../db/store.ts';
import type { DriverEvent, UpstreamMessage } from '../../drivers/driver.ts';
import type { MediaBytes } from '../../drivers/media.ts';
import type { StoredFile } from '../../words.ts';
import type { App } from '../app.ts';
import { deleteUnusedFiles } from '../media/delete-unused-files.ts';
import { keepPosted } from '../media/keep-media.ts';

/** Stores events of one account in their order, media with their messages; resolves after the commit. */
export async function receiveEvents(app: App, account: Account, events: readonly DriverEvent[]): Promise<void> {
  const now = app.clock.now();
  const files: string[] = [];
  const keep: Keep = async ({ bytes, ...told }) => {
    if (bytes === undefined || bytes === 'FETCHABLE') return bytes === undefined ? told : { ...told, bytes };
    if (bytes.bytes.length === 0) return told;
    const stored = await keepPosted(app, bytes.bytes);
    files.push(stored.file);
    return { ...told, bytes: stored };
  };
  try {
    const incoming: Incoming[] = [];
    for (const event of events) {
      for (const told of await translate(event, now, keep)) incoming.push({ accountId: account.id, now, ...told });
    }
    await app.commit(incoming);
  } catch (error) {
    // Nothing was written, so nobody knows of them.
    await Promise.allSettled(files.map((file) => app.mediaStore.delete(file)));
    throw error;
  }
  // Those of a message that was there already.
  if (files.length > 0) void deleteUnusedFiles(app);
}

type Told = Incoming extends infer One ? (One extends Incoming ? Omit<One, 'accountId' | 'now'> : never) : never;

/** Puts the bytes that were posted along into the media store. */
type Keep = <One extends { bytes?: MediaBytes | 'FETCHABLE' }>(
  told: One,
) => Promise<Omit<One, 'bytes'> & { bytes?: StoredFile | 'FETCHABLE' }>;

async function translate(event: DriverEvent, now: number, keep: Keep): Promise<Told[]> {
  switch (event.type) {
    case 'message':
      return [{ type: 'message', message: { ...(await keep(event.message)), key: keyOf(event.message) } }];
    case 'rest':
      return [{ type: 'rest', rest: await keep(event.rest) }];
    case 'state':
      // A code is posted before the state that it belongs to, which comes without one.
      return [
        {
          type: 'state',
          change: {
            state: event.state,
            reason: event.reason,
            qrCode: event.qrCode ?? (event.state === 'SCANNING' ? 'keep' : null),
            now,
          },
        },
      ];
    case 'contact':
    case 'member':
      return [{ ...event, property: event.property ?? null, from: event.from ?? null, to: event.to ?? null }];
    case 'self':
    case 'contacts':
      return [event];
    case 'skipped': {
      const { what, raw } = event;
      // What was not understood is kept as it came.
      return raw === undefined
        ? [{ type: 'skipped', what }]
        : [
            { type: 'skipped', what },
            { type: 'quarantine', body: raw, reason: what },
          ];
    }
  }
}

/**
 * What makes it the same message again. Without an upstream id: a hash of type, peers, time and text, which may take two
 * truly equal messages of one second for one, and never takes a message with an id for one without.
 */
function keyOf(message: UpstreamMessage): string {
  if (message.upstreamId !== null) return message.upstreamId;
  if (message.content.type === 'FriendRequest') {
    // It has no time of its own: the same request, posted and polled, comes with two.
    return hash([message.kind, message.content.wxid, message.content.ticket, message.content.greeting]);
  }
  return hash([
    message.kind,
    message.direction,
    message.peer.wxid,
    message.sender.wxid,
    message.sentAt,
    message.text,
    JSON.stringify(message.content),
  ]);
}

function hash(parts: readonly unknown[]): string {
  return `hash:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
