import type { CombinedError } from '@urql/core';
import { useRef, useState } from 'react';
import { useClient } from 'urql';
import { newKey } from '../../parts/key.ts';
import { type SendInput, sendDocument } from './send.ts';

export type Sending = {
  /** Names the form for the gateway: as long as nobody knows that it was accepted, it is the same send. */
  key: string;
  isSending: boolean;
  failure: CombinedError | null;
  /** Answers the job, or null where it failed. */
  send(input: SendInput): Promise<string | null>;
  /** What is sent from now on is another send. */
  renew(): string;
};

/**
 * Sends a form once. A double click is one send; after a lost answer the same form may be sent again, and one that was changed
 * meanwhile is refused where the first was accepted after all.
 */
export function useSend(): Sending {
  const client = useClient();
  const [key, setKey] = useState(newKey);
  const [failure, setFailure] = useState<CombinedError | null>(null);
  const [isSending, setSending] = useState(false);
  const running = useRef(false);

  function renew(): string {
    const next = newKey();
    setKey(next);
    setFailure(null);
    return next;
  }

  async function send(input: SendInput): Promise<string | null> {
    if (running.current) return null;
    running.current = true;
    setSending(true);
    const { data, error } = await client.mutation(sendDocument, { input }).toPromise();
    running.current = false;
    setSending(false);
    const job = data?.send?.job.id ?? null;
    if (job === null) setFailure(error ?? null);
    else renew();
    return job;
  }

  return { key, isSending, failure, send, renew };
}
