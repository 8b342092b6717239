/** Posts what a hook tells, one post after the other, and makes of the posts what the faults want. */
import type { Clock } from '../clock.ts';
import type { AccountName, Faults } from '../faults.ts';
import type { RecordedPost } from '../openwx/poster.ts';
import type { Fields, Post } from './posts.ts';
import { postAgents, postJson } from '../post-json.ts';

export type PchookPoster = {
  post(post: Post): void;
  /** Posts what a fault holds that has been cleared. */
  release(): void;
  /** The process is gone. */
  stop(): void;
};

/** A receiver that does not answer is left after so long. */
const patienceMs = 5000;

export type PchookPosterSettings = {
  name: AccountName;
  clock: Clock;
  faults: Faults;
  /** Null: it was not told where to post. */
  url: () => string | null;
  /** ServerPort and selfwxid, which every post begins with. */
  envelope: () => Fields;
  record: (post: RecordedPost) => void;
  changed: () => void;
};

type Body = { readonly [key: string]: string | Body[] };

export function createPchookPoster(settings: PchookPosterSettings): PchookPoster {
  const { name, clock, faults } = settings;
  const agents = postAgents();
  let held: Body[] = [];
  let last: Promise<void> = Promise.resolve();

  const once = async (url: string, body: Body, lost: boolean): Promise<void> => {
    // A process that has died meanwhile posts nothing more.
    if (settings.url() === null) return;
    const text = hookJson(body);
    const post: RecordedPost = {
      account: name.number,
      url: lost ? null : url,
      text,
      body,
      at: clock.now(),
      outcome: lost ? 'dropped' : 'waiting',
      status: null,
    };
    settings.record(post);
    if (lost) return;
    try {
      post.status = (await postJson(url, text, agents, patienceMs)).status;
      post.outcome = 'answered';
    } catch {
      post.outcome = 'failed';
    }
    settings.changed();
  };
  const deliver = (body: Body, lost = false): void => {
    const url = settings.url();
    if (url === null) return;
    const repeat = lost ? undefined : faults.take('repeat', name);
    const copies = repeat === undefined ? 1 : 1 + (repeat.copies ?? 1);
    for (let copy = 0; copy < copies; copy++) last = last.then(() => once(url, body, lost));
  };
  const flush = (): void => {
    const bodies = held.toReversed();
    held = [];
    for (const body of bodies) deliver(body);
  };
  const hold = (body: Body): void => {
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

  return {
    post(post) {
      if (settings.url() === null) return;
      const body = bodyOf(settings.envelope(), post);
      if (faults.take('drop', name) !== undefined) {
        deliver(body, true);
        return;
      }
      const delay = faults.take('delay', name);
      if (delay === undefined) hold(body);
      else clock.after(delay.ms, () => hold(body));
    },
    release() {
      if (held.length > 0 && faults.find('reorder', name) === undefined) flush();
    },
    stop() {
      held = [];
      agents.destroy();
    },
  };
}

function bodyOf(envelope: Fields, { sendorrecv, elements, rest }: Post): Body {
  if (elements === undefined) return { ...envelope, sendorrecv, ...rest };
  const msglist = elements.map((element, at) => ({ index: String(at + 1), ...element }));
  // What was typed here with a file is counted as none.
  const isSentFile = sendorrecv === '1' && elements.some((element) => 'img_path' in element || 'file_path' in element);
  return { ...envelope, sendorrecv, msgnumber: isSentFile ? '0' : String(msglist.length), msglist };
}

/** JSON with the line breaks inside its texts as they are, which JSON forbids. */
function hookJson(body: Body): string {
  return JSON.stringify(body).replaceAll(/\\([^])/g, (escaped, sign: string) => (sign === 'n' ? '\n' : escaped));
}
