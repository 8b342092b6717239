/** Which network addresses are everybody's, and which are of this machine, of its network or of nobody. */
import { BlockList, isIP } from 'node:net';

/** By IANA's registries of special addresses, and one of a cloud provider's services. */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Outside of these are loopback, link-local, private, NAT64 and mapped addresses. */
const public6 = ['2000::/3'];
/** Teredo, 6to4 (they hold an address of version 4) and documentation. */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const special = listOf(special4, 'ipv4');
const worldwide = listOf(public6, 'ipv6');
const exceptions = listOf(special6, 'ipv6');

/** Whether an address, as text without brackets, is one of the public internet. False for what is no address. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !special.check(address, 'ipv4');
  return version === 6 && worldwide.check(address, 'ipv6') && !exceptions.check(address, 'ipv6');
}

function listOf(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network, bits] = range.split('/') as [string, string];
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
