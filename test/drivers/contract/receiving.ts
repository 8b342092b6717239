/** What an upstream posts: to messages and back to what happened in the world. */
import { describe, expect, it } from 'vitest';
import { DriverError, type UpstreamMessage } from '../../../src/drivers/driver.ts';
import type { IncomingMedia, MediaBytes } from '../../../src/drivers/media.ts';
import type { MediaKind } from '../../../src/simulator/wechat.ts';
import type { MessageKind } from '../../../src/words.ts';
import { type About, type Bench, type Front, failureOf, fetched, never } from './bench.ts';
import { samples } from './media.ts';

const received: readonly [MediaKind, MessageKind, string, Uint8Array][] = [
  ['image', 'IMAGE', 'picture.png', samples.IMAGE.bytes],
  ['voice', 'VOICE', 'voice.silk', samples.VOICE.bytes],
  ['video', 'VIDEO', 'film.mp4', samples.VIDEO.bytes],
  ['emoticon', 'EMOJI', 'smile.gif', Buffer.from('GIF89a\u0001\0\u0001\0')],
  ['file', 'FILE', 'a.txt', samples.FILE.bytes],
];

export function testReceiving({ contract, front, bench }: About): void {
  const { unknown, foreign } = contract;
  const { decode } = bench;

  it('decodes the same bytes to the same message, with WeChat’s own id', async () => {
    const { simulator, wxid } = front();
    const { id } = simulator.world.receive(wxid, bench.cast().friend, '契约测试');
    const body = await bench.posted('契约测试');
    const [event, ...others] = decode(body);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: 'message',
      message: { upstreamId: id, kind: 'TEXT', text: '契约测试', direction: 'INCOMING', raw: body },
    });
    expect(decode(body)).toEqual([event]);
  });

  it('refuses what is another account’s, and what cannot be read', () => {
    expect(errorOf(() => decode(foreign))).toMatchObject({ code: 'FORBIDDEN', certain: true, retry: false });
    for (const body of ['', 'x', '[]', 'null', '{"a":', '\0']) {
      expect(errorOf(() => decode(body))).toMatchObject({ code: 'BAD_INPUT', certain: true, retry: false });
    }
  });

  it('keeps a message of a kind that it does not know', () => {
    const body = unknown(front());
    expect(decode(body)).toMatchObject([{ type: 'message', message: { kind: 'UNKNOWN', raw: body } }]);
  });

  it('a friend request is a message that tells who asks', async () => {
    const events = await bench.told(() => front().simulator.world.requestFriend(front().wxid, '路人', '加一下'));
    const told = events.filter((event) => event.type === 'message');
    expect(told).toMatchObject([
      { message: { kind: 'FRIEND_REQUEST', content: { name: '路人', greeting: '加一下' } } },
    ]);
  });

  describe('media', () => {
    it.each(received)(
      '%s: the bytes come along, or are fetched, or are not to be had',
      async (media, kind, name, bytes) => {
        const { simulator, wxid } = front();
        const receive = () => simulator.world.receive(wxid, bench.cast().friend, { type: 'media', media, name, bytes });
        const { message, bytes: told } = await incoming(bench, receive);
        expect(message).toMatchObject({ kind, direction: 'INCOMING', content: { type: 'Media' } });
        if (media === 'file') expect(message.content).toMatchObject({ media: { name } });
        if (told === 'FETCHABLE') {
          const driver = front().driver();
          const got = await fetched(driver.fetchMedia!(asked(message), never));
          expect(got).toEqual(Buffer.from(bytes));
        } else if (told !== undefined) {
          expect(Buffer.from(told.bytes)).toEqual(Buffer.from(bytes));
          // What is kept in a file is not kept in the message as well.
          expect(message.raw).not.toContain(Buffer.from(bytes).toString('base64').slice(0, 76));
        }
      },
    );

    it('that WeChat no longer has are NOT_FOUND', async () => {
      const { loseMedia, driver } = front();
      const [found] = await fetchable(front(), bench);
      if (found === undefined || loseMedia === undefined) return;
      loseMedia();
      const failure = await failureOf(() => fetched(driver().fetchMedia!(found, never)));
      expect(failure).toBeInstanceOf(DriverError);
      expect(failure).toMatchObject({ code: 'NOT_FOUND', certain: true });
    });
  });
}

/** A message of the world as it was decoded, with what was told of its bytes last. */
async function incoming(
  bench: Bench,
  act: () => unknown,
): Promise<{ message: UpstreamMessage; bytes: MediaBytes | 'FETCHABLE' | undefined }> {
  const events = await bench.told(act);
  const messages = events.flatMap((event) => (event.type === 'message' ? [event.message] : []));
  const rests = events.flatMap((event) => (event.type === 'rest' ? [event.rest] : []));
  const message = messages.reduce((best, one) => (one.richness > best.richness ? one : best));
  // Whatever else is posted is about the same message, or announces it.
  const ids = [message.upstreamId, message.announcedAs];
  for (const { upstreamId } of [...messages, ...rests]) expect(ids).toContain(upstreamId);
  return { message, bytes: [...messages, ...rests].findLast(({ bytes }) => bytes !== undefined)?.bytes };
}

/** Received media that a driver says it can fetch. */
export async function fetchable({ simulator, wxid }: Front, bench: Bench): Promise<IncomingMedia[]> {
  const found: IncomingMedia[] = [];
  for (const [media, , name, bytes] of received) {
    const content = { type: 'media', media, name, bytes } as const;
    const told = await incoming(bench, () => simulator.world.receive(wxid, bench.cast().friend, content));
    if (told.bytes === 'FETCHABLE') found.push(asked(told.message));
  }
  return found;
}

function asked(message: UpstreamMessage): IncomingMedia {
  const { kind, content, upstreamId, peer, sender, sentAt, raw } = message;
  if (content.type !== 'Media') throw new Error(`no media: ${content.type}`);
  return { kind, facts: content.media, upstreamId, peerWxid: peer.wxid, senderWxid: sender.wxid, sentAt, raw };
}

function errorOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
