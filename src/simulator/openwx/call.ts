/** One request of a route, while it is being answered. */
import type { Session } from './session.ts';
import type { Json } from './text.ts';
import type { Params } from '../request-params.ts';

export type Call = {
  readonly session: Session;
  readonly params: Params;
  /** Answers with JSON; only the first answer counts. */
  json(value: Json): void;
  /** Answers with anything. */
  raw(status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): void;
  /** How long the connection may stay without an answer. */
  patience(ms: number): void;
  /** Plans something for as long as the process lives. */
  after(ms: number, run: () => void): () => void;
};

export type Route = { getOnly?: boolean; answer: (call: Call) => void };

export const notFound = { code: 100, status: 'object not found' } as const;
export const success = { code: 0, status: 'success' } as const;
export const failure = { code: 201, status: 'failure' } as const;
