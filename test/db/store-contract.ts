import { describe } from 'vitest';
import { testAccess } from './contract/access.ts';
import { testAccounts } from './contract/accounts.ts';
import { testAnnouncements } from './contract/announcements.ts';
import { testChats } from './contract/chats.ts';
import { testContactChanges } from './contract/contact-changes.ts';
import { testContacts } from './contract/contacts.ts';
import { testEvidence } from './contract/evidence.ts';
import { testGroups } from './contract/groups.ts';
import { testLanes } from './contract/lanes.ts';
import { testLog } from './contract/log.ts';
import { testMedia } from './contract/media.ts';
import { testMessages } from './contract/messages.ts';
import { testReceiving } from './contract/receiving.ts';
import { testRests } from './contract/rests.ts';
import { testRevokes } from './contract/revokes.ts';
import { testSendLog } from './contract/send-log.ts';
import { testSending } from './contract/sending.ts';
import { testSettling } from './contract/settling.ts';
import { testUploads } from './contract/uploads.ts';
import { testWebhooks } from './contract/webhooks.ts';
import type { OpenStore } from './contract/world.ts';

/** What every store must do, written against the interface alone. An engine is done when it passes. */
export function testStore(name: string, open: OpenStore): void {
  describe(`${name}:`, () => {
    // Each part makes a world for its own tests.
    describe('log', () => {
      testLog(open);
    });
    describe('messages in', () => {
      testReceiving(open);
    });
    describe('messages in two posts', () => {
      testRests(open);
    });
    describe('messages taken back', () => {
      testRevokes(open);
    });
    describe('messages', () => {
      testMessages(open);
    });
    describe('media', () => {
      testMedia(open);
    });
    describe('uploads', () => {
      testUploads(open);
    });
    describe('chats', () => {
      testChats(open);
    });
    describe('sends out', () => {
      testSending(open);
    });
    describe('sends settled', () => {
      testSettling(open);
    });
    describe('send log', () => {
      testSendLog(open);
    });
    describe('accounts', () => {
      testAccounts(open);
    });
    describe('groups', () => {
      testGroups(open);
    });
    describe('lanes', () => {
      testLanes(open);
    });
    describe('contacts', () => {
      testContacts(open);
    });
    describe('contacts changed', () => {
      testContactChanges(open);
    });
    describe('announcements', () => {
      testAnnouncements(open);
    });
    describe('evidence', () => {
      testEvidence(open);
    });
    describe('events going out', () => {
      testWebhooks(open);
    });
    describe('access', () => {
      testAccess(open);
    });
  });
}
