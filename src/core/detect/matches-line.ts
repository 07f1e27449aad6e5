import { sha256 } from '../lib/hash.ts';
import type { EventRule } from '../model/rule.ts';
import { compareWritten } from './compare-evidence.ts';
import type { Written } from './evidence.ts';
import { keptMatches } from './rule-set.ts';
import { partsOfTelling, readTelling, type Told, tellingText } from './told.ts';

/**
 * What a stateless rule matched of one group on one day, as a line of text: the id of the finding that it makes, the
 * rule's id, the day, the group, whether there were other matches, what is told of the first, and then of each match time,
 * key, operation and evidence. Tabs stand between them; texts are JSON, which holds none. Lines sort as the ids.
 */
export interface Matches {
  readonly id: string;
  readonly rule: string;
  readonly bucket: number;
  /** Canonical JSON. */
  readonly group: string;
  readonly more: boolean;
  readonly told: Told;
  readonly items: readonly Match[];
}

type Match = Pick<Written, 'time' | 'key' | 'operation' | 'text'>;

/** Hexadecimal digits of an id. */
const idLength = 32;
const partsBefore = 5;
const partsOfMatch = 4;

/** `held` has a match. */
export function matchesLine(
  rule: EventRule,
  held: { readonly group: string; readonly bucket: number; readonly more: boolean; readonly items: readonly Written[] },
  tenant: string,
): string {
  const { group, bucket, more, items } = held;
  const name = JSON.stringify(rule.id);
  // As `findingId` makes it.
  const id = sha256(`[${JSON.stringify(tenant)},${name},${rule.major},${group},${bucket}]`).slice(0, idLength);
  return lineOf(`${id}\t${name}\t${bucket}\t${group}`, more, items[0]?.told, items);
}

function lineOf(head: string, more: boolean, told: string | undefined, items: readonly Match[]): string {
  if (told === undefined) throw new TypeError('a line of no match');
  let line = `${head}\t${more ? 1 : 0}\t${told}`;
  for (const { time, key, operation, text } of items) line += `\t${time}\t${JSON.stringify(key)}\t${operation}\t${text}`;
  return line;
}

/** The id of the finding that a line makes. */
export function idOfLine(line: string): string {
  return line.slice(0, idLength);
}

export function readMatches(line: string): Matches {
  const parts = line.split('\t');
  const [id = '', name = '""', bucket = '0', group = '{}', more = '0'] = parts;
  const told = readTelling(parts.slice(partsBefore, partsBefore + partsOfTelling));
  const items: Match[] = [];
  for (let i = partsBefore + partsOfTelling; i < parts.length; i += partsOfMatch)
    items.push({ time: Number(parts[i]), key: plain(parts[i + 1] ?? '""'), operation: parts[i + 2] ?? '', text: parts[i + 3] ?? '' });
  return {
    id,
    rule: plain(name),
    bucket: Number(bucket),
    group,
    more: more === '1',
    told,
    items,
  };
}

/** The text of a JSON text. */
function plain(json: string): string {
  return json.includes('\\') ? (JSON.parse(json) as string) : json.slice(1, -1);
}

/** Joins what two lines of one id say. */
export function joinMatchesLines(a: string, b: string): string {
  const [x, y] = [readMatches(a), readMatches(b)];
  const items: Match[] = [];
  for (const item of [...x.items, ...y.items].sort(compareWritten)) {
    const last = items.at(-1);
    // Of two records with one id the smaller bytes stand; the sort has put them first.
    if (last === undefined || last.time !== item.time || last.key !== item.key) items.push(item);
  }
  const { told } = items[0] === x.items[0] ? x : y;
  const head = `${x.id}\t${JSON.stringify(x.rule)}\t${x.bucket}\t${x.group}`;
  return lineOf(head, x.more || y.more || items.length > keptMatches, tellingText(told), items.slice(0, keptMatches));
}
