import type { Buffer } from 'node:buffer';
import type { FieldSieve, Sieve } from '../../model/sieve.ts';
import type { Sift } from '../log-format.ts';
import { hashStart, hashStep, MaskCache } from '../records/mask-cache.ts';
import { namesOf } from './names-of.ts';

const newline = 10;
const quote = 34;
const comma = 44;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;
/** Records longer than this are left to the reader. */
const longest = 65_536;

/** The bytes of a text that stand for themselves: ASCII without quotes and escapes. */
const plain = new Uint8Array(256);
for (let c = 32; c < 127; c++) plain[c] = c === quote || c === backslash ? 0 : 1;

/** Members whose value is a text; of all that AWS writes only `answers` and `srcids` are others. */
const texts = [
  ...[
    'query_name',
    'query_timestamp',
    'query_type',
    'query_class',
    'rcode',
    'version',
    'account_id',
    'region',
    'vpc_id',
    'srcaddr',
    'srcport',
  ],
  ...['transport', 'firewall_rule_action', 'firewall_rule_group_id', 'firewall_domain_list_id'],
];
const derived = ['registered_domain', 'longest_label', 'subdomain', 'query', 'query_name'] as const;

interface Member {
  readonly bytes: Uint8Array;
  readonly bit: number;
  readonly kind: 'text' | 'name' | 'time' | 'answers' | 'ids';
  readonly cache: MaskCache | null;
  /** The rules that it can rule out. */
  readonly matters: number;
  /** What is left where it is absent. */
  readonly absent: number;
}

/**
 * Passes over queries that are plainly good and that no rule can match: one JSON object a line, of the members that AWS
 * writes, each once, in plain ASCII without escapes. Everything else is left to the reader.
 */
export function querySifter(sieve: Sieve): Sift {
  const members = [...texts, 'answers', 'srcids'].map((name, i) => memberOf(name, i, sieve));
  const byName = new Map([...texts, 'answers', 'srcids'].map((name, i) => [name, members[i]]));
  const elements = sieve.ofElement('answers.Rdata');
  const addresses = elements === null ? null : new MaskCache((text) => elements.left(text), 14, 40);
  const noAnswer = elements === null ? sieve.all : elements.left(undefined);
  const answersMatter = elements?.matters ?? 0;
  const needed = 3;
  /** The member that stood at this place in the line before: AWS writes them in one order. */
  const usual: (Member | undefined)[] = [];
  let passed = 0;
  // What the functions below have found in the current line.
  let at = 0;
  let end = 0;
  let left = 0;

  /** Reads a text up to its closing quote; false for one that is not plain. `at` is behind the quote. */
  function text(bytes: Buffer): boolean {
    let i = at;
    while (i < end && plain[bytes[i] as number] === 1) i++;
    at = i + 1;
    return i < end && bytes[i] === quote;
  }

  /** As `text`, with what the value leaves of the rules. */
  function judged(bytes: Buffer, cache: MaskCache): number {
    const from = at;
    let hash = hashStart;
    let i = from;
    while (i < end) {
      const c = bytes[i] as number;
      if (plain[c] !== 1) break;
      hash = hashStep(hash, c);
      i++;
    }
    at = i + 1;
    return i >= end || i === from || bytes[i] !== quote ? -1 : cache.get(bytes, from, i, hash);
  }

  /** `[{"Rdata":"…","Type":"A","Class":"IN"},…]` */
  function answers(bytes: Buffer): boolean {
    if (bytes[at++] !== openBracket) return false;
    let any = 0;
    let some = false;
    if (bytes[at] === closeBracket) at++;
    else
      do {
        if (bytes[at++] !== openBrace) return false;
        let first = true;
        do {
          if (bytes[at++] !== quote) return false;
          // Once, and first, as AWS writes it.
          const isData = first && isRdata(bytes, at);
          const from = at;
          if (!text(bytes) || bytes[at] !== colon || bytes[at + 1] !== quote) return false;
          if (!isData && (first || bytes[from] === 82)) return false;
          at += 2;
          if (isData && addresses !== null && (left & answersMatter) !== 0) {
            const mask = judged(bytes, addresses);
            if (mask < 0) return false;
            any |= mask;
          } else if (!text(bytes)) return false;
          some = true;
          first = false;
        } while (bytes[at++] === comma);
        if (bytes[at - 1] !== closeBrace) return false;
      } while (bytes[at++] === comma);
    if (some && bytes[at - 1] !== closeBracket) return false;
    // Where the answers did not matter, none was asked.
    if ((left & answersMatter) !== 0) left &= some ? any : noAnswer;
    return true;
  }

  /** `{"instance":"i-…"}` */
  function ids(bytes: Buffer): boolean {
    if (bytes[at++] !== openBrace) return false;
    if (bytes[at] === closeBrace) {
      at++;
      return true;
    }
    do {
      if (bytes[at++] !== quote || !text(bytes) || bytes[at++] !== colon || bytes[at++] !== quote || !text(bytes)) return false;
    } while (bytes[at++] === comma);
    return bytes[at - 1] === closeBrace;
  }

  /** The member whose name begins here, where it is not the usual one. */
  function memberAt(bytes: Buffer, place: number): Member | undefined {
    const from = at;
    if (!text(bytes)) return undefined;
    const found = byName.get(bytes.toString('latin1', from, at - 1));
    usual[place] = found;
    return found;
  }

  function value(bytes: Buffer, member: Member): boolean {
    if (member.kind === 'answers') return answers(bytes);
    if (member.kind === 'ids') return ids(bytes);
    if (bytes[at++] !== quote) return false;
    if (member.kind === 'time') {
      const from = at;
      return text(bytes) && isPlainTime(bytes, from, at - 1);
    }
    if (member.cache === null || (left & member.matters) === 0) return text(bytes);
    const mask = judged(bytes, member.cache);
    if (mask < 0) return false;
    left &= mask;
    return true;
  }

  /** Where the line at `from` ends when it can be passed over; -1 when not. Most of a line is read here, which is fastest. */
  function pass(bytes: Buffer, from: number): number {
    let here = from;
    end = bytes.length;
    left = sieve.all;
    let seen = 0;
    if (bytes[here++] !== openBrace) return -1;
    for (let place = 0; ; place++) {
      if (bytes[here++] !== quote) return -1;
      let member = usual[place];
      const length = member === undefined ? -1 : sameLength(bytes, here, member.bytes);
      if (length >= 0) here += length + 1;
      else {
        at = here;
        member = memberAt(bytes, place);
        here = at;
      }
      if (member === undefined || (seen & member.bit) !== 0 || bytes[here++] !== colon) return -1;
      seen |= member.bit;
      if (member.kind === 'text' && (left & member.matters) === 0) {
        if (bytes[here++] !== quote) return -1;
        while (here < end && plain[bytes[here] as number] === 1) here++;
        if (here >= end || bytes[here++] !== quote) return -1;
      } else {
        at = here;
        if (!value(bytes, member)) return -1;
        here = at;
      }
      const c = bytes[here++];
      if (c === closeBrace) break;
      if (c !== comma) return -1;
    }
    if (bytes[here++] !== newline || (seen & needed) !== needed || here - from > longest) return -1;
    for (let i = 0; i < members.length && left !== 0; i++) {
      const member = members[i];
      if (member !== undefined && (seen & member.bit) === 0) left &= member.absent;
    }
    return left === 0 ? here : -1;
  }

  return {
    get passed() {
      return passed;
    },
    skip(bytes, from) {
      for (let line = from; ; passed++) {
        const next = pass(bytes, line);
        if (next < 0) return line;
        line = next;
      }
    },
  };
}

