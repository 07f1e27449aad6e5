// Passes over lines of flow logs and of query logs that are plainly good and that no rule can match, 16 bytes at a time
// and without making anything of them.
//
// Rules are bits. What a value leaves of them is looked up: of a small number in a table, of a text in a cache by its
// bytes, which are kept and compared, not only hashed, so that no value can pass for another. What is not known is asked
// of the host (`judge`). A line of which some rule is left, or which is not plainly good, is where the search ends: the
// host reads it.
//
// Behind the lines there are 128 zero bytes, so that every search ends.
//
// `npm run gen` compiles this file into sifter-wasm.ts.

const newline: u8 = 10;
const space: u8 = 32;
const quote: u8 = 34;
const comma: u8 = 44;
const dash: u8 = 45;
const colon: u8 = 58;
const openBracket: u8 = 91;
const closeBracket: u8 = 93;
const openBrace: u8 = 123;
const closeBrace: u8 = 125;

/** Lines longer than this are left to the host. */
const longest: usize = 65536;
/** Numbers below this have a class each. */
const tabled: u64 = 65536;
/** A class: ask the host each time. */
const unclassed: u32 = 255;

// What stands in a column of a flow, or as a member of a query.
const anyText: i32 = 0;
const number: i32 = 1;
const address: i32 = 2;
const time: i32 = 3;
const name: i32 = 4;
const answers: i32 = 5;
const ids: i32 = 6;
/** Of its values only OK is good. */
const status: i32 = 7;

/** Which of these rules are left by a value: of the column or member `which`, the text at `from`. */
// @ts-ignore: decorator
@external('host', 'judge')
declare function judge(which: i32, from: usize, length: i32, among: i32): i32;

/**
 * Of a member what stood here in the line before, from its name on, up to 48 bytes: most members say the same line after
 * line. How many bytes, 0 for none; what it leaves, and of which rules that is known; how often it was the same again, at
 * most `trusted`, less how often not: below 0 it is not looked at any more.
 */
const beforeAt: usize = 120;
const beforeLengthAt: usize = 168;
const beforeLeavesAt: usize = 172;
const beforeKnownAt: usize = 176;
const trustAt: usize = 180;
const trusted: i32 = 64;

/** An address of IPv4 that is written as usual is looked up by its number: these steps, what is left behind each, and what of that is known. */
const addressStepsAt: usize = 112;
const addressStepCountAt: usize = 116;

// Columns and members have one layout, of which each uses a part; the host fills it in.
const fieldBytes: usize = 192;
const kindAt: usize = 0;
/** The rules that it can rule out; 0 where it is not asked. */
const mattersAt: usize = 4;
/** What is left where it is absent. */
const absentAt: usize = 8;
const whichAt: usize = 12;
/** Two caches, of short and of longer texts: where, 64 - bits, the width of a text. */
const shortAt: usize = 16;
const longAt: usize = 28;
/** Of numbers: the largest; their classes; what classes leave; steps from 65536 on (value, what is left), how many or -1. */
const mostAt: usize = 40;
const classesAt: usize = 48;
const masksAt: usize = 52;
const stepsAt: usize = 56;
const stepCountAt: usize = 60;
/** Of a text in the current line: where it is and its length, 0 for none. */
const fromAt: usize = 64;
const lengthAt: usize = 68;
/** Of a member: its bit; its name with the quote and the colon behind it, and how many bytes that is. */
const bitAt: usize = 72;
const nameLengthAt: usize = 76;
const nameAt: usize = 80;

let fields: usize = 0;
let fieldCount: i32 = 0;
/** The fields whose texts are asked behind all others, as addresses. */
let askedLast: usize = 0;
let askedCount: i32 = 0;
let all: i32 = 0;
/** 16 bytes of ones, then 16 of zeros. */
let ones: usize = 0;
/** Of queries: the member that stood at this place in the line before. AWS writes them in one order. */
let usual: usize = 0;
const usualPlaces: i32 = 64;
let lastTime: usize = 0;
/** What stood behind the `Rdata` of the answer before, up to 48 bytes, and how many. */
let lastTail: usize = 0;
let lastTailLength: usize = 0;

let passedCount: i32 = 0;

// Of the line being read.
let at: usize = 0;
let left: i32 = 0;

