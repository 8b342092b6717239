/** How the gateway's copy of the media of messages stands. */
import type { Selectable } from 'kysely';
import type { MediaStatus, Millis, StoredFile } from '../../words.ts';
import type { Media, Seq } from '../model.ts';
import type { MediaOutcome, NewMessage } from '../store.ts';
import { liveAccount } from './account-rows.ts';
import type { Engine } from './engine.ts';
import { dropFile } from './files.ts';
import { append } from './journal.ts';
import { contentOf } from './message-content.ts';
import { selectMessage } from './message-keys.ts';
import { build, insertion, statement } from './sql.ts';
import type { MediaTable } from './tables.ts';

/** The row, with the content of its message where it has one. */
export type MediaRow = Selectable<MediaTable> & { content: string | null; text: string | null };

export function mediaOf(row: MediaRow): Media {
  const content =
    row.content === null || row.text === null ? null : contentOf({ content: row.content, text: row.text });
  const told = content?.type === 'Media' ? content.media : null;
  const stored = storedOf(row);
  return {
    id: row.id,
    accountId: row.account_id,
    messageSeq: row.message_seq,
    tokenId: row.token_id,
    status: row.status,
    stored,
    name: told?.name ?? row.name,
    mime: stored?.mime ?? told?.mime ?? null,
    size: stored?.size ?? told?.size ?? null,
    width: stored?.width ?? told?.width ?? null,
    height: stored?.height ?? told?.height ?? null,
    durationMs: told?.durationMs ?? null,
    upstreamPath: told?.upstreamPath ?? null,
    upstreamMediaId: told?.upstreamMediaId ?? null,
    createdAt: row.created_at,
  };
}

/** The file that a row points to; null where there is none. */
export function storedOf(
  row: Pick<MediaRow, 'file' | 'sha256' | 'size' | 'mime' | 'width' | 'height'>,
): StoredFile | null {
  if (row.file === null || row.sha256 === null || row.size === null || row.mime === null) return null;
  const { file, sha256, size, mime, width, height } = row;
  return { file, sha256, size, mime, width, height };
}

const insertMedia = insertion('media', [
  'account_id',
  'message_seq',
  'status',
  'file',
  'sha256',
  'size',
  'mime',
  'width',
  'height',
  'name',
  'due_at',
  'created_at',
]);
const selectOfMessage = statement(({ seq }: { seq: Seq }) =>
  build.selectFrom('media').select(['id', 'status']).where('message_seq', '=', seq),
);
const selectMedia = statement(({ id }: { id: number }) =>
  build.selectFrom('media').select(['id', 'account_id', 'message_seq', 'status']).where('id', '=', id),
);
const updateReady = statement((v: { id: number; name: string | null } & StoredFile) =>
  build
    .updateTable('media')
    .set({
      status: 'READY',
      file: v.file,
      sha256: v.sha256,
      size: v.size,
      mime: v.mime,
      width: v.width,
      height: v.height,
      name: v.name,
      due_at: null,
      error: null,
    })
    .where('id', '=', v.id),
);
const updatePending = statement((v: { id: number; dueAt: Millis }) =>
  build
    .updateTable('media')
    .set({ status: 'PENDING', attempts: 0, due_at: v.dueAt, error: null })
    .where('id', '=', v.id),
);
const updateFailed = statement((v: { id: number; status: MediaStatus; dueAt: Millis | null; error: string }) =>
  build
    .updateTable('media')
    .set(({ eb }) => ({ status: v.status, attempts: eb('attempts', '+', 1), due_at: v.dueAt, error: v.error }))
    .where('id', '=', v.id),
);

const noFile = { file: null, sha256: null, size: null, mime: null, width: null, height: null };

/** The media of a message that is new here, or turns out to hold some. */
export function addMedia(engine: Engine, accountId: number, seq: Seq, bytes: NewMessage['bytes'], now: Millis): void {
  const isFetchable = bytes === 'FETCHABLE';
  const stored = isFetchable ? undefined : bytes;
  engine.sql.run(insertMedia, {
    account_id: accountId,
    message_seq: seq,
    status: stored ? 'READY' : isFetchable ? 'PENDING' : 'UNAVAILABLE',
    ...(stored ?? noFile),
    name: null,
    due_at: isFetchable ? now : null,
    created_at: now,
  });
}

/**
 * What another delivery of a message brings of its media; whether anything changed. READY stays so. `isRicher`: the delivery tells
 * more than those before it, so that what could not be fetched may be now.
 */
export function improveMedia(
  engine: Engine,
  accountId: number,
  seq: Seq,
  delivery: { bytes: NewMessage['bytes']; isRicher: boolean },
  now: Millis,
): boolean {
  const { bytes, isRicher } = delivery;
  const before = engine.sql.first(selectOfMessage, { seq });
  if (before === undefined) {
    addMedia(engine, accountId, seq, bytes, now);
    return true;
  }
  if (bytes === undefined) return false;
  if (before.status === 'READY') {
    dropFile(engine, bytes);
    return false;
  }
  if (bytes !== 'FETCHABLE') {
    engine.sql.run(updateReady, { id: before.id, name: null, ...bytes });
    return true;
  }
  if (before.status !== 'UNAVAILABLE' && !isRicher) return false;
  engine.sql.run(updatePending, { id: before.id, dueAt: now });
  return before.status !== 'PENDING';
}

/** A delivery that tells nothing more may bring the bytes that were missing; whether it did. MESSAGE_UPDATED. */
export function repeatMedia(
  engine: Engine,
  accountId: number,
  seq: Seq,
  bytes: NewMessage['bytes'],
  now: Millis,
): boolean {
  if (bytes === undefined || !improveMedia(engine, accountId, seq, { bytes, isRicher: false }, now)) return false;
  appendUpdated(engine, accountId, seq, now);
  return true;
}

function appendUpdated(engine: Engine, accountId: number, seq: Seq, at: Millis): void {
  const chatId = engine.sql.first(selectMessage, { seq })?.chat_id ?? null;
  append(engine, { kind: 'MESSAGE_UPDATED', at, accountId, chatId, ref: seq });
}

/** See `Store.settleMedia`. */
export function settleMedia(engine: Engine, id: number, outcome: MediaOutcome): boolean {
  const row = engine.sql.first(selectMedia, { id });
  if (row?.status !== 'PENDING' || row.account_id === null || liveAccount(engine, row.account_id) === undefined) {
    if (outcome.status === 'READY') dropFile(engine, outcome.stored);
    return false;
  }
  if (outcome.status === 'READY') engine.sql.run(updateReady, { id, name: outcome.name, ...outcome.stored });
  else {
    const { status, error } = outcome;
    engine.sql.run(updateFailed, { id, status, error, dueAt: status === 'PENDING' ? outcome.dueAt : null });
  }
  if (outcome.status !== 'PENDING' && row.message_seq !== null)
    appendUpdated(engine, row.account_id, row.message_seq, outcome.now);
  return true;
}
