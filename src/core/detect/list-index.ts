import { type Address, type Block, parseAddress, parseBlock } from '../lib/cidr.ts';
import { fold } from '../lib/fold.ts';
import type { Lists, ListTest } from '../model/rule.ts';

/** The entry of a list that a value meets; null where there is none. */
type Find = (folded: string, raw: string) => string | null;

/** Lists made for asking: one question costs the same whatever a list's length. */
export interface ListIndex {
  /** A list that is not here is empty. */
  finder(test: ListTest): Find;
  entries(list: string): readonly string[];
  /** The addresses of IPv4, as numbers, at which it may be another answer than of the address before; null where that may be any. */
  addressSteps(test: ListTest): Float64Array | null;
  /** Has the list no entry that this test could meet? A list of names has none for addresses. */
  isEmpty(test: ListTest): boolean;
}

/** No name of DNS is longer: RFC 1035, 2.3.4. */
const longestName = 255;

export function listIndex(lists: Lists): ListIndex {
  const made = new Map<string, Find>();
  const steps = new Map<string, Float64Array>();
  return {
    finder(test) {
      const key = `${test.how} ${test.cased} ${test.list}`;
      let find = made.get(key);
      if (find === undefined) {
        find = findIn(lists.get(test.list) ?? [], test);
        made.set(key, find);
      }
      return find;
    },
    entries: (list) => lists.get(list) ?? [],
    addressSteps({ list, how }) {
      if (how === 'domain-suffix') return null;
      const key = `${how} ${list}`;
      const known = steps.get(key) ?? stepsOfEntries(lists.get(list) ?? [], how);
      steps.set(key, known);
      return known;
    },
    isEmpty({ list, how }) {
      const entries = lists.get(list) ?? [];
      return how === 'cidr' ? !entries.some((entry) => parseBlock(entry) !== null) : entries.length === 0;
    },
  };
}

/** Where texts are compared as a whole, a block is a text that no address is. */
function stepsOfEntries(entries: readonly string[], how: 'equals' | 'cidr'): Float64Array {
  const steps = new Float64Array(2 * entries.length);
  let n = 0;
  for (const entry of entries) {
    const block = how === 'equals' && entry.includes('/') ? null : parseBlock(entry);
    for (const step of block === null ? [] : stepsOfBlock(block)) steps[n++] = step;
  }
  return steps.slice(0, n);
}

/** The first address of a block and the first one behind it; none of IPv6. */
export function stepsOfBlock({ address, prefix }: Block): readonly number[] {
  if (address.family !== 4) return [];
  const start = numberOf(masked(address, prefix, 0));
  return [start, start + sizeOf(prefix)];
}

function findIn(entries: readonly string[], { how, cased }: ListTest): Find {
  switch (how) {
    case 'equals': {
      const texts = new Set(cased ? entries : entries.map(fold));
      return cased ? (_, raw) => (texts.has(raw) ? raw : null) : (folded) => (texts.has(folded) ? folded : null);
    }
    case 'domain-suffix':
      return domainFinder(entries);
    case 'cidr':
      return blockFinder(entries);
    default:
      return how satisfies never;
  }
}

/** A name and the names below it; `*.example.com`, `.example.com` and `example.com.` are the entry `example.com`. */
function domainFinder(entries: readonly string[]): Find {
  const names = new Set(entries.map((entry) => withoutRoot(fold(entry)).replace(/^\*?\./, '')));
  names.delete('');
  return (folded) => {
    const name = withoutRoot(folded);
    if (name.length > longestName) return null;
    for (let at = 0; ; ) {
      const suffix = name.slice(at);
      if (names.has(suffix)) return suffix;
      const dot = name.indexOf('.', at);
      if (dot < 0) return null;
      at = dot + 1;
    }
  };
}

function withoutRoot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** Entries that are no blocks are passed over: who loads a list says so. */
function blockFinder(entries: readonly string[]): Find {
  const v4: number[] = [];
  const v6: Range[] = [];
  for (const entry of entries) {
    const block = parseBlock(entry);
    if (block === null) continue;
    const start = masked(block.address, block.prefix, 0);
    if (block.address.family === 4) v4.push(numberOf(start) * 64 + block.prefix);
    else v6.push({ start: hexOf(start), end: hexOf(masked(block.address, block.prefix, 0xffff)), entry });
  }
  const find4 = findV4(v4);
  const find6 = findV6(v6);
  return (_, raw) => {
    const address = parseAddress(raw);
    if (address === null) return null;
    return address.family === 4 ? find4(numberOf(address.groups)) : find6(hexOf(address.groups));
  };
}

/**
 * Blocks as `first address * 64 + prefix`: in order, and one of two that begin alike is the wider first. Blocks lie inside
 * each other or apart, and the widest stands for those inside, so that one search tells.
 */
function findV4(blocks: readonly number[]): (address: number) => string | null {
  const sorted = Float64Array.from(blocks).sort();
  let n = 0;
  let end = -1;
  for (const block of sorted) {
    const start = Math.floor(block / 64);
    if (start <= end) continue;
    sorted[n++] = block;
    end = start + sizeOf(block % 64) - 1;
  }
  const outer = sorted.slice(0, n);
  return (address) => {
    const block = outer[after(outer.length, (i) => (outer[i] ?? 0) <= address * 64 + 63) - 1];
    if (block === undefined) return null;
    const [start, prefix] = [Math.floor(block / 64), block % 64];
    return address < start + sizeOf(prefix) ? `${dotted(start)}${prefix === 32 ? '' : `/${prefix}`}` : null;
  };
}

function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.');
}

/** Ends are of one width, so that the order of texts is that of addresses. */
interface Range {
  readonly start: string;
  readonly end: string;
  readonly entry: string;
}

function findV6(ranges: Range[]): (address: string) => string | null {
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  ranges.sort((a, b) => order(a.start, b.start) || order(b.end, a.end) || order(a.entry, b.entry));
  const outer: Range[] = [];
  for (const range of ranges) if (range.start > (outer.at(-1)?.end ?? '')) outer.push(range);
  return (address) => {
    const range = outer[after(outer.length, (i) => (outer[i]?.start ?? '') <= address) - 1];
    return range !== undefined && address <= range.end ? range.entry : null;
  };
}

/** The first of `n` places for which this no longer holds. */
function after(n: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The groups with the bits beyond the prefix as in `fill`. */
function masked({ groups }: Address, prefix: number, fill: number): readonly number[] {
  return groups.map((group, i) => {
    const free = Math.min(16, Math.max(0, 16 * (i + 1) - prefix));
    const mask = (1 << free) - 1;
    return (group & ~mask) | (fill & mask);
  });
}

function numberOf([high = 0, low = 0]: readonly number[]): number {
  return high * 65_536 + low;
}

function hexOf(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16).padStart(4, '0')).join('');
}