export function configure(
  fieldsFrom: usize,
  count: i32,
  askedFrom: usize,
  askedMany: i32,
  rules: i32,
  onesFrom: usize,
  usualFrom: usize,
  lastTimeFrom: usize,
  lastTailFrom: usize,
): void {
  fields = fieldsFrom;
  fieldCount = count;
  askedLast = askedFrom;
  askedCount = askedMany;
  all = rules;
  ones = onesFrom;
  usual = usualFrom;
  lastTime = lastTimeFrom;
  lastTail = lastTailFrom;
}

/** How many lines the last search has passed over. */
export function passed(): i32 {
  return passedCount;
}

/** The first `n` bytes, 0 to 16, of what lies at `p`; the others are 0. */
// @ts-ignore: decorator
@inline
function head(p: usize, n: usize): v128 {
  return v128.and(v128.load(p), v128.load(ones + 16 - n));
}

/** Are the first `n` bytes, 1 to 48, at both places the same? */
// @ts-ignore: decorator
@inline
function same(p: usize, q: usize, n: usize): bool {
  if (n <= 16) return !v128.any_true(v128.xor(head(p, n), head(q, n)));
  let differ = v128.or(v128.xor(v128.load(p), v128.load(q)), v128.xor(v128.load(p + n - 16), v128.load(q + n - 16)));
  if (n > 32) differ = v128.or(differ, v128.xor(v128.load(p + 16), v128.load(q + 16)));
  return !v128.any_true(differ);
}

/** Does the member say what it said in the line before, as far as that is known of the rules that are left? */
// @ts-ignore: decorator
@inline
function isAsBefore(field: usize, p: usize, rest: i32): bool {
  const trust = load<i32>(field, trustAt);
  if (trust < 0) return false;
  const length = <usize>load<u32>(field, beforeLengthAt);
  if (length != 0 && same(p, field + beforeAt, length) && (rest & load<i32>(field, mattersAt) & ~load<i32>(field, beforeKnownAt)) == 0) {
    if (trust < trusted) store<i32>(field, trust + 1, trustAt);
    return true;
  }
  store<i32>(field, trust - 1, trustAt);
  return false;
}

/** Keeps what the member says, from `p` to `end`, for the next line. */
function keepForNext(field: usize, p: usize, end: usize, leaves: i32, known: i32): void {
  const length = end - p;
  if (length > 48) {
    store<i32>(field, 0, beforeLengthAt);
    return;
  }
  v128.store(field + beforeAt, v128.load(p));
  v128.store(field + beforeAt + 16, v128.load(p + 16));
  v128.store(field + beforeAt + 32, v128.load(p + 32));
  store<u32>(field, <u32>length, beforeLengthAt);
  store<i32>(field, leaves, beforeLeavesAt);
  store<i32>(field, known, beforeKnownAt);
}

// @ts-ignore: decorator
@inline
function mixed(h: u64, bytes: v128): u64 {
  h = (h ^ v128.extract_lane<u64>(bytes, 0)) * 0x9e3779b97f4a7c15;
  h = (h ^ (h >>> 32) ^ v128.extract_lane<u64>(bytes, 1)) * 0xff51afd7ed558ccd;
  return h ^ (h >>> 32);
}

/**
 * What is left of `rest` by the text of a field, of at least one byte: as remembered, else the host is asked, of no more
 * rules than need be. An entry is the text, its length, the rules that it leaves, and of which rules that is known.
 */
function recall(field: usize, from: usize, length: i32, rest: i32): i32 {
  const needed = rest & load<i32>(field, mattersAt);
  let cache = field + shortAt;
  let width = <usize>load<u32>(cache, 8);
  if (<usize>length > width) {
    cache = field + longAt;
    width = <usize>load<u32>(cache, 8);
    if (<usize>length > width) return rest ^ needed | judge(load<i32>(field, whichAt), from, length, needed);
  }
  let p = from;
  let n = <usize>length;
  let h: u64 = n;
  for (; n > 16; n -= 16, p += 16) h = mixed(h, v128.load(p));
  const last = head(p, n);
  h = mixed(h, last) * 0x9e3779b97f4a7c15;
  const slot = <usize>load<u32>(cache) + <usize>(h >>> <u64>load<u32>(cache, 4)) * (width + 16);
  const end = p - from;
  const entry = slot + width;
  let known = 0;
  let leaves = 0;
  if (load<i32>(entry) == length && i8x16.all_true(i8x16.eq(last, v128.load(slot + end)))) {
    let i: usize = 0;
    while (i < end && i8x16.all_true(i8x16.eq(v128.load(from + i), v128.load(slot + i)))) i += 16;
    if (i >= end) {
      leaves = load<i32>(entry, 4);
      known = load<i32>(entry, 8);
      if ((needed & ~known) == 0) return rest ^ needed | needed & leaves;
    }
  }
  leaves |= judge(load<i32>(field, whichAt), from, length, needed & ~known);
  for (let i: usize = 0; i < end; i += 16) v128.store(slot + i, v128.load(from + i));
  v128.store(slot + end, last);
  store<i32>(entry, length);
  store<i32>(entry, leaves, 4);
  store<i32>(entry, known | needed, 8);
  return rest ^ needed | needed & leaves;
}

