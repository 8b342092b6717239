/**
 * What every driver must do, tested against the front of the simulator that speaks its upstream's protocol.
 *
 * What a driver announces decides what is asked of it. The tests of a contract run in their order: those that change the
 * world come last.
 */
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { type Contract, type Front, createBench } from './contract/bench.ts';
import { testChanges } from './contract/changes.ts';
import { testContacts } from './contract/contacts.ts';
import { type MediaServer, serveMedia } from './contract/media.ts';
import { testPromises } from './contract/promises.ts';
import { testReceiving } from './contract/receiving.ts';
import { testSending } from './contract/sending.ts';
import { testSendingMedia } from './contract/sending-media.ts';

export function testDriver(contract: Contract): void {
  describe(`the contract of drivers: ${contract.name}`, () => {
    let front: Front;
    let media: MediaServer;
    beforeAll(async () => {
      media = await serveMedia();
      front = await contract.start();
    });
    afterAll(async () => {
      await front.stop();
      await media[Symbol.asyncDispose]();
    });
    beforeEach(() => {
      front.simulator.clearFaults();
      front.simulator.forget();
    });
    const about = {
      contract,
      front: () => front,
      media: () => media,
      bench: createBench(() => front, contract.query),
    };
    testReceiving(about);
    testSending(about);
    testSendingMedia(about);
    testContacts(about);
    testPromises(about);
    testChanges(about);
  });
}
