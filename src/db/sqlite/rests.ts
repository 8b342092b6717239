/**
 * Messages that an upstream tells in two posts: an own message without its id, then the id without the message; a picture,
 * then where it lies. Whichever comes first waits for the other, and both are one message.
 */
import { sql } from 'kysely';
import type { MediaFacts, MessageKind, Millis } from '../../words.ts';
import type { Seq } from '../model.ts';
import type { NewMessage, NewRest, Received } from '../store.ts';
import { settleById, tellUpstreamId } from './echoes.ts';
import type { Engine } from './engine.ts';
import { dropFile } from './files.ts';
import { append } from './journal.ts';
import { improveMedia, repeatMedia } from './media.ts';
import { contentOf } from './message-content.ts';
import { countRepeat, insertKey, selectKey, selectMessage, updateKey } from './message-keys.ts';
import { revokeIfTold } from './revokes.ts';
import { build, insertion, statement } from './sql.ts';

/** How long one waits for the other. A file may take its time to be uploaded, a text does not. */
const waitsMs = 600_000;
const textWaitsMs = 60_000;
/** Among so many of the latest messages the one is looked for that came with another id. */
const searched = 50;

const selectWaiting = statement(({ accountId }: { accountId: number }) =>
  build.selectFrom('rest').selectAll().where('account_id', '=', accountId).orderBy('id'),
);
const insertWaiting = insertion('rest', [
  'account_id',
  'at',
  'sent_at',
  'kinds',
  'peer_wxid',
  'seq',
  'upstream_id',
  'rest',
]);
const deleteWaiting = statement(({ id }: { id: number }) => build.deleteFrom('rest').where('id', '=', id));
const selectOld = statement((v: { accountId: number; before: Millis }) =>
  build.selectFrom('rest').select(['id', 'rest']).where('account_id', '=', v.accountId).where('at', '<', v.before),
);
const selectLatest = statement((v: { accountId: number; limit: number }) =>
  build
    .selectFrom('message')
    .innerJoin('message_raw', 'message_raw.seq', 'message.seq')
    .select(['message.seq', 'message.kind', 'message.sent_at', 'message_raw.raw'])
    .where('message.account_id', '=', v.accountId)
    .orderBy('message.seq', 'desc')
    .limit(v.limit),
);
const updateId = statement((v: { seq: Seq; upstreamId: string }) =>
  build.updateTable('message').set({ upstream_id: v.upstreamId }).where('seq', '=', v.seq),
);
const updateContent = statement((v: { seq: Seq; content: string }) =>
  build.updateTable('message').set({ content: v.content }).where('seq', '=', v.seq),
);
// All bodies that told of a message, as one array.
const addRaw = statement(
  (v: { seq: Seq; raw: string }) =>
    sql`update message_raw set raw = '[' || raw || ',' || ${v.raw} || ']' where seq = ${v.seq}`,
);

/** The rest of a message. Null: the message is not there yet; the rest waits for it. */
export function receiveRest(engine: Engine, accountId: number, rest: NewRest, now: Millis): Received | null {
  const known = engine.sql.first(selectKey, { accountId, key: rest.upstreamId });
  if (known !== undefined) {
    const isRicher = rest.media !== null && rest.richness > known.richness;
    if (isRicher) addMedia(engine, accountId, known.seq, rest, now);
    else engine.sql.run(countRepeat, { seq: known.seq });
    const isMerged = isRicher || repeatMedia(engine, accountId, known.seq, rest.bytes, now);
    return { result: isMerged ? 'MERGED' : 'REPEATED', messageSeq: known.seq };
  }
  forgetOld(engine, accountId, now - waitsMs);
  const waiting = engine.sql.all(selectWaiting, { accountId });
  const seq = rest.media === null ? takeHalf(engine, waiting, rest) : findAlike(engine, accountId, rest);
  if (seq !== null) {
    apply(engine, accountId, seq, rest, now);
    return { result: 'MERGED', messageSeq: seq };
  }
  if (!waiting.some((row) => row.upstream_id === rest.upstreamId)) {
    engine.sql.run(insertWaiting, {
      account_id: accountId,
      at: now,
      sent_at: rest.sentAt,
      kinds: JSON.stringify(rest.kinds),
      peer_wxid: rest.peerWxid,
      seq: null,
      upstream_id: rest.upstreamId,
      rest: JSON.stringify(rest),
    });
  } else dropFile(engine, rest.bytes);
  return null;
}

/** What nobody came for in time. */
function forgetOld(engine: Engine, accountId: number, before: Millis): void {
  for (const { id, rest } of engine.sql.all(selectOld, { accountId, before })) {
    if (rest !== null) dropFile(engine, (JSON.parse(rest) as NewRest).bytes);
    engine.sql.run(deleteWaiting, { id });
  }
}