/** What is left of `rest` by a number, whose digits are at `from`. */
function ofNumber(field: usize, value: u64, from: usize, length: i32, rest: i32): i32 {
  if (value < tabled) {
    const place = <usize>load<u32>(field, classesAt) + <usize>value;
    const known = <u32>load<u8>(place);
    if (known != 0 && known != unclassed) return rest & load<i32>(<usize>load<u32>(field, masksAt) + (<usize>known << 2));
    const mask = judge(load<i32>(field, whichAt), from, length, all);
    if (known == 0) classify(field, place, mask);
    return rest & mask;
  }
  let steps = load<i32>(field, stepCountAt);
  if (steps < 0) return recall(field, from, length, rest);
  let step = <usize>load<u32>(field, stepsAt);
  while (--steps > 0 && load<u64>(step + 16) <= value) step += 16;
  return rest & load<i32>(step, 8);
}

/** As `recall`, of what may be an address of IPv4: between two steps all leave the same. */
function recallAddress(field: usize, from: usize, length: i32, rest: i32): i32 {
  const count = load<i32>(field, addressStepCountAt);
  if (count == 0 || length > 15) return recall(field, from, length, rest);
  const value = addressOf(from, length);
  if (value < 0) return recall(field, from, length, rest);
  const steps = <usize>load<u32>(field, addressStepsAt);
  let low = 0;
  for (let many = count; many > 1; ) {
    const half = many >> 1;
    low = <i64>load<u32>(steps + (<usize>(low + half) << 2)) <= value ? low + half : low;
    many -= half;
  }
  const entry = steps + (<usize>count << 2) + (<usize>low << 3);
  const needed = rest & load<i32>(field, mattersAt);
  const unknown = needed & ~load<i32>(entry, 4);
  if (unknown != 0) {
    store<i32>(entry, load<i32>(entry) | judge(load<i32>(field, whichAt), from, length, unknown));
    store<i32>(entry, load<i32>(entry, 4) | unknown, 4);
  }
  return rest ^ needed | needed & load<i32>(entry);
}

/** The number of an address of IPv4, below 0 where this is none: four numbers up to 255, no zero before others. */
function addressOf(from: usize, length: i32): i64 {
  const bytes = v128.load(from);
  const own = (1 << length) - 1;
  const dots = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(46))) & own;
  const digits = i8x16.bitmask(v128.le<u8>(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(9))) & own;
  if ((dots | digits) != own || popcnt(dots) != 3) return -1;
  let value: i64 = 0;
  let p = from;
  let rest = dots | (1 << length);
  let at = 0;
  for (let i = 0; i < 4; i++) {
    const end = ctz(rest);
    rest &= rest - 1;
    const many = end - at;
    if (many < 1 || many > 3 || (many > 1 && load<u8>(p) == 48)) return -1;
    let part = (load<u32>(p) << (<u32>(4 - many) << 3)) & 0x0f0f0f0f;
    part = ((part * 2561) >> 8) & 0x00ff00ff;
    part = (part * 6553601) >> 16;
    if (part > 255) return -1;
    value = (value << 8) | <i64>part;
    at = end + 1;
    p = from + <usize>at;
  }
  return value;
}

/** Gives a number the class of those that leave the same; where there are too many classes, none. */
function classify(field: usize, place: usize, mask: i32): void {
  const masks = <usize>load<u32>(field, masksAt);
  let known: u32 = 1;
  while (known < unclassed && load<i32>(masks + (<usize>known << 2)) != mask && load<i32>(masks + (<usize>known << 2)) != -1) known++;
  if (known < unclassed) store<i32>(masks + (<usize>known << 2), mask);
  store<u8>(place, <u8>known);
}

/** The number of up to eight digits that end before `end`, of which there are `length`. */
// @ts-ignore: decorator
@inline
function upToEight(from: usize, length: i32): u64 {
  let digits = (load<u64>(from) << (<u64>(8 - length) << 3)) & 0x0f0f0f0f0f0f0f0f;
  digits = ((digits * 2561) >> 8) & 0x00ff00ff00ff00ff;
  digits = ((digits * 6553601) >> 16) & 0x0000ffff0000ffff;
  return (digits * 42949672960001) >> 32;
}

