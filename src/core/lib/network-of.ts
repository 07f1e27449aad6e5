import { parseAddress } from './cidr.ts';

/** The network of an address: the /16 of an IPv4 one, the /32 of an IPv6 one. Addresses change, networks hardly. Null for what is no address. */
export function networkOf(text: string): string | null {
  const address = parseAddress(text);
  if (address === null) return null;
  const [first = 0, second = 0] = address.groups;
  if (address.family === 4) return `${first >> 8}.${first & 255}.0.0/16`;
  return `${first.toString(16)}:${second.toString(16)}::/32`;
}
