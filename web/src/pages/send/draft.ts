/** A send that is being written: what it means, what it lacks, and how long it will take. */
import type { UploadFile } from 'antd';
import type { ReceiverContact, SendInput, SenderAccount } from './send.ts';

export type Kind = 'TEXT' | 'IMAGE' | 'FILE' | 'VIDEO' | 'VOICE';
/** What POST /media answers. */
export type UploadAnswer = { media?: { id: string; size: number }; error?: string };
export type Mention = { wxid: string; displayName: string };

export type Draft = {
  /** Ids of accounts and groups. */
  targets: string[];
  receivers: 'contacts' | 'list' | 'default';
  contacts: ReceiverContact[];
  /** Receivers, one a line. */
  list: string;
  kind: Kind;
  text: string;
  mediaFrom: 'upload' | 'url';
  files: UploadFile<UploadAnswer>[];
  url: string;
  mentions: Mention[];
  /** Such as `2026-11-22T08:30`, by the reader's clock; empty: none. */
  sendAt: string;
  expiresAt: string;
};

export type Change = (changes: Partial<Draft>) => void;

const maxLines = 10_000;

export function emptyDraft(targets: string[], to: string[]): Draft {
  return {
    targets,
    receivers: to.length > 0 ? 'list' : 'contacts',
    contacts: [],
    list: to.join('\n'),
    ...emptyContent,
    kind: 'TEXT',
    mediaFrom: 'upload',
    sendAt: '',
    expiresAt: '',
  };
}

/** After a send the same receivers may get something else. */
export const emptyContent = { text: '', files: [], url: '', mentions: [] } satisfies Partial<Draft>;

/** The accounts behind the targets, each once. */
export function sendingAccounts({ targets }: Draft, accounts: readonly SenderAccount[]): SenderAccount[] {
  return accounts.filter(
    ({ id, groups }) => targets.includes(id) || groups?.nodes.some((group) => targets.includes(group.id)),
  );
}

/** Other targets: receivers of accounts that are no longer among them go with them, and so does who was mentioned. */
export function withTargets(draft: Draft, targets: string[], accounts: readonly SenderAccount[]): Partial<Draft> {
  const senders = new Set(sendingAccounts({ ...draft, targets }, accounts).map(({ id }) => id));
  return { targets, contacts: draft.contacts.filter(({ account }) => senders.has(account.id)), mentions: [] };
}

/** The lines of a pasted list, each once. */
export function listed({ list }: Draft): string[] {
  return [...new Set(list.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}

/** What stands for the receivers in the API; null: each account's own default. */
export function receiversOf(draft: Draft, senders: readonly SenderAccount[]): string[] | null {
  if (draft.receivers === 'default') return null;
  if (draft.receivers === 'list') return listed(draft);
  const only = senders.length === 1 ? senders[0]!.id : null;
  // A contact's id is one account's own; for several the upstream's id is what they have in common.
  return draft.contacts.map(({ id, wxid, account }) => (account.id === only ? id : wxid));
}

/** Whether everything goes to chat rooms, as far as can be seen from here: only there somebody can be mentioned. */
export function isForRooms(draft: Draft, senders: readonly SenderAccount[]): boolean {
  if (draft.receivers === 'contacts') {
    return draft.contacts.length > 0 && draft.contacts.every(({ kind }) => kind === 'CHAT_ROOM');
  }
  if (draft.receivers === 'default') {
    return senders.length > 0 && senders.every(({ defaultReceiver }) => defaultReceiver?.kind === 'CHAT_ROOM');
  }
  const receivers = listed(draft);
  return receivers.length > 0 && receivers.every((one) => one.endsWith('@chatroom'));
}

export type Lack =
  'targets' | 'accounts' | 'receivers' | 'content' | 'upload' | 'url' | 'lines' | 'expiresAt' | 'capability';

/** Why this cannot be sent yet, the first thing to mend; null: nothing is missing. */
export function lackOf(draft: Draft, senders: readonly SenderAccount[]): Lack | null {
  if (draft.targets.length === 0) return 'targets';
  if (senders.length === 0) return 'accounts';
  const receivers = receiversOf(draft, senders);
  if (receivers?.length === 0) return 'receivers';
  if (senders.some((account) => !can(account, draft))) return 'capability';
  if (draft.kind === 'TEXT') {
    if (draft.text.trim() === '') return 'content';
  } else if (draft.mediaFrom === 'url') {
    if (!/^https?:\/\/\S+$/i.test(draft.url.trim())) return 'url';
  } else if (uploadedId(draft) === null) return 'upload';
  if (senders.length * (receivers?.length ?? 1) > maxLines) return 'lines';
  const { sendAt, expiresAt } = draft;
  return sendAt && expiresAt && expiresAt <= sendAt ? 'expiresAt' : null;
}

export function can({ capabilities }: SenderAccount, { kind, mentions }: Pick<Draft, 'kind' | 'mentions'>): boolean {
  return capabilities.includes(`SEND_${kind}`) && (mentions.length === 0 || capabilities.includes('MENTION'));
}

/** For an account that nobody has started the gateway takes nothing; for one that is away, or that its upstream has ended, it waits. */
export function isNotStarted({ state }: SenderAccount): boolean {
  return state === 'INIT' || state === 'STOPPED';
}

function uploadedId({ files }: Draft): string | null {
  return files.find(({ status }) => status === 'done')?.response?.media?.id ?? null;
}

/** The API's input of a draft that lacks nothing. */
export function toInput(draft: Draft, senders: readonly SenderAccount[], idempotencyKey: string): SendInput {
  const { kind, mentions, sendAt, expiresAt } = draft;
  const media = draft.mediaFrom === 'url' ? { url: draft.url.trim() } : { mediaId: uploadedId(draft) ?? '' };
  const content = {
    TEXT: { text: draft.text },
    IMAGE: { image: media },
    FILE: { file: media },
    VIDEO: { video: media },
    VOICE: { voice: media },
  }[kind];
  const to = receiversOf(draft, senders);
  return {
    targets: draft.targets,
    ...(to && { to }),
    content,
    ...(kind === 'TEXT' && mentions.length > 0 && { mentions: mentions.map(({ wxid }) => wxid) }),
    ...(sendAt && { sendAt: new Date(sendAt).toISOString() }),
    ...(expiresAt && { expiresAt: new Date(expiresAt).toISOString() }),
    idempotencyKey,
    // What becomes of the lines is followed live.
    waitMs: 0,
  };
}
