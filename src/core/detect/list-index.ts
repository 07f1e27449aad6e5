import { type Address, parseAddress, parseBlock } from '../lib/cidr.ts';
import { fold } from '../lib/fold.ts';
import type { Lists, ListTest } from '../model/rule.ts';

/** The entry of a list that a value meets; null where there is none. */
type Find = (folded: string, raw: string) => string | null;

/** Lists made for asking: one question costs the same whatever a list's length. */
export interface ListIndex {
  /** A list that is not here is empty. */
  finder(test: ListTest): Find;
}

/** No name of DNS is longer: RFC 1035, 2.3.4. */
const longestName = 255;

export function listIndex(lists: Lists): ListIndex {
  const made = new Map<string, Find>();
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
  };
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

/** Ranges in order that do not overlap: blocks lie inside each other or apart, and the widest stands for those inside. */
interface Ranges<T> {
  readonly starts: readonly T[];
  readonly ends: readonly T[];
  readonly entries: readonly string[];
}

/** Entries that are no blocks are passed over: who loads a list says so. */
function blockFinder(entries: readonly string[]): Find {
  const v4: { start: number; end: number; entry: string }[] = [];
  const v6: { start: string; end: string; entry: string }[] = [];
  for (const entry of entries) {
    const block = parseBlock(entry);
    if (block === null) continue;
    const start = masked(block.address, block.prefix, 0);
    const end = masked(block.address, block.prefix, 0xffff);
    if (block.address.family === 4) v4.push({ start: numberOf(start), end: numberOf(end), entry });
    else v6.push({ start: hexOf(start), end: hexOf(end), entry });
  }
  const ranges4 = rangesOf(v4);
  const ranges6 = rangesOf(v6);
  return (_, raw) => {
    const address = parseAddress(raw);
    if (address === null) return null;
    return address.family === 4 ? within(ranges4, numberOf(address.groups)) : within(ranges6, hexOf(address.groups));
  };
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

/** Of one width, so that the order of texts is that of addresses. */
function hexOf(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16).padStart(4, '0')).join('');
}

function rangesOf<T extends number | string>(all: { start: T; end: T; entry: string }[]): Ranges<T> {
  all.sort((a, b) =>
    a.start < b.start ? -1 : a.start > b.start ? 1 : a.end > b.end ? -1 : a.end < b.end ? 1 : a.entry < b.entry ? -1 : 1,
  );
  const starts: T[] = [];
  const ends: T[] = [];
  const entries: string[] = [];
  for (const { start, end, entry } of all) {
    const last = ends.at(-1);
    if (last !== undefined && start <= last) continue;
    starts.push(start);
    ends.push(end);
    entries.push(entry);
  }
  return { starts, ends, entries };
}

function within<T extends number | string>({ starts, ends, entries }: Ranges<T>, at: T): string | null {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = starts[middle];
    if (start !== undefined && start <= at) low = middle + 1;
    else high = middle;
  }
  const end = ends[low - 1];
  return end !== undefined && at <= end ? (entries[low - 1] ?? null) : null;
}
