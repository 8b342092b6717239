/** An upstream of the model: it does with each send what the model says, and posts what it is told to. */
import { type Callback, type Driver, type DriverEvent, DriverError } from '../../../src/drivers/driver.ts';
import { decimalId, parseJson } from '../../../src/lossless-json.ts';
import type { DriverType } from '../../../src/resolvers/app.ts';

/** What becomes of a send. */
export const fates = ['TAKEN', 'TAKEN_WITH_ID', 'ECHO_FIRST', 'REFUSED', 'LOST_BUT_SENT', 'LOST'] as const;
export type Fate = (typeof fates)[number];

/** The next send that the upstream is given: what becomes of it, and the id of the message that it is then. */
export type Planned = { fate: Fate; upstreamId: string };

/** One message as the upstream posts it. */
export type Posted =
  | { type: 'message'; upstreamId: string; richness: number; text: string; from: string }
  | { type: 'revoke'; upstreamId: string; of: string; from: string }
  | { type: 'echo'; upstreamId: string; text: string; to: string; sentAt: number };

export type Upstream = {
  planned: Planned[];
  /** What WeChat has of the sends, by the id that it has there. */
  delivered: Map<string, { text: string; to: string; sentAt: number }>;
  /** Sends that nobody planned. */
  unplanned: string[];
  /** Posts and waits for the answer. */
  post(items: readonly Posted[]): Promise<void>;
};

/** Drivers for upstreams, by the address of their account. */
export function upstreamType(upstreams: ReadonlyMap<string, Upstream>, now: () => number): DriverType {
  return {
    capabilities: ['SEND_TEXT'],
    create: ({ baseUrl }): Driver => {
      const upstream = upstreams.get(baseUrl)!;
      return {
        kind: 'OPENWX',
        capabilities: ['SEND_TEXT'],
        decode,
        async send({ receiver: to, content }) {
          const text = content.type === 'TEXT' ? content.text : '';
          const plan = upstream.planned.shift();
          if (plan === undefined) upstream.unplanned.push(`${text} to ${to}`);
          const { fate, upstreamId } = plan ?? { fate: 'TAKEN', upstreamId: 'unplanned' };
          if (fate === 'REFUSED')
            throw new DriverError('UPSTREAM_REJECTED', 'refused', { certain: true, retry: false });
          const sentAt = now();
          if (fate !== 'LOST') upstream.delivered.set(upstreamId, { text, to, sentAt });
          if (fate === 'LOST' || fate === 'LOST_BUT_SENT')
            throw new DriverError('UPSTREAM_TIMEOUT', 'no answer', { certain: false, retry: false });
          if (fate === 'ECHO_FIRST') await upstream.post([{ type: 'echo', upstreamId, text, to, sentAt }]);
          return { upstreamId: fate === 'TAKEN' ? null : upstreamId, reference: null };
        },
      };
    },
  };
}

/** The body of a post. Ids are written as numbers, as texts and as signed ones, as upstreams do. */
export function bodyOf(items: readonly Posted[]): string {
  const written = items.map(({ upstreamId, ...item }, at) => {
    const forms = [upstreamId, `"${upstreamId}"`, String(BigInt.asIntN(64, BigInt(upstreamId)))];
    return `{"id":${forms[at % forms.length]},${JSON.stringify(item).slice(1)}`;
  });
  return `[${written.join(',')}]`;
}

function decode({ body, now }: Callback): DriverEvent[] {
  const raw = Buffer.from(body).toString('utf8');
  return (parseJson(raw) as (Posted & { id: unknown })[]).map((item) => {
    const isEcho = item.type === 'echo';
    const person = isEcho ? item.to : item.from;
    const text = item.type === 'revoke' ? '' : item.text;
    return {
      type: 'message',
      message: {
        upstreamId: decimalId(item.id),
        peer: { wxid: person, kind: 'FRIEND' },
        sender: { wxid: isEcho ? 'me' : person, name: null, displayName: null },
        direction: isEcho ? 'OUTGOING' : 'INCOMING',
        kind: item.type === 'revoke' ? 'REVOKE' : 'TEXT',
        text,
        content:
          item.type === 'revoke'
            ? { type: 'Revoke', revokedUpstreamId: decimalId(item.of), notice: 'taken back' }
            : { type: 'Text', text },
        mentions: [],
        mentionsMe: false,
        sentAt: isEcho ? item.sentAt : now,
        richness: item.type === 'message' ? item.richness : 1,
        raw,
      },
    };
  });
}
