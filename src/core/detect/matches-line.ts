import { sha256 } from '../lib/hash.ts';
import type { EventRule } from '../model/rule.ts';
import { compareWritten } from './compare-evidence.ts';
import type { Written } from './evidence.ts';
import { keptMatches } from './rule-set.ts';

/**
 * What a stateless rule matched of one group on one day, as a line of text: the id of the finding that it makes, the
 * rule's id, the day, the group, whether there were other matches, and then of each match time, key and evidence. Tabs
 * stand between them; texts are JSON, which holds none. Lines sort as the ids.
 */
export interface Matches {
  readonly id: string;
  readonly rule: string;
  readonly bucket: number;
  /** Canonical JSON. */
  readonly group: string;
  readonly more: boolean;
  readonly items: readonly Written[];
}

/** Hexadecimal digits of an id. */
const idLength = 32;
const partsBefore = 5;

export function matchesLine(
  rule: EventRule,
  { group, bucket, more, items }: Pick<Matches, 'group' | 'bucket' | 'more' | 'items'>,
  tenant: string,
): string {
  const name = JSON.stringify(rule.id);
  // As `findingId` makes it.
  const id = sha256(`[${JSON.stringify(tenant)},${name},${rule.major},${group},${bucket}]`).slice(0, idLength);
  return lineOf(`${id}\t${name}\t${bucket}\t${group}`, more, items);
}

function lineOf(head: string, more: boolean, items: readonly Written[]): string {
  let line = `${head}\t${more ? 1 : 0}`;
  for (const { time, key, text } of items) line += `\t${time}\t${JSON.stringify(key)}\t${text}`;
  return line;
}

/** The id of the finding that a line makes. */
export function idOfLine(line: string): string {
  return line.slice(0, idLength);
}

export function readMatches(line: string): Matches {
  const parts = line.split('\t');
  const [id = '', name = '""', bucket = '0', group = '{}', more = '0'] = parts;
  const rule = JSON.parse(name) as string;
  const items: Written[] = [];
  for (let i = partsBefore; i < parts.length; i += 3) {
    const key = parts[i + 1] ?? '""';
    items.push({
      time: Number(parts[i]),
      key: key.includes('\\') ? (JSON.parse(key) as string) : key.slice(1, -1),
      rule,
      text: parts[i + 2] ?? '',
    });
  }
  return { id, rule, bucket: Number(bucket), group, more: more === '1', items };
}

/** Joins what two lines of one id say. */
export function joinMatchesLines(a: string, b: string): string {
  const [x, y] = [readMatches(a), readMatches(b)];
  const items: Written[] = [];
  for (const item of [...x.items, ...y.items].sort(compareWritten)) {
    const last = items.at(-1);
    // Of two records with one id the smaller bytes stand; the sort has put them first.
    if (last === undefined || last.time !== item.time || last.key !== item.key) items.push(item);
  }
  const head = `${x.id}\t${JSON.stringify(x.rule)}\t${x.bucket}\t${x.group}`;
  return lineOf(head, x.more || y.more || items.length > keptMatches, items.slice(0, keptMatches));
}
