import { contains, parseAddress, parseBlock } from './cidr.ts';

/** Blocks that the public internet does not route: RFC 6890, RFC 6598, RFC 4193, RFC 4291. */
const blocks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '0.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
].flatMap((block) => parseBlock(block) ?? []);

/** Is this an address that only a network of one's own can have? False for what is no address. */
export function isPrivateAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== null && blocks.some((block) => contains(block, address));
}
