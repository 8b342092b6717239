import type { QrCode } from '../../words.ts';
import { unreadable } from './client.ts';
import { request } from '../request.ts';

const largestBytes = 1024 * 1024;

/**
 * The login code as a picture of its own: E云 gives the address of one on its servers, which a browser may not be able to
 * load. Throws `DriverError`.
 */
export async function fetchQrCode(address: string, timeoutMs: number, signal: AbortSignal): Promise<QrCode> {
  if (/^data:image\/[a-z+]{1,10};base64,[A-Za-z0-9+/]+={0,2}$/.test(address)) return codeOf(address);
  // Without the Authorization: the picture may lie on another host.
  const { status, bytes } = await request({ method: 'GET', url: address, timeoutMs, maxBytes: largestBytes }, signal);
  const mime = mimeOf(bytes);
  if (status !== 200 || mime === null) throw unreadable('the QR code of E云 is no picture');
  return codeOf(`data:${mime};base64,${Buffer.from(bytes).toString('base64')}`);
}

/** Neither the text that it encodes nor its end is told. */
function codeOf(image: string): QrCode {
  return { url: null, image, expiresAt: null };
}

function mimeOf(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (start === '89504e47') return 'image/png';
  if (start.startsWith('ffd8ff')) return 'image/jpeg';
  return start === '47494638' ? 'image/gif' : null;
}
