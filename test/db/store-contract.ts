import { describe } from 'vitest';
import { testAccess } from './contract/access.ts';
import { testAccounts } from './contract/accounts.ts';
import { testContacts } from './contract/contacts.ts';
import { testLog } from './contract/log.ts';
import { testReceiving } from './contract/receiving.ts';
import { testSending } from './contract/sending.ts';
import type { OpenStore } from './contract/world.ts';

const parts = {
  log: testLog,
  receiving: testReceiving,
  sending: testSending,
  accounts: testAccounts,
  contacts: testContacts,
  access: testAccess,
};

/** What every store must do, written against the interface alone. An engine is done when it passes. */
export function testStore(name: string, open: OpenStore): void {
  describe(name, () => {
    // Each part makes a world for its own tests.
    for (const [part, test] of Object.entries(parts))
      describe(part, () => {
        test(open);
      });
  });
}
