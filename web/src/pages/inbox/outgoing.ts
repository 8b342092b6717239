/** What is on its way to a receiver: lines of the send log that have not come back as a message. */
import type { Client } from '@urql/core';
import type { LiveEvent } from '../../live/follow.ts';
import type { LiveMessage } from '../../live/message.ts';
import { type OutgoingLine, outgoingDocument } from './inbox.ts';

export type OutgoingStore = {
  snapshot(): readonly OutgoingLine[];
  watch(changed: () => void): () => void;
  open(): Promise<void>;
  add(lines: readonly OutgoingLine[]): void;
  /** Out of sight. */
  dismiss(id: string): void;
  tell(event: LiveEvent): void;
};

/** Older ones are found among the records. */
const shownMs = 3_600_000;

export function createOutgoing(client: Client, accountId: string, wxid: string): OutgoingStore {
  const watchers = new Set<() => void>();
  const dismissed = new Set<string>();
  const lines = new Map<string, OutgoingLine>();
  let shown: readonly OutgoingLine[] = [];

  function show(): void {
    shown = [...lines.values()].toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
    for (const changed of watchers) changed();
  }
  function add(given: readonly OutgoingLine[]): void {
    for (const line of given) {
      // What came back before is a message of the conversation.
      const isWanted = lines.has(line.id) || (line.message === null && !dismissed.has(line.id));
      if (isWanted && line.status !== 'CANCELLED') lines.set(line.id, line);
      else lines.delete(line.id);
    }
    show();
  }

  return {
    snapshot: () => shown,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    async open() {
      const since = new Date(Date.now() - shownMs).toISOString();
      const filter = { accountIds: [accountId], receivers: [wxid], since };
      const { data } = await client.query(outgoingDocument, { filter }, { requestPolicy: 'network-only' }).toPromise();
      // What the log has told meanwhile is newer.
      add(data?.logs?.nodes.filter(({ id }) => !lines.has(id)) ?? []);
    },
    add: (given) => add(given.filter(({ id }) => !lines.has(id))),
    dismiss(id) {
      dismissed.add(id);
      lines.delete(id);
      show();
    },
    tell(event) {
      if (event.__typename !== 'SendUpdated') return;
      const { log } = event;
      if (log.account.id === accountId && log.receiver === wxid) add([log]);
    },
  };
}

/** Lines that none of these messages is the echo of. */
export function withoutEchoes(lines: readonly OutgoingLine[], messages: readonly LiveMessage[]): OutgoingLine[] {
  const ids = new Set(messages.map(({ id }) => id));
  const sent = new Set(messages.map(({ sendLog }) => sendLog?.id));
  return lines.filter(({ id, message }) => !sent.has(id) && (message === null || !ids.has(message.id)));
}
