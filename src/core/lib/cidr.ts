/** An IP address as its family and its bits in 16-bit groups: 2 for IPv4, 8 for IPv6. */
export interface Address {
  readonly family: 4 | 6;
  readonly groups: readonly number[];
}

/** A block of addresses: the first `prefix` bits count. */
export interface Block {
  readonly address: Address;
  readonly prefix: number;
}

/**
 * Parses an address strictly (RFC 4291 and dotted decimal without leading zeros); null for anything else. Logs hold
 * service names and impossible addresses where an address should be, and neither is in any block.
 */
export function parseAddress(text: string): Address | null {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

/** Parses `address/prefix`; an address alone is a block of one. Bits beyond the prefix are allowed and do not count. */
export function parseBlock(text: string): Block | null {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  const bits = address.family === 4 ? 32 : 128;
  if (slash < 0) return { address, prefix: bits };
  const prefix = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits) return null;
  return { address, prefix: Number(prefix) };
}

/** Is the address in the block? Families do not mix. */
export function contains(block: Block, address: Address): boolean {
  if (block.address.family !== address.family) return false;
  let bits = block.prefix;
  for (let i = 0; bits > 0; i++, bits -= 16) {
    const shift = bits >= 16 ? 0 : 16 - bits;
    if ((block.address.groups[i] ?? 0) >> shift !== (address.groups[i] ?? 0) >> shift) return false;
  }
  return true;
}

/** Logs hold millions of them, so no pattern is run. */
function parseV4(text: string): Address | null {
  let bits = 0;
  let byte = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 46) {
      if (byte < 0 || ++dots > 3) return null;
      bits = bits * 256 + byte;
      byte = -1;
      continue;
    }
    // A leading zero means octal to some readers and decimal to others: no address at all.
    if (c < 48 || c > 57 || byte === 0) return null;
    byte = byte < 0 ? c - 48 : byte * 10 + c - 48;
    if (byte > 255) return null;
  }
  if (dots !== 3 || byte < 0) return null;
  bits = bits * 256 + byte;
  return { family: 4, groups: [Math.floor(bits / 65_536), bits % 65_536] };
}

function parseV6(text: string): Address | null {
  if (text.length > 45) return null;
  let rest = text;
  let tail: readonly number[] = [];
  const lastColon = rest.lastIndexOf(':');
  if (rest.includes('.')) {
    const v4 = parseV4(rest.slice(lastColon + 1));
    if (v4 === null) return null;
    tail = v4.groups;
    rest = rest.slice(0, lastColon + 1);
    // "::1.2.3.4" leaves "::", "64:ff9b:1.2.3.4" leaves a single colon too many.
    if (!rest.endsWith('::')) rest = rest.slice(0, -1);
  }
  const halves = rest.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '');
  const foot = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === null || foot === null) return null;
  const missing = 8 - head.length - foot.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  return { family: 6, groups: [...head, ...new Array<number>(missing).fill(0), ...foot, ...tail] };
}

function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  for (const part of text.split(':')) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}
