import type { Client } from '@urql/core';
import type { VariablesOf } from '../../graphql.ts';
import { describe } from '../../parts/failure.tsx';
import { type OutgoingLine, replyDocument } from './inbox.ts';

export type ReplyContent = VariablesOf<typeof replyDocument>['input']['content'];

/**
 * Sends from an account to a receiver. What is sent again because no answer came, has the key of the first try: it goes out once.
 * Answers the line of the send log; throws with the gateway's words, without any where it cannot be reached.
 */
export function createReply(client: Client, accountId: string, contactId: string) {
  let tried: { what: string; idempotencyKey: string } | null = null;
  return async (content: ReplyContent, mentions: readonly string[]): Promise<readonly OutgoingLine[]> => {
    const what = JSON.stringify([content, mentions]);
    if (tried?.what !== what) tried = { what, idempotencyKey: newKey() };
    const input = {
      targets: [accountId],
      to: [contactId],
      content,
      mentions: mentions.length === 0 ? null : [...mentions],
      idempotencyKey: tried.idempotencyKey,
      waitMs: 0,
    };
    const { data, error } = await client.mutation(replyDocument, { input }).toPromise();
    if (!data?.send) throw new Error(error && !error.networkError ? describe(error) : '');
    tried = null;
    return data.send.job.logs?.nodes ?? [];
  };
}

/** Not `randomUUID`, which browsers have on secure addresses only. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
