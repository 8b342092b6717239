/** The limit to compare with: `node:http` alone. It stores nothing, and reads rows with one prepared statement. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import BetterSqlite3 from 'better-sqlite3';
import { answer, options } from './answer.ts';

const { database } = options<{ database?: string }>();
const rows =
  database === undefined
    ? null
    : new BetterSqlite3(database, { readonly: true }).prepare(
        `select id, receiver, type, status, content, attempts, created_at as createdAt
         from outbox order by id desc limit 50`,
      );

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    JSON.parse(Buffer.concat(parts).toString('utf8'));
    const [type, text] =
      request.url === '/callback'
        ? ['text/plain', 'ok']
        : ['application/json', JSON.stringify({ data: { logs: { nodes: rows!.all() } } })];
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
answer((server.address() as AddressInfo).port, {}, () => {});