/** A message that is new gets its rest, where that came first, or waits for its id. */
export function completeMessage(engine: Engine, accountId: number, seq: Seq, message: NewMessage, now: Millis): void {
  if (message.follows === undefined) return;
  forgetOld(engine, accountId, now - waitsMs);
  const wantsId = message.follows === 'ID';
  for (const row of engine.sql.all(selectWaiting, { accountId })) {
    if (row.rest === null) continue;
    const rest = JSON.parse(row.rest) as NewRest;
    const fits = wantsId
      ? rest.media === null && isHalf({ ...message, peerWxid: message.peer.wxid }, rest)
      : rest.media !== null && (rest.upstreamId === message.upstreamId || isAlike(message, rest));
    if (!fits) continue;
    engine.sql.run(deleteWaiting, { id: row.id });
    apply(engine, accountId, seq, rest, now);
    return;
  }
  if (!wantsId) return;
  engine.sql.run(insertWaiting, {
    account_id: accountId,
    at: now,
    sent_at: message.sentAt,
    kinds: JSON.stringify([message.kind]),
    peer_wxid: message.peer.wxid,
    seq,
    upstream_id: null,
    rest: null,
  });
}

type Half = { kind: MessageKind; peerWxid: string | null; sentAt: Millis };

/** Both times are of one clock: the id is never told before the message was sent. */
function isHalf(half: Half, rest: NewRest): boolean {
  const age = rest.sentAt - half.sentAt;
  if (!rest.kinds.includes(half.kind)) return false;
  if (rest.peerWxid !== null && rest.peerWxid !== half.peerWxid) return false;
  return age >= 0 && age <= (half.kind === 'TEXT' ? textWaitsMs : waitsMs);
}

type Waiting = { id: number; seq: Seq | null; kinds: string; peer_wxid: string | null; sent_at: Millis };

/** The oldest message that waits for such an id. */
function takeHalf(engine: Engine, waiting: readonly Waiting[], rest: NewRest): Seq | null {
  for (const { id, seq, kinds, peer_wxid: peerWxid, sent_at: sentAt } of waiting) {
    const [kind] = JSON.parse(kinds) as MessageKind[];
    if (seq === null || kind === undefined || !isHalf({ kind, peerWxid, sentAt }, rest)) continue;
    engine.sql.run(deleteWaiting, { id });
    return seq;
  }
  return null;
}

type Told = { kind: MessageKind; sentAt: Millis; raw: string };

function isAlike(message: Told, rest: NewRest): boolean {
  if (rest.fingerprint === null || !rest.kinds.includes(message.kind)) return false;
  return message.sentAt === rest.sentAt && message.raw.includes(rest.fingerprint);
}

function findAlike(engine: Engine, accountId: number, rest: NewRest): Seq | null {
  if (rest.fingerprint === null) return null;
  const latest = engine.sql.all(selectLatest, { accountId, limit: searched });
  return latest.findLast(({ kind, sent_at: sentAt, raw }) => isAlike({ kind, sentAt, raw }, rest))?.seq ?? null;
}

/** From now on the message is known by the id that the rest told. */
function apply(engine: Engine, accountId: number, seq: Seq, rest: NewRest, now: Millis): void {
  const key = { accountId, key: rest.upstreamId };
  if (engine.sql.first(selectKey, key) === undefined)
    engine.sql.run(insertKey, { account_id: accountId, key: key.key, seq, richness: 1 });
  if (rest.media === null) addId(engine, accountId, seq, rest, now);
  else addMedia(engine, accountId, seq, rest, now);
}

function addId(engine: Engine, accountId: number, seq: Seq, rest: NewRest, now: Millis): void {
  const message = engine.sql.first(selectMessage, { seq });
  if (message === undefined || message.upstream_id !== null) return;
  engine.sql.run(updateId, { seq, upstreamId: rest.upstreamId });
  revokeIfTold(engine, accountId, seq, { kind: message.kind, upstreamId: rest.upstreamId });
  append(engine, { kind: 'MESSAGE_UPDATED', at: now, accountId, chatId: message.chat_id, ref: seq });
  if (message.send_id !== null) tellUpstreamId(engine, message.send_id, rest.upstreamId);
  // A send whose answer told the id can be known by nothing else once it is settled.
  else settleById(engine, { seq, accountId, upstreamId: rest.upstreamId }, now);
}

function addMedia(engine: Engine, accountId: number, seq: Seq, rest: NewRest, now: Millis): void {
  const message = engine.sql.first(selectMessage, { seq });
  if (message === undefined) return dropFile(engine, rest.bytes);
  const content = contentOf(message);
  const known = { accountId, key: rest.upstreamId, richness: rest.richness };
  engine.sql.run(countRepeat, { seq });
  engine.sql.run(updateKey, { ...known, updatedSeq: null });
  if (content.type !== 'Media' || rest.media === null) return dropFile(engine, rest.bytes);
  const media = { ...content.media, ...told(rest.media) };
  const isNew = JSON.stringify(media) !== JSON.stringify(content.media);
  const isNearer = improveMedia(engine, accountId, seq, { bytes: rest.bytes, isRicher: true }, now);
  if (isNew) {
    engine.sql.run(updateContent, { seq, content: JSON.stringify({ ...content, media }) });
    engine.sql.run(addRaw, { seq, raw: rest.raw });
  }
  if (!isNew && !isNearer) return;
  const updatedSeq = append(engine, { kind: 'MESSAGE_UPDATED', at: now, accountId, chatId: message.chat_id, ref: seq });
  engine.sql.run(updateKey, { ...known, updatedSeq });
}

function told(media: MediaFacts): Partial<MediaFacts> {
  return Object.fromEntries(Object.entries(media).filter(([, value]) => value !== null));
}