/** How long the name is that stands here with a quote behind it; -1 where it does not. */
function sameLength(bytes: Buffer, from: number, name: Uint8Array): number {
  const { length } = name;
  for (let i = 0; i < length; i++) if (name[i] !== bytes[from + i]) return -1;
  return bytes[from + length] === quote ? length : -1;
}

function memberOf(name: string, i: number, sieve: Sieve): Member {
  const plain = { bytes: new TextEncoder().encode(name), bit: 1 << i, kind: 'text' as const, cache: null, matters: 0, absent: sieve.all };
  if (name === 'answers') return { ...plain, kind: 'answers', absent: sieve.ofElement('answers.Rdata')?.left(undefined) ?? sieve.all };
  if (name === 'srcids') return { ...plain, kind: 'ids' };
  if (name === 'query_timestamp') return { ...plain, kind: 'time' };
  if (name === 'query_name') return { ...plain, kind: 'name', matters: sieve.all, cache: new MaskCache(judgeOfNames(sieve), 15, 96) };
  const own = sieve.ofField(name);
  if (own === null) return plain;
  return { ...plain, matters: own.matters, absent: own.left(undefined), cache: new MaskCache((text) => own.left(text), 10, 64) };
}

/** What a name leaves, by all members that are made of it. What is registered is asked first: it is seen again and again. */
function judgeOfNames(sieve: Sieve): (text: string) => number {
  const fields = derived.flatMap((field) => {
    const own = sieve.ofField(field);
    return own === null ? [] : [{ field, own }];
  });
  const registered = new Map<string, number>();
  const ofRegistered = (own: FieldSieve, value: string): number => {
    let left = registered.get(value);
    if (left === undefined) {
      left = own.left(value);
      // A hostile log can bring any number of them.
      if (registered.size >= 8_192) registered.clear();
      registered.set(value, left);
    }
    return left;
  };
  return (text) => {
    const names = { query_name: text, ...namesOf(text) };
    let left = sieve.all;
    for (const { field, own } of fields) {
      if ((left & own.matters) === 0) continue;
      const value = String(names[field]);
      left = field === 'registered_domain' ? left & ofRegistered(own, value) : own.left(value, left);
    }
    return left;
  };
}

/** `2026-01-05T09:00:00Z`; the last days of months, of which some are none, are left to the reader. */
function isPlainTime(bytes: Buffer, from: number, to: number): boolean {
  if (to - from !== 20 || bytes[from + 19] !== 90 || bytes[from + 10] !== 84) return false;
  if (bytes[from + 4] !== 45 || bytes[from + 7] !== 45 || bytes[from + 13] !== colon || bytes[from + 16] !== colon) return false;
  const day = pair(bytes, from + 8);
  const month = pair(bytes, from + 5);
  return (
    pair(bytes, from) >= 20 &&
    pair(bytes, from + 2) >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    (day <= 28 || (day <= 30 && month !== 2)) &&
    isUpTo(pair(bytes, from + 11), 23) &&
    isUpTo(pair(bytes, from + 14), 59) &&
    isUpTo(pair(bytes, from + 17), 59)
  );
}

/** `Rdata"` */
function isRdata(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === 82 &&
    bytes[at + 1] === 100 &&
    bytes[at + 2] === 97 &&
    bytes[at + 3] === 116 &&
    bytes[at + 4] === 97 &&
    bytes[at + 5] === quote
  );
}

function isUpTo(value: number, most: number): boolean {
  return value >= 0 && value <= most;
}

/** Two digits; below 0 where there are none. */
function pair(bytes: Buffer, at: number): number {
  const tens = (bytes[at] ?? 0) - 48;
  const ones = (bytes[at + 1] ?? 0) - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}
