/** Ids as clients see them. Opaque to clients; each names its type, and accounts and groups look as in the panel's API. */

const prefixes = {
  group: 'g',
  message: 'msg_',
  media: 'media_',
  chat: 'chat_',
  contact: 'con_',
  member: 'mem_',
  job: 'job_',
  log: 'log_',
  token: 'tok_',
  webhook: 'hook_',
} as const;

export type IdKind = 'account' | keyof typeof prefixes;

/** `00001`, `g001`, `msg_17`, … */
export function showId(kind: IdKind, id: number): string {
  if (kind === 'account') return String(id).padStart(5, '0');
  if (kind === 'group') return `g${String(id).padStart(3, '0')}`;
  return `${prefixes[kind]}${id}`;
}

/** The number behind a shown id, or null where it is not one of this kind in the form that `showId` gives. */
export function readId(kind: IdKind, shown: string): number | null {
  const digits =
    kind === 'account' ? shown : shown.startsWith(prefixes[kind]) ? shown.slice(prefixes[kind].length) : '';
  if (!/^\d{1,15}$/.test(digits)) return null;
  const id = Number(digits);
  return id > 0 && showId(kind, id) === shown ? id : null;
}

/** Several at once, leaving out what is no such id: a filter by unknown ids matches nothing. */
export function readIds(kind: IdKind, shown: readonly string[] | null | undefined): number[] | null {
  if (shown === null || shown === undefined) return null;
  return shown.map((id) => readId(kind, id)).filter((id) => id !== null);
}

/** Whether a filter of ids lets this one pass. On a list inside an object its filter must hold beside the list's own bounds. */
export function isAmong(asked: readonly string[] | null | undefined, kind: IdKind, id: number): boolean {
  return asked === null || asked === undefined || asked.includes(showId(kind, id));
}

export function kindOfId(shown: string): IdKind | null {
  if (readId('account', shown) !== null) return 'account';
  for (const kind of Object.keys(prefixes) as (keyof typeof prefixes)[]) if (readId(kind, shown) !== null) return kind;
  return null;
}
