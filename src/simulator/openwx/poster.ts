/** Posts what happens to post_api, and makes of the posts what the faults want. */
import type { Clock } from '../clock.ts';
import type { AccountName, Faults } from '../faults.ts';
import { toOpenwxJson } from './text.ts';
import type { Json } from './text.ts';
import { postAgents, postJson } from '../post-json.ts';
import type { PostAnswer } from '../post-json.ts';

export type PostBody = { readonly [key: string]: Json };

/** One attempt to post. */
export type RecordedPost = {
  account: number;
  url: string | null;
  /** The text as it was posted. */
  text: string;
  body: PostBody;
  at: number;
  outcome: 'waiting' | 'answered' | 'failed' | 'dropped';
  status: number | null;
};

export type Poster = {
  /** Posts and goes on; answers to messages may be replies. */
  later(body: PostBody): void;
  /** Posts and waits; the client does nothing else meanwhile. */
  now(body: PostBody, limits: { timeoutMs: number; tries: number }): Promise<void>;
  /** Posts what a fault holds that has been cleared. */
  release(): void;
  stop(): void;
};

/** Longest wait for the answer to a post of a message. */
const postTimeoutMs = 35_000;

export type PosterSettings = {
  name: AccountName;
  clock: Clock;
  faults: Faults;
  urls: () => readonly string[];
  /** How a body is written; as the Openwx client does unless given. */
  write?: (body: PostBody) => string;
  /** A post of a message got an answer. */
  answered: (body: PostBody, answer: PostAnswer) => void;
  record: (post: RecordedPost) => void;
  changed: () => void;
};

function copiesOf(repeat: { copies?: number } | undefined): number {
  return repeat === undefined ? 0 : (repeat.copies ?? 1);
}

/** A poster for one process of a client. */
export function createPoster(settings: PosterSettings): Poster {
  const { name, clock, faults } = settings;
  const agents = postAgents();
  let held: PostBody[] = [];
  let stopped = false;

  const once = async (url: string | null, body: PostBody, timeoutMs: number): Promise<boolean> => {
    const text = (settings.write ?? toOpenwxJson)(body);
    const post: RecordedPost = {
      account: name.number,
      url,
      text,
      body,
      at: clock.now(),
      outcome: 'waiting',
      status: null,
    };
    if (url === null) post.outcome = 'dropped';
    settings.record(post);
    if (url === null) return true;
    try {
      const answer = await postJson(url, text, agents, timeoutMs);
      post.outcome = 'answered';
      post.status = answer.status;
      if (!stopped && 'class' in body) settings.answered(body, answer);
      return true;
    } catch {
      post.outcome = 'failed';
      return false;
    } finally {
      settings.changed();
    }
  };

  const deliver = (body: PostBody): void => {
    const repeat = faults.take('repeat', name);
    for (const url of settings.urls()) {
      for (let copy = 0; copy <= copiesOf(repeat); copy++) void once(url, body, postTimeoutMs);
    }
  };

  const reorder = (body: PostBody): void => {
    const fault = faults.find('reorder', name);
    if (fault === undefined) {
      deliver(body);
      return;
    }
    held.push(body);
    if (held.length < (fault.size ?? 2)) return;
    faults.take('reorder', name);
    flush();
  };

  const flush = (): void => {
    const bodies = held.toReversed();
    held = [];
    for (const body of bodies) deliver(body);
  };

  return {
    later(body) {
      if (stopped || settings.urls().length === 0) return;
      if (faults.take('drop', name) !== undefined) {
        void once(null, body, 0);
        return;
      }
      const delay = faults.take('delay', name);
      if (delay === undefined) reorder(body);
      else clock.after(delay.ms, () => reorder(body));
    },
    async now(body, { timeoutMs, tries }) {
      if (stopped) return;
      if (faults.take('drop', name) !== undefined) {
        await once(null, body, 0);
        return;
      }
      const delay = faults.take('delay', name);
      if (delay !== undefined) await new Promise<void>((resolve) => void clock.after(delay.ms, resolve));
      const repeat = faults.take('repeat', name);
      for (const url of settings.urls()) {
        for (let copy = 0; copy <= copiesOf(repeat); copy++) {
          for (let tried = 0; tried < tries; tried++) {
            if (stopped || (await once(url, body, timeoutMs))) break;
          }
        }
      }
    },
    release() {
      if (held.length > 0 && faults.find('reorder', name) === undefined) flush();
    },
    stop() {
      stopped = true;
      held = [];
      agents.destroy();
    },
  };
}
