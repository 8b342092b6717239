import { isIP } from 'node:net';

/** Whether an IP address is of this machine alone; IPv4 also where it came in as IPv6. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(plain) === 6 ? plain === '::1' : isIP(plain) === 4 && plain.startsWith('127.');
}
