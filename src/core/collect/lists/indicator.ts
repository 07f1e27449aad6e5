import { type Block, contains, parseAddress, parseBlock } from '../../lib/cidr.ts';
import { fold } from '../../lib/fold.ts';
import { isEverybodys, sharedHosts } from './too-wide-names.ts';

/** An entry as lists hold it, or why there is none. */
export type Indicator = { readonly entry: string } | { readonly refused: string };

/** Blocks of fewer bits would match a good part of the internet: an address space is a mistake, or an attack on us. */
const fewestBits = { 4: 8, 6: 16 } as const;
const longest = 2_048;
/** RFC 1035, 2.3.4, without the root's dot. */
const longestName = 253;

/**
 * Addresses that stand for no host of the internet: IANA's special-purpose registries (RFC 6890), documentation (RFC
 * 5737, RFC 3849), multicast and what is reserved. A list that names them would match one's own networks.
 */
const every = (
  [
    ['0.0.0.0/8', 'this network'],
    ['10.0.0.0/8', 'private addresses'],
    ['100.64.0.0/10', 'private addresses'],
    ['127.0.0.0/8', 'loopback addresses'],
    ['169.254.0.0/16', 'link-local addresses'],
    ['172.16.0.0/12', 'private addresses'],
    ['192.0.0.0/24', 'reserved addresses'],
    ['192.0.2.0/24', 'addresses for documentation'],
    ['192.168.0.0/16', 'private addresses'],
    ['198.18.0.0/15', 'addresses for measurements'],
    ['198.51.100.0/24', 'addresses for documentation'],
    ['203.0.113.0/24', 'addresses for documentation'],
    ['224.0.0.0/3', 'multicast or reserved addresses'],
    ['::/96', 'loopback addresses or none'],
    ['::ffff:0:0/96', 'IPv4 in IPv6'],
    ['64:ff9b::/96', 'IPv4 in IPv6'],
    ['100::/64', 'reserved addresses'],
    ['2001:db8::/32', 'addresses for documentation'],
    ['3fff::/20', 'addresses for documentation'],
    ['fc00::/7', 'private addresses'],
    ['fe80::/10', 'link-local addresses'],
    ['ff00::/8', 'multicast addresses'],
  ] as const
).flatMap(([text, is]) => {
  const block = parseBlock(text);
  return block === null ? [] : [{ block, is }];
});

const special = {
  4: every.filter(({ block }) => block.address.family === 4),
  6: every.filter(({ block }) => block.address.family === 6),
} as const;

/**
 * One value of a threat list: an address, a block, a domain name, or a URL, whose host counts; also defanged, as
 * `1.2.3[.]4` and `hxxp://`, and with a port. What is so wide that it would match what everybody uses is refused.
 */
export function indicator(text: string): Indicator {
  if (text.length > longest) return { refused: 'longer than any address or name' };
  const plain = refanged(text);
  if (plain === '') return { refused: 'empty' };
  const block = parseBlock(plain);
  if (block !== null) return blockIndicator(plain, block);
  const scheme = plain.indexOf('://');
  if (scheme < 0) {
    const port = /^([^:/]+):\d{1,5}$/.exec(plain)?.[1];
    return hostIndicator(port ?? plain, false);
  }
  if (!/^[a-z][a-z0-9+.-]{0,20}$/i.test(plain.slice(0, scheme))) return { refused: unclear };
  return hostIndicator(hostOf(plain.slice(scheme + 3)), true);
}

const unclear = 'neither an address, a block, a domain name nor a URL';

function blockIndicator(text: string, block: Block): Indicator {
  const { family } = block.address;
  if (block.prefix < fewestBits[family])
    return { refused: `a block wider than /${fewestBits[family]} of IPv${family} would match too much` };
  for (const { block: other, is } of special[family])
    if (overlap(block, other)) return { refused: `holds ${is}, which one's own networks have or nobody` };
  return { entry: fold(text) };
}

function overlap(a: Block, b: Block): boolean {
  return a.prefix < b.prefix ? contains(a, b.address) : contains(b, a.address);
}

function hostIndicator(host: string, ofUrl: boolean): Indicator {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const address = parseAddress(bare);
  if (address !== null) return blockIndicator(bare, { address, prefix: address.family === 4 ? 32 : 128 });
  const name = fold(bare)
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  if (name.length > longestName || !/^[\x21-\x7e]+$/.test(name)) return { refused: unclear };
  const labels = name.split('.');
  if (!labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))) return { refused: unclear };
  const last = labels.at(-1) ?? '';
  if (!/^([a-z]{2,63}|xn--[a-z0-9-]+)$/.test(last)) return { refused: unclear };
  if (labels.length === 1) return { refused: 'a single word: a whole top-level domain would match too much' };
  if (isEverybodys(name)) return { refused: 'a name below which all the world has names would match too much' };
  if (ofUrl && sharedHosts.has(name)) return { refused: 'a URL on a host that everybody uses: its name alone would match too much' };
  return { entry: name };
}

/** The host of what follows the `://` of a URL. */
function hostOf(rest: string): string {
  const authority = rest.slice(0, firstOf(rest, '/?#\\'));
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.startsWith('[')) return host.slice(0, host.indexOf(']') + 1);
  const colon = host.indexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}

function firstOf(text: string, characters: string): number {
  for (let i = 0; i < text.length; i++) if (characters.includes(text[i] ?? '')) return i;
  return text.length;
}

/** People write indicators so that nobody follows them by mistake. */
function refanged(text: string): string {
  const trimmed = text.trim();
  if (!/[[({\\]|^(hxxp|meow|fxp)/i.test(trimmed)) return trimmed;
  const plain = trimmed
    .replace(/\[\.\]|\(\.\)|\{\.\}|\\\.|\[dot\]|\(dot\)/gi, '.')
    .replace(/\[:\/\/\]/g, '://')
    .replace(/\[:\]/g, ':')
    .replace(/\[\/\]/g, '/');
  return plain.replace(/^(hxxp|hXXp|meow)(s?):/i, 'http$2:').replace(/^fxp:/i, 'ftp:');
}
