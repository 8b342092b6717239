/** Own messages that come back, and the sends that they are. */
import type { Confirmation, Millis, SendContent } from '../../words.ts';
import type { Seq } from '../model.ts';
import type { NewMessage } from '../store.ts';
import type { Engine } from './engine.ts';
import { changeSend, isOpen, type OutboxRow } from './outbox.ts';
import { build, statement } from './sql.ts';
import { sql } from 'kysely';

export type Echo = { seq: Seq; accountId: number; contactId: number; message: NewMessage };

/** Upstream times have seconds, and clocks differ a little. */
const clockToleranceMs = 5000;

const selectByUpstreamId = statement((v: { accountId: number; upstreamId: string }) =>
  build
    .selectFrom('outbox')
    .selectAll()
    .where('account_id', '=', v.accountId)
    .where('upstream_id', '=', v.upstreamId)
    .where('message_seq', 'is', null)
    .orderBy('id')
    .limit(1),
);
const selectOpen = statement((v: { accountId: number; dispatchedBy: Millis }) =>
  build
    .selectFrom('outbox')
    .selectAll()
    .where('account_id', '=', v.accountId)
    .where(isOpen)
    .where('dispatched_at', '<=', v.dispatchedBy)
    .where('message_seq', 'is', null)
    .orderBy('dispatched_at')
    .orderBy('id'),
);
// The upstream said that it took these, and gave no id to know the echo by.
const selectUnlinked = statement((v: { accountId: number; dispatchedFrom: Millis; dispatchedBy: Millis }) =>
  build
    .selectFrom('outbox')
    .selectAll()
    .where('account_id', '=', v.accountId)
    .where(sql<boolean>`status = 'SENT'`)
    .where(sql<boolean>`message_seq is null`)
    .where('upstream_id', 'is', null)
    .where('dispatched_at', '>=', v.dispatchedFrom)
    .where('dispatched_at', '<=', v.dispatchedBy)
    .orderBy('dispatched_at')
    .orderBy('id'),
);
const updateMessageSend = statement((v: { seq: Seq; sendId: number }) =>
  build.updateTable('message').set({ send_id: v.sendId }).where('seq', '=', v.seq),
);

/** Finds the send that an own message is the echo of, and settles and links it. */
export function settleByEcho(engine: Engine, echo: Echo, now: Millis): void {
  const { upstreamId } = echo.message;
  if (upstreamId !== null && settleById(engine, { ...echo, upstreamId }, now)) return;
  const match = findAlike(engine, echo);
  if (match !== null) join(engine, match, { ...echo, upstreamId }, now);
}

/** The same by the id of the message alone, which may come after it; whether there is such a send. */
export function settleById(
  engine: Engine,
  echo: { seq: Seq; accountId: number; upstreamId: string },
  now: Millis,
): boolean {
  const row = engine.sql.first(selectByUpstreamId, echo);
  if (row !== undefined) join(engine, { row, confirmedBy: 'ECHO' }, echo, now);
  return row !== undefined;
}

type Match = { row: OutboxRow; confirmedBy: Confirmation };

function join(
  engine: Engine,
  { row, confirmedBy }: Match,
  { seq, upstreamId }: { seq: Seq; upstreamId: string | null },
  now: Millis,
): void {
  engine.sql.run(updateMessageSend, { seq, sendId: row.id });
  const linked = { message_seq: seq, upstream_id: row.upstream_id ?? upstreamId };
  const isOutcome = row.status !== 'SENT';
  changeSend(
    engine,
    row,
    isOutcome
      ? {
          ...linked,
          status: 'SENT',
          confirmed_by: confirmedBy,
          error_code: null,
          error_message: null,
          settled_at: now,
        }
      : linked,
    now,
  );
}

/**
 * Sends that look like the echo: those within the reconcile window first, else those whose outcome has been open for longer.
 * Several: the oldest.
 */
function findAlike(engine: Engine, echo: Echo): Match | null {
  const { accountId, message } = echo;
  const dispatchedBy = message.sentAt + clockToleranceMs;
  const dispatchedFrom = message.sentAt - engine.echoWindowMs;
  const open = engine.sql.all(selectOpen, { accountId, dispatchedBy });
  const unlinked = engine.sql.all(selectUnlinked, { accountId, dispatchedFrom, dispatchedBy });
  const alike = [...open, ...unlinked]
    .filter((row) => isAlike(row, echo))
    .toSorted((a, b) => dispatchedAt(a) - dispatchedAt(b) || a.id - b.id);
  const inWindow = alike.filter((row) => dispatchedAt(row) >= dispatchedFrom);
  const candidates = inWindow.length > 0 ? inWindow : alike;
  const [row] = candidates;
  return row === undefined ? null : { row, confirmedBy: candidates.length === 1 ? 'ECHO' : 'ECHO_ORDER' };
}

function dispatchedAt(row: OutboxRow): Millis {
  return row.dispatched_at ?? 0;
}

function isAlike(row: OutboxRow, { contactId, message }: Echo): boolean {
  if (row.receiver !== message.peer.wxid && row.receiver_contact_id !== contactId) return false;
  // An animated picture comes back as an emoji from an upstream that sends it as one.
  if (row.type !== message.kind && !(row.type === 'IMAGE' && message.kind === 'EMOJI')) return false;
  const content = JSON.parse(row.content) as SendContent;
  // Of other media nothing is shown by which one could be told from the next: they are taken in order.
  if (content.type === 'FILE') return isNamedAlike(content.name, message);
  if (content.type !== 'TEXT') return true;
  const wanted = plain(content.text);
  const told = plain(message.content.type === 'Text' ? message.content.text : message.text);
  // Where somebody is mentioned, a driver puts the names before the text that lack in it.
  return told === wanted || (row.mentions !== '[]' && told.startsWith('@') && told.endsWith(wanted));
}

/** Upstreams write names with other signs, or do not tell them. */
function isNamedAlike(name: string, { content }: NewMessage): boolean {
  const told = content.type === 'Media' ? content.media.name : null;
  return told === null || letters(told) === letters(name);
}

function letters(name: string): string {
  return name.replaceAll(/&(?:amp|lt|gt|quot|apos);/g, '').replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Line ends change on the way through a Windows client, and white space at the end may be lost. */
function plain(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').trimEnd();
}

const fillUpstreamId = statement((v: { id: number; upstreamId: string }) =>
  build
    .updateTable('outbox')
    .set({ upstream_id: v.upstreamId })
    .where('id', '=', v.id)
    .where('upstream_id', 'is', null),
);

/** A richer copy of an echo told the id. */
export function tellUpstreamId(engine: Engine, sendId: number, upstreamId: string): void {
  engine.sql.run(fillUpstreamId, { id: sendId, upstreamId });
}
