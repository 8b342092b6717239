import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ClientError } from './raw-lines.ts';

const statuses: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** Answers what no parser could read, unless another answer is under way there, and closes the socket. */
export function refuseClient(error: ClientError, socket: Duplex, isBusy: boolean): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statuses[error.code ?? ''] ?? 400;
  const body = JSON.stringify({ success: false, code: 'BAD_INPUT', error: 'This is no request that can be read.' });
  if (socket.writable && !isBusy) {
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\nConnection: close`;
    socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }
  socket.destroy(error);
}
