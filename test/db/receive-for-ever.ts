/** Brings messages in until it is killed, and prints the key of each one when it was acknowledged: a process of its own. */
import { openSqliteStore } from '../../src/db/sqlite/open.ts';
import type { NewMessage } from '../../src/db/store.ts';

const [path = ''] = process.argv.slice(2);
const store = await openSqliteStore({ path, dayOf: (at) => new Date(at).toISOString().slice(0, 10) });
const { object: account } = await store.createAccount({
  name: 'account',
  remark: null,
  driver: 'OPENWX',
  connection: { baseUrl: 'http://127.0.0.1:3000' },
  sealedSecrets: null,
  callbackHash: 'callback',
  sealedCallback: 'sealed',
  defaultReceiver: null,
  pacing: { intervalMs: 0, jitterMs: 0, perDay: null, paused: false },
  now: 0,
});

function message(key: string): NewMessage {
  return {
    key,
    upstreamId: key,
    peer: { wxid: 'wxid_alice', kind: 'FRIEND' },
    sender: { wxid: 'wxid_alice', name: null, displayName: null },
    direction: 'INCOMING',
    kind: 'TEXT',
    text: key,
    content: { type: 'Text', text: key },
    mentions: [],
    mentionsMe: false,
    sentAt: 0,
    richness: 1,
    raw: key.repeat(20),
  };
}

for (let batch = 0; ; batch += 1) {
  const keys = Array.from({ length: 10 }, (_, n) => `batch ${batch} message ${n}`);
  await store.receive(keys.map((key) => ({ type: 'message', accountId: account.id, now: 0, message: message(key) })));
  await new Promise((resolve) => process.stdout.write(`${keys.join('\n')}\n`, resolve));
}
