import type { Json, JsonObject } from '../model/json.ts';
import { parseEventTime } from './event-time.ts';
import { sha256 } from './hash.ts';

/** How a disguise is made: the same salt gives the same disguise. */
export interface Disguise {
  readonly salt: string;
  /** Names of users, roles and resources: each becomes another, wherever it stands. */
  readonly names: readonly string[];
  /** Added to every time, in milliseconds. */
  readonly shift: number;
  /** Keys whose values stay as they are: what says what it is, and not whose. */
  readonly keep: readonly string[];
  /** Keys whose numbers are times in milliseconds since 1970. */
  readonly times: readonly string[];
}

/**
 * The same story with other accounts, keys, addresses, ids, names and times, so that who has judged it once does not know it again by
 * them. What was equal is equal afterwards, the same kind of thing stands in its place, and times keep their distances.
 */
export function disguise<T>(value: T, how: Disguise): T {
  const names = [...new Set(how.names)]
    .filter((name) => name.length >= shortestName)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const other = new Map(names.map((name) => [name, nameFor(name, how.salt)]));
  const pattern = names.length === 0 ? null : new RegExp(`(?<![A-Za-z0-9_])(?:${names.map(escaped).join('|')})(?![A-Za-z0-9_])`, 'g');
  const text = (from: string): string =>
    (pattern === null ? [from] : splitKeeping(from, pattern)).map((piece) => other.get(piece) ?? identifiersIn(piece, how)).join('');
  const visit = (now: Json, key: string): Json => {
    if (how.keep.includes(key)) return now;
    if (typeof now === 'number') return how.times.includes(key) && now > 0 ? now + how.shift : now;
    if (typeof now === 'string') return text(now);
    if (Array.isArray(now)) return now.map((member) => visit(member as Json, key));
    if (typeof now !== 'object' || now === null) return now;
    return Object.fromEntries(Object.entries(now as JsonObject).map(([name, member]) => [text(name), visit(member, name)]));
  };
  return visit(value as unknown as Json, '') as unknown as T;
}

/** Shorter ones are words of their own too often. */
const shortestName = 3;

const escaped = (name: string) => name.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** The text in pieces: between the matches, and the matches themselves. */
function splitKeeping(text: string, pattern: RegExp): readonly string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    pieces.push(text.slice(at, match.index), match[0]);
    at = match.index + match[0].length;
  }
  pieces.push(text.slice(at));
  return pieces;
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Ids of principals and access keys, UUIDs, ids of resources, accounts, addresses, times. */
const identifiers = new RegExp(
  `\\b(?:A(?:KIA|SIA|IDA|ROA|GPA|NPA|NVA|SCA)[A-Z0-9]{12,20}|${uuid}|[a-z]{1,8}-[0-9a-f]{8,17}|\\d{12}|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,3})?Z|\\d{1,3}(?:\\.\\d{1,3}){3})\\b`,
  'g',
);

function identifiersIn(text: string, { salt, shift }: Disguise): string {
  return text.replace(identifiers, (found) => {
    const hex = sha256(`${salt} ${found}`);
    const time = parseEventTime(found);
    if (time !== null) return `${new Date(time + shift).toISOString().slice(0, 19)}Z`;
    if (/^\d{12}$/.test(found)) return digitsOf(hex, 12);
    if (/^\d{1,3}\./.test(found)) return addressFor(found, hex);
    if (/^A/.test(found)) return found.slice(0, 4) + base32Of(hex, found.length - 4);
    if (new RegExp(`^${uuid}$`).test(found))
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    const dash = found.indexOf('-') + 1;
    return found.slice(0, dash) + hex.slice(0, found.length - dash);
  });
}

/** An address of the same kind: in a private network the same network, else the same first number. */
function addressFor(found: string, hex: string): string {
  const parts = found.split('.');
  const kept = parts[0] === '192' || (parts[0] === '172' && Number(parts[1]) >= 16 && Number(parts[1]) < 32) ? 2 : 1;
  return parts.map((part, i) => (i < kept ? part : String((Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16) % 254) + 1))).join('.');
}

function digitsOf(hex: string, length: number): string {
  const digits = [...hex].map((digit) => String(Number.parseInt(digit, 16) % 10)).join('');
  // No account begins with a zero here, so that it looks like one.
  return `${(Number(digits[0]) % 9) + 1}${digits.slice(1, length)}`;
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
function base32Of(hex: string, length: number): string {
  return Array.from({ length }, (_, i) => base32[Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16) % 32]).join('');
}

const firstWords = [
  'amber',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'garnet',
  'harbor',
  'ivory',
  'juniper',
  'keel',
  'larch',
  'maple',
  'north',
  'onyx',
  'pine',
];
const lastWords = [
  'api',
  'batch',
  'builds',
  'cache',
  'data',
  'edge',
  'feed',
  'jobs',
  'mail',
  'ops',
  'queue',
  'report',
  'site',
  'store',
  'sync',
  'web',
];
const people = [
  'alex',
  'bo',
  'casey',
  'drew',
  'eli',
  'finn',
  'gray',
  'harper',
  'indra',
  'jules',
  'kai',
  'logan',
  'morgan',
  'noel',
  'quinn',
  'robin',
];

/** Another name that looks like it: a person's address stays one, a made-up number stays at its end. */
function nameFor(name: string, salt: string): string {
  const hex = sha256(`${salt} name ${name}`);
  const pick = (words: readonly string[], at: number) => words[Number.parseInt(hex.slice(at, at + 4), 16) % words.length] ?? '';
  const number = Number.parseInt(hex.slice(12, 15), 16) % 90;
  if (name.includes('@')) return `${pick(people, 0)}.${pick(firstWords, 4)}${number}@example.com`;
  return `${pick(firstWords, 0)}-${pick(lastWords, 4)}-${number + 10}`;
}
