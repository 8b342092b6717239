/** Sends of media: each type that is announced, and none that is not. */
import { describe, expect, it } from 'vitest';
import { DriverError, type OutgoingSend } from '../../../src/drivers/driver.ts';
import type { Fault } from '../../../src/simulator/faults.ts';
import { type About, failureOf, never } from './bench.ts';
import { type MediaType, type Source, capabilityOf, mediaTypes, samples } from './media.ts';

const unsupported = { code: 'UNSUPPORTED', certain: true, retry: false };
const faults: readonly [Fault['type'], boolean, number][] = [
  ['reset-before-send', false, 0],
  ['reset-after-send', false, 1],
  ['timeout-before-send', false, 0],
  ['timeout-after-send', false, 1],
  ['refuse', true, 0],
];

export function testSendingMedia({ front, media, bench }: About): void {
  const sendOf = (type: MediaType, source?: Source): OutgoingSend => ({
    ...bench.text(''),
    content: { type, media: media().media(type, source) },
  });
  const can = (type: MediaType): boolean => front().driver().capabilities.includes(capabilityOf(type));

  describe.each(mediaTypes)('a send of %s', (type) => {
    it('reaches WeChat once with the same bytes, or is refused before anything leaves', async () => {
      const { driver, simulator, wxid } = front();
      const sent = failureOf(() => driver().send(sendOf(type), never));
      if (!can(type)) {
        expect(await sent).toMatchObject(unsupported);
        expect(simulator.requests).toEqual([]);
        return;
      }
      expect(await sent).toMatchObject([{}, 'came of it']);
      expect(simulator.delivered).toHaveLength(1);
      const { content, to } = simulator.delivered[0]!;
      const { bytes, kind, name } = samples[type];
      expect([to === wxid, content.type]).toEqual([false, 'media']);
      if (content.type !== 'media') return;
      expect([content.media, Buffer.from(content.bytes)]).toEqual([kind, Buffer.from(bytes)]);
      // Of pictures, films and voices WeChat shows no name.
      if (type === 'FILE') expect(content.name).toBe(name);
    });

    it('that is known to WeChat already is sent by its id, or refused before anything leaves', async () => {
      if (!can(type)) return;
      const { driver, simulator } = front();
      const { mediaId = null } = await driver().send(sendOf(type), never);
      simulator.forget();
      const again = failureOf(() => driver().send(sendOf(type, { at: 'WECHAT', mediaId: mediaId ?? 'x' }), never));
      if (mediaId === null) {
        expect(await again).toMatchObject(unsupported);
        expect(simulator.requests).toEqual([]);
        return;
      }
      expect(await again).toMatchObject([{}, 'came of it']);
      expect(simulator.delivered).toMatchObject([{ content: { media: samples[type].kind } }]);
    });

    it('that lies nowhere on the upstream’s disk has certainly not left', async () => {
      if (!can(type)) return;
      const { driver, simulator } = front();
      const path = '/nowhere/there is no such file';
      const outcome = await failureOf(() => driver().send(sendOf(type, { at: 'UPSTREAM', path }), never));
      if (simulator.delivered.length > 0) return;
      expect(outcome).toBeInstanceOf(DriverError);
      expect(outcome).toMatchObject({ certain: true });
    });

    it.each(faults)('that meets %s is certain: %s', async (fault, certain, delivered) => {
      if (!can(type)) return;
      const { driver, simulator, number } = front();
      simulator.fault({ type: fault, account: number } as Fault);
      const outcome = await failureOf(() => driver().send(sendOf(type), never));
      expect(outcome).toBeInstanceOf(DriverError);
      expect(outcome).toMatchObject({ certain });
      expect(simulator.delivered).toHaveLength(delivered);
    });
  });
}