/** Passes over flows, one a line, from `from` on. Behind the last newline, which is at `lastNewline`, nothing is looked at. */
export function flows(from: usize, lastNewline: usize): usize {
  passedCount = 0;
  let line = from;
  while (line <= lastNewline) {
    const next = flow(line);
    if (next == 0) break;
    passedCount++;
    line = next;
  }
  return line;
}

/** Where the line ends when it can be passed over, else 0. There is a newline somewhere behind. */
function flow(line: usize): usize {
  let p = line;
  let rest = all;
  let timed = false;
  let field = fields;
  for (let i = fieldCount; i > 0; i--, field += fieldBytes) {
    const bytes = v128.load(p);
    let ends = i8x16.bitmask(v128.le<u8>(bytes, i8x16.splat(32)));
    const kind = load<i32>(field);
    const from = p;
    if (kind == number || kind == time) {
      const length = ctz(ends | 0x10000);
      p += <usize>length;
      const bad = i8x16.bitmask(v128.gt<u8>(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(9))) & ((1 << length) - 1);
      if (bad == 0 && length > 0 && length < 16) {
        const value = length <= 8 ? upToEight(from, length) : upToEight(from, length - 8) * 100000000 + upToEight(p - 8, 8);
        if (value > load<u64>(field, mostAt)) return 0;
        if (kind == time) timed = true;
        else if ((rest & load<i32>(field, mattersAt)) != 0) {
          // "007" is another text than "7".
          if (length > 1 && load<u8>(from) == 48) return 0;
          const known = value < tabled ? <u32>load<u8>(<usize>load<u32>(field, classesAt) + <usize>value) : 0;
          if (known - 1 < unclassed - 1) rest &= load<i32>(<usize>load<u32>(field, masksAt) + (<usize>known << 2));
          else rest = ofNumber(field, value, from, length, rest);
        }
      } else if (length == 1 && load<u8>(from) == dash) rest &= load<i32>(field, absentAt);
      else return 0;
    } else {
      // No byte of a text is above those of ASCII.
      let above = i8x16.bitmask(v128.gt<u8>(bytes, i8x16.splat(126)));
      if (ends == 0) {
        if (above != 0 || (kind == address && notInAddress(bytes) != 0)) return 0;
        let more = bytes;
        do {
          p += 16;
          more = v128.load(p);
          ends = i8x16.bitmask(v128.le<u8>(more, i8x16.splat(32)));
          above = i8x16.bitmask(v128.gt<u8>(more, i8x16.splat(126)));
          const own = (1 << ctz(ends)) - 1;
          if (((ends == 0 ? 0xffff : own) & (above | (kind == address ? notInAddress(more) : 0))) != 0) return 0;
        } while (ends == 0);
        p += <usize>ctz(ends);
      } else {
        const length = ctz(ends);
        const own = (1 << length) - 1;
        p += <usize>length;
        if ((above & own) != 0) return 0;
        if (length == 1 && load<u8>(from) == dash) {
          store<i32>(field, 0, lengthAt);
          rest &= load<i32>(field, absentAt);
          const c = load<u8>(p);
          if (c != (i == 1 ? newline : space)) return 0;
          p++;
          continue;
        }
        if (kind == address && (notInAddress(bytes) & own) != 0) return 0;
      }
      const length = <i32>(p - from);
      if (length == 0) return 0;
      if (kind == address && (length < 2 || length > 45)) return 0;
      // Of the others only what is as usual: OK.
      if (kind == status && (length != 2 || load<u16>(from) != 0x4b4f)) return 0;
      store<u32>(field, <u32>from, fromAt);
      store<i32>(field, length, lengthAt);
    }
    if (load<u8>(p) != (i == 1 ? newline : space)) return 0;
    p++;
  }
  if (!timed || p - line > longest) return 0;
  // Texts cost most: by now little is left to ask them.
  for (let i = 0; i < askedCount && rest != 0; i++) {
    const text = <usize>load<u32>(askedLast + (<usize>i << 2));
    const length = load<i32>(text, lengthAt);
    if (length != 0 && (rest & load<i32>(text, mattersAt)) != 0) rest = recallAddress(text, <usize>load<u32>(text, fromAt), length, rest);
  }
  return rest == 0 ? p : 0;
}

