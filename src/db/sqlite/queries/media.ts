import { sql } from 'kysely';
import type { MediaFacts, MessageContent, Millis } from '../../../words.ts';
import type { Media, Seq } from '../../model.ts';
import type { DueMedia } from '../../store.ts';
import type { Engine } from '../engine.ts';
import { mediaOf } from '../media.ts';
import { contentOf } from '../message-content.ts';
import { build, statement } from '../sql.ts';
import { ofLiveAccount } from './paging.ts';

function selectMedia() {
  return build
    .selectFrom('media')
    .leftJoin('message', 'message.seq', 'media.message_seq')
    .selectAll('media')
    .select(['message.content', 'message.text'])
    .where(sql<boolean>`(media.account_id is null or ${ofLiveAccount(sql.ref('media.account_id'))})`);
}

const selectByIds = statement(({ ids }: { ids: string }) =>
  selectMedia().where(sql<boolean>`media.id in (select value from json_each(${ids}))`),
);
const selectByMessages = statement(({ seqs }: { seqs: string }) =>
  selectMedia().where(sql<boolean>`media.message_seq in (select value from json_each(${seqs}))`),
);

/** See `Queries.mediaById`. */
export function mediaById(engine: Engine, ids: readonly number[]): Media[] {
  return engine.sql.all(selectByIds, { ids: JSON.stringify(ids) }).map(mediaOf);
}

/** See `Queries.mediaOfMessages`. */
export function mediaOfMessages(engine: Engine, seqs: readonly Seq[]): Media[] {
  return engine.sql.all(selectByMessages, { seqs: JSON.stringify(seqs) }).map(mediaOf);
}

const selectDue = statement((v: { accountId: number; now: Millis; limit: number }) =>
  build
    .selectFrom('media')
    .innerJoin('message', 'message.seq', 'media.message_seq')
    .innerJoin('message_raw', 'message_raw.seq', 'message.seq')
    .innerJoin('chat', 'chat.id', 'message.chat_id')
    .innerJoin('contact', 'contact.id', 'chat.contact_id')
    .select(['media.id', 'media.attempts', 'message.kind', 'message.content', 'message.text', 'message.upstream_id'])
    .select(['contact.wxid', 'message.sender_wxid', 'message.sent_at', 'message_raw.raw'])
    .where('media.account_id', '=', v.accountId)
    .where(sql<boolean>`media.status = 'PENDING'`)
    .where('media.due_at', '<=', v.now)
    .orderBy('media.id', 'desc')
    .limit(v.limit),
);
const selectNextDue = statement((v: { accountId: number; now: Millis }) =>
  build
    .selectFrom('media')
    .select(({ fn }) => fn.min('due_at').as('at'))
    .where('account_id', '=', v.accountId)
    .where(sql<boolean>`status = 'PENDING'`)
    .where('due_at', '>', v.now),
);

/** See `Queries.dueMedia`. */
export function dueMedia(
  engine: Engine,
  accountId: number,
  now: Millis,
  limit: number,
): { due: DueMedia[]; nextAt: Millis | null } {
  const due = engine.sql.all(selectDue, { accountId, now, limit }).map((row): DueMedia => ({
    id: row.id,
    attempts: row.attempts,
    kind: row.kind,
    facts: factsOf(contentOf(row)),
    upstreamId: row.upstream_id,
    peerWxid: row.wxid,
    senderWxid: row.sender_wxid,
    sentAt: row.sent_at,
    raw: row.raw,
  }));
  return { due, nextAt: engine.sql.first(selectNextDue, { accountId, now })?.at ?? null };
}

const untold: MediaFacts = {
  name: null,
  mime: null,
  size: null,
  width: null,
  height: null,
  durationMs: null,
  upstreamPath: null,
  upstreamMediaId: null,
};

/** A later copy may have shown the message to be something else; its media are what they were. */
function factsOf(content: MessageContent): MediaFacts {
  return content.type === 'Media' ? content.media : untold;
}
