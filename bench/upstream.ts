/** An Openwx upstream that answers at once, in a process of its own: a thread would share its memory with what is measured. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const self = { account: 'bench', id: '@bench', name: 'bench', state: 'running' };
let sends = 0;

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const route = /\/openwx\/(\w+)/.exec(request.url ?? '')?.[1];
    // Nothing happens here: a poll is answered by nobody, as one that waits.
    if (route === 'check_event') return void setTimeout(() => response.end('[]'), 5_000).unref();
    const isSend = route === 'send_friend_message';
    if (isSend) sends += 1;
    const answer = isSend
      ? { code: 0, id: `${7_000_000_000_000_000_000n + BigInt(sends)}:@filehelper`, status: 'success' }
      : route === 'get_client_info'
        ? { code: 0, state: 'running', port: 0, pid: 1, version: '1.4.6', starttime: 0, runtime: 1 }
        : route === 'get_user_info'
          ? self
          : [];
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.once('disconnect', () => process.exit(0));