/** Which of these bytes stand in no address. */
// @ts-ignore: decorator
@inline
function notInAddress(bytes: v128): i32 {
  const digit = v128.le<u8>(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(10));
  const letter = v128.le<u8>(i8x16.sub(v128.or(bytes, i8x16.splat(32)), i8x16.splat(97)), i8x16.splat(5));
  return i8x16.bitmask(v128.not(v128.or(v128.or(digit, letter), i8x16.eq(bytes, i8x16.splat(46)))));
}

/** Passes over queries, one JSON object a line, from `from` on. */
export function queries(from: usize, lastNewline: usize): usize {
  passedCount = 0;
  let line = from;
  while (line <= lastNewline) {
    const next = query(line);
    if (next == 0) break;
    passedCount++;
    line = next;
  }
  return line;
}

function query(line: usize): usize {
  if (load<u8>(line) != openBrace) return 0;
  let p = line + 1;
  left = all;
  let seen = 0;
  let nameFrom: usize = 0;
  let nameLength = 0;
  let named: usize = 0;
  for (let place = 0; ; place++) {
    if (place == usualPlaces || load<u8>(p) != quote) return 0;
    p++;
    let member = <usize>load<u32>(usual + (<usize>place << 2));
    const begin = p;
    const asBefore = member != 0 && isAsBefore(member, p, left);
    if (!asBefore && (member == 0 || !isNamed(member, p))) {
      member = memberAt(p);
      if (member == 0) return 0;
      store<u32>(usual + (<usize>place << 2), <u32>member);
    }
    const bit = load<i32>(member, bitAt);
    if ((seen & bit) != 0) return 0;
    seen |= bit;
    const kind = load<i32>(member);
    if (asBefore) {
      left &= load<i32>(member, beforeLeavesAt) | ~load<i32>(member, mattersAt);
      p += <usize>load<u32>(member, beforeLengthAt);
    } else if (kind <= name) {
      p += <usize>load<u32>(member, nameLengthAt);
      if (load<u8>(p) != quote) return 0;
      const from = p + 1;
      p = text(from);
      if (p == 0) return 0;
      const length = <i32>(p - from - 1);
      if (kind == name) {
        nameFrom = from;
        nameLength = length;
        named = member;
      } else if (kind == time) {
        if (length != 20 || !isTime(from)) return 0;
      } else {
        const known = left & load<i32>(member, mattersAt);
        if (known != 0) {
          if (length == 0) return 0;
          left = recall(member, from, length, left);
        }
        if (load<i32>(member, trustAt) >= 0) keepForNext(member, begin, p, left & known, known);
      }
    } else {
      at = p + <usize>load<u32>(member, nameLengthAt);
      if (!(kind == answers ? answerList(member) : idList())) return 0;
      p = at;
    }
    const c = load<u8>(p);
    p++;
    if (c == closeBrace) break;
    if (c != comma) return 0;
  }
  if (load<u8>(p) != newline || p + 1 - line > longest) return 0;
  let member = fields;
  for (let i = fieldCount; i > 0 && left != 0; i--, member += fieldBytes)
    if ((seen & load<i32>(member, bitAt)) == 0) left &= load<i32>(member, absentAt);
  // Name and time must be there: the first two bits.
  if ((seen & 3) != 3) return 0;
  if (left != 0 && nameLength == 0) return 0;
  // Names cost most.
  if ((left & load<i32>(named, mattersAt)) != 0) left = recall(named, nameFrom, nameLength, left);
  return left == 0 ? p + 1 : 0;
}

/** Behind the closing quote of the text that begins here; 0 where there is an escape, or a byte that is no plain ASCII. */
// @ts-ignore: decorator
@inline
function text(p: usize): usize {
  while (true) {
    const bytes = v128.load(p);
    const stop = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(34)), i8x16.eq(bytes, i8x16.splat(92))),
        v128.gt<u8>(i8x16.sub(bytes, i8x16.splat(32)), i8x16.splat(94)),
      ),
    );
    if (stop != 0) {
      p += <usize>ctz(stop);
      return load<u8>(p) == quote ? p + 1 : 0;
    }
    p += 16;
  }
}

/** Is this the name of the member, with a quote and a colon behind it? */
// @ts-ignore: decorator
@inline
function isNamed(member: usize, p: usize): bool {
  const length = <usize>load<u32>(member, nameLengthAt);
  const first = length < 16 ? length : 16;
  if (v128.any_true(v128.xor(head(p, first), v128.load(member, nameAt)))) return false;
  return length <= 16 || !v128.any_true(v128.xor(head(p + 16, length - 16), v128.load(member, nameAt + 16)));
}

