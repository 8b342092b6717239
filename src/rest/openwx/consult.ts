import { type Consulted, consult } from '../../resolvers/messages/consult.ts';
import { showAccountId } from '../../resolvers/accounts/read-accounts.ts';
import { showId } from '../../resolvers/ids.ts';
import { type Call, told } from './call.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { contentOf } from './media.ts';
import { outcomeOf, queue, readContents, withoutIds } from './send.ts';
import { findFriend } from './target.ts';

/** In seconds. */
const timeouts = { initial: 30, most: 50 };
const notSent = new Set(['FAILED', 'CANCELLED', 'EXPIRED']);

/** Sends to a friend and answers what the friend says next. Media beside a text go before it. */
export const consultFriend = told((call) =>
  withoutIds(async () => {
    const { app, caller } = call;
    const timeoutMs = readTimeout(call) * 1000;
    const to = showId('contact', (await findFriend(call)).id);
    const { text, media } = await readContents(call);
    if (text !== null && media !== null) await queue(call, [to], contentOf(media), 0);
    const content = text ?? contentOf(media!);
    const accountId = showAccountId(await call.account());
    const asked = await consult(app, caller, { accountId, to, content, timeoutMs, idempotencyKey: null });
    const outcome = await outcomeOf(call, asked.log);
    return { ...outcome, ...replyOf(asked), ...(media === null ? {} : { media_id: media.mediaId }) };
  }),
);

function replyOf({ reply, log }: Consulted): JsonObject {
  if (reply !== null) return { code: 0, status: 'success', reply: reply.text };
  return notSent.has(log.status) ? { reply: null } : { reply: null, reply_status: 'reply timeout' };
}

/** Longer ones are cut. */
function readTimeout({ params }: Call): number {
  const given = params.one('timeout')?.trim() ?? '';
  if (given === '') return timeouts.initial;
  const seconds = Number(given);
  if (!/^\d{1,9}$/.test(given) || seconds < 1) throw new Failure(-1, 'timeout must be a number of seconds');
  return Math.min(seconds, timeouts.most);
}