/** The member whose name begins here; 0 for none. */
function memberAt(p: usize): usize {
  let member = fields;
  for (let i = fieldCount; i > 0; i--, member += fieldBytes) if (isNamed(member, p)) return member;
  return 0;
}

/** `[{"Rdata":"…","Type":"A","Class":"IN"},…]`, at `at`. */
function answerList(member: usize): bool {
  let p = at;
  if (load<u8>(p) != openBracket) return false;
  p++;
  // Where the answers do not matter, none is asked.
  const asked = (left & load<i32>(member, mattersAt)) != 0;
  if (load<u8>(p) == closeBracket) {
    at = p + 1;
    if (asked) left &= load<i32>(member, absentAt);
    return true;
  }
  let any = 0;
  while (true) {
    // Rdata once, and first, as AWS writes it: Rdata":"
    if (load<u8>(p) != openBrace || load<u8>(p + 1) != quote || load<u64>(p + 2) != 0x223a226174616452) return false;
    const from = p + 10;
    p = text(from);
    if (p == 0) return false;
    if (asked) {
      const length = <i32>(p - from - 1);
      if (length == 0) return false;
      any |= recallAddress(member, from, length, left);
    }
    // Type and class are mostly those of the answer before.
    if (lastTailLength != 0 && same(p, lastTail, lastTailLength)) p += lastTailLength;
    else {
      const tail = p;
      while (load<u8>(p) == comma) {
        if (load<u8>(p + 1) != quote || load<u8>(p + 2) == 82) return false;
        p = pair(p + 2);
        if (p == 0) return false;
      }
      if (load<u8>(p) != closeBrace) return false;
      p++;
      if (p - tail <= 48) {
        lastTailLength = p - tail;
        v128.store(lastTail, v128.load(tail));
        v128.store(lastTail + 16, v128.load(tail + 16));
        v128.store(lastTail + 32, v128.load(tail + 32));
      }
    }
    const c = load<u8>(p);
    p++;
    if (c == closeBracket) break;
    if (c != comma) return false;
  }
  if (asked) left = any;
  at = p;
  return true;
}

/** `{"instance":"i-…"}`, at `at`. */
function idList(): bool {
  let p = at;
  if (load<u8>(p) != openBrace) return false;
  p++;
  if (load<u8>(p) == closeBrace) {
    at = p + 1;
    return true;
  }
  while (true) {
    if (load<u8>(p) != quote) return false;
    p = pair(p + 1);
    if (p == 0) return false;
    const c = load<u8>(p);
    p++;
    if (c == closeBrace) break;
    if (c != comma) return false;
  }
  at = p;
  return true;
}

/** Behind `name":"text"`; 0 where that is not here. */
// @ts-ignore: decorator
@inline
function pair(p: usize): usize {
  p = text(p);
  return p != 0 && load<u16>(p) == 0x223a ? text(p + 2) : 0;
}

/** `2026-01-05T09:00:00Z`; the last days of months, of which some are none, are left to the host. */
function isTime(p: usize): bool {
  // Most lines have the time of the line before.
  const same = v128.and(
    i8x16.eq(v128.load(p), v128.load(lastTime)),
    i8x16.eq(v128.load(p + 4), v128.load(lastTime + 4)),
  );
  if (i8x16.all_true(same)) return true;
  if (load<u8>(p + 19) != 90 || load<u8>(p + 10) != 84) return false;
  if (load<u8>(p + 4) != dash || load<u8>(p + 7) != dash || load<u8>(p + 13) != colon || load<u8>(p + 16) != colon) return false;
  const month = two(p + 5);
  const day = two(p + 8);
  const good =
    two(p) >= 20 &&
    two(p + 2) >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    (day <= 28 || (day <= 30 && month != 2)) &&
    isUpTo(two(p + 11), 23) &&
    isUpTo(two(p + 14), 59) &&
    isUpTo(two(p + 17), 59);
  if (good) {
    v128.store(lastTime, v128.load(p));
    v128.store(lastTime + 4, v128.load(p + 4));
  }
  return good;
}

function isUpTo(value: i32, most: i32): bool {
  return value >= 0 && value <= most;
}

/** Two digits; below 0 where they are none. */
function two(p: usize): i32 {
  const tens = <i32>load<u8>(p) - 48;
  const ones = <i32>load<u8>(p + 1) - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}
