// Finds CloudTrail's records in a delivered object, and in each the values that rules ask about, without making objects.
//
// The whole object must be JSON of the form {"Records":[...]}: it is checked by the grammar of RFC 8259 to its last byte.
// Of each record a row is written: where it lies, whether it is ordinary, and for every column (a path of members that
// rules ask) 0 where there is nothing, the number of its value where it is a plain text, -1 where it must be asked of the
// parsed record; and for every span (a path of members that findings tell) where its value lies. Equal values of a column have equal numbers: they are kept byte by byte and compared, not only hashed, so
// that nobody can make two values look like one.
//
// A record is ordinary when reading it in this way cannot differ from JSON.parse: ASCII only, no escape in a key on the
// way to a column, no such key twice, its call two plain texts, its time in the one form that CloudTrail writes. All
// others are parsed.
//
// `npm run gen` compiles this file into scanner-wasm.ts.

const quote: u8 = 34;
const backslash: u8 = 92;

/** Deeper objects are left to JSON.parse. */
const deepest: i32 = 60;
/** Longer values are asked of the parsed record. */
const longest: usize = 512;

// Where things lie in memory; the host lays it out.
let nodes: usize = 0;
let descendants: usize = 0;
let table: usize = 0;
let tableMask: u32 = 0;
let mostValues: i32 = 0;
let arena: usize = 0;
let arenaEnd: usize = 0;
let counts: usize = 0;
let news: usize = 0;
let columns: i32 = 0;
let spans: i32 = 0;
let sourceNode: i32 = 0;
let nameNode: i32 = 0;
let timeNode: i32 = 0;

// Of what is kept.
let arenaAt: usize = 0;
let values: i32 = 0;
let newsCount: i32 = 0;

// Of the object being read.
let input: usize = 0;
// Of the record being read.
let row: usize = 0;
let ordinary: bool = true;
let callParts: i32 = 0;
let record: i32 = 0;
let seconds: u32 = 0;
// Of the text read last.
let escaped: bool = false;
let high: i32 = 0;

/**
 * A node: members' table, its mask, column (-1: none, -2: makes the record not ordinary), record seen last, first
 * descendant column, how many, span (-1: none).
 */
const nodeBytes: usize = 28;

export function configure(
  nodesAt: usize,
  descendantsAt: usize,
  tableAt: usize,
  tableSlots: u32,
  most: i32,
  arenaFrom: usize,
  arenaTo: usize,
  countsAt: usize,
  newsAt: usize,
  columnCount: i32,
  spanCount: i32,
  source: i32,
  name: i32,
  time: i32,
): void {
  nodes = nodesAt;
  descendants = descendantsAt;
  table = tableAt;
  tableMask = tableSlots - 1;
  mostValues = most;
  arena = arenaFrom;
  arenaEnd = arenaTo;
  counts = countsAt;
  news = newsAt;
  columns = columnCount;
  spans = spanCount;
  sourceNode = source;
  nameNode = name;
  timeNode = time;
  forget();
}

/** Forgets all values: numbers begin again at 1. */
export function forget(): void {
  memory.fill(table, 0, (<usize>tableMask + 1) << 4);
  memory.fill(counts, 0, <usize>columns << 2);
  arenaAt = arena;
  values = 0;
  newsCount = 0;
}

/** How many values are kept. */
export function kept(): i32 {
  return values;
}

/** How many values are new since the last scan began: at `news`, each as column, number, address, length. */
export function newValues(): i32 {
  return newsCount;
}

/**
 * Scans `length` bytes, behind which there are 32 zero bytes, into rows of 4 + columns + 2 * spans numbers: from, to,
 * ordinary, seconds since 1970, the columns, and from and to of each span.
 * Returns how many there are, or -1 where the object is not of this form, or has more than `most`.
 */
export function scan(inputAt: usize, length: i32, rows: usize, most: i32): i32 {
  input = inputAt;
  const end = input + <usize>length;
  const width: usize = (<usize>(columns + 2 * spans) + 4) << 2;
  newsCount = 0;
  let p = space(input);
  if (load<u8>(p) != 123) return -1;
  p = space(p + 1);
  // "Records"
  if (load<u64>(p) != 0x7364726f63655222 || load<u8>(p + 8) != quote) return -1;
  p = space(p + 9);
  if (load<u8>(p) != 58) return -1;
  p = space(p + 1);
  if (load<u8>(p) != 91) return -1;
  p = space(p + 1);
  let count = 0;
  row = rows;
  if (load<u8>(p) != 93) {
    while (true) {
      if (count == most || load<u8>(p) != 123) return -1;
      memory.fill(row, 0, width);
      ordinary = true;
      callParts = 0;
      high = 0;
      record++;
      const from = p;
      p = object(p, 0, 1);
      if (p == 0) return -1;
      store<i32>(row, <i32>(from - input));
      store<i32>(row + 4, <i32>(p - input));
      store<i32>(row + 8, <i32>(ordinary && callParts == 7 && high == 0));
      store<u32>(row + 12, seconds);
      row += width;
      count++;
      p = space(p);
      const c = load<u8>(p);
      if (c == 93) break;
      if (c != 44) return -1;
      p = space(p + 1);
    }
  }
  p = space(p + 1);
  if (load<u8>(p) != 125) return -1;
  p = space(p + 1);
  return p == end ? count : -1;
}

/** Behind white space; AWS writes none, so that one look is nearly always enough. */
// @ts-ignore: the compiler's own word
@inline
function space(p: usize): usize {
  return load<u8>(p) > 32 ? p : spaces(p);
}

function spaces(p: usize): usize {
  while (true) {
    const c = load<u8>(p);
    if (c > 32 || (c != 32 && c != 10 && c != 13 && c != 9)) return p;
    p++;
  }
}

/** Behind the object that begins here; 0 where it is none. */
function object(p: usize, node: i32, depth: i32): usize {
  if (depth > deepest) return 0;
  p = space(p + 1);
  if (load<u8>(p) == 125) return p + 1;
  const members = node < 0 ? 0 : load<u32>(nodes + <usize>node * nodeBytes);
  while (true) {
    if (load<u8>(p) != quote) return 0;
    const after = text(p);
    if (after == 0) return 0;
    let child = -1;
    if (members != 0) {
      if (escaped) ordinary = false;
      child = member(node, p + 1, after - p - 2);
      if (child >= 0) {
        const at = nodes + <usize>child * nodeBytes;
        if (load<i32>(at + 12) == record || load<i32>(at + 8) == -2) ordinary = false;
        store<i32>(at + 12, record);
      }
    }
    p = space(after);
    if (load<u8>(p) != 58) return 0;
    const from = space(p + 1);
    p = value(from, child, depth);
    if (p == 0) return 0;
    if (child >= 0) {
      const span = load<i32>(nodes + <usize>child * nodeBytes + 24);
      if (span >= 0) {
        const cell = row + (<usize>(columns + 4 + 2 * span) << 2);
        store<i32>(cell, <i32>(from - input));
        store<i32>(cell + 4, <i32>(p - input));
      }
    }
    p = space(p);
    const c = load<u8>(p);
    if (c == 125) return p + 1;
    if (c != 44) return 0;
    p = space(p + 1);
  }
}

function array(p: usize, depth: i32): usize {
  if (depth > deepest) return 0;
  p = space(p + 1);
  if (load<u8>(p) == 93) return p + 1;
  while (true) {
    p = value(p, -1, depth);
    if (p == 0) return 0;
    p = space(p);
    const c = load<u8>(p);
    if (c == 93) return p + 1;
    if (c != 44) return 0;
    p = space(p + 1);
  }
}

function value(p: usize, node: i32, depth: i32): usize {
  const c = load<u8>(p);
  if (c == quote) {
    const after = text(p);
    if (after != 0 && node >= 0) takeText(node, p + 1, after - p - 2);
    return after;
  }
  if (c == 123) {
    if (node >= 0) takeComplex(node);
    return object(p, node, depth + 1);
  }
  if (c == 91) {
    if (node >= 0) takeArray(node);
    return array(p, depth + 1);
  }
  if (c == 116 || c == 102 || c == 110) {
    let after: usize = 0;
    if (load<u32>(p) == 0x65757274) after = p + 4;
    else if (load<u32>(p + 1) == 0x65736c61 && c == 102) after = p + 5;
    // Null is as if nothing were there.
    else if (load<u32>(p) == 0x6c6c756e) return p + 4;
    if (after != 0 && node >= 0) take(node, p, after - p);
    return after;
  }
  return number(p, node);
}

/** Whole numbers of up to 15 digits print as they stand; of others only JSON.parse knows the text. */
function number(p: usize, node: i32): usize {
  const from = p;
  let plain = true;
  if (load<u8>(p) == 45) {
    plain = false;
    p++;
  }
  const first = load<u8>(p);
  if (first == 48) p++;
  else if (first >= 49 && first <= 57) p = digits(p);
  else return 0;
  if (load<u8>(p) == 46) {
    plain = false;
    const after = digits(p + 1);
    if (after == p + 1) return 0;
    p = after;
  }
  const e = load<u8>(p);
  if (e == 101 || e == 69) {
    plain = false;
    p++;
    const sign = load<u8>(p);
    if (sign == 43 || sign == 45) p++;
    const after = digits(p);
    if (after == p) return 0;
    p = after;
  }
  if (node >= 0) {
    if (plain && p - from <= 15) take(node, from, p - from);
    else takeComplex(node);
  }
  return p;
}

function digits(p: usize): usize {
  while (load<u8>(p) - 48 <= 9) p++;
  return p;
}

/** Behind the text whose quote is here; 0 where it is none. Says in `escaped` and `high` what is in it. */
function text(p: usize): usize {
  escaped = false;
  p++;
  while (true) {
    const bytes = v128.load(p);
    const stop = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(34)), i8x16.eq(bytes, i8x16.splat(92))),
        v128.lt<u8>(bytes, i8x16.splat(32)),
      ),
    );
    const above = i8x16.bitmask(bytes);
    if (stop == 0) {
      high |= above;
      p += 16;
      continue;
    }
    const n = ctz(stop);
    high |= above & ((1 << n) - 1);
    p += <usize>n;
    const c = load<u8>(p);
    if (c == quote) return p + 1;
    if (c != backslash) return 0;
    escaped = true;
    const d = load<u8>(p + 1);
    if (d == 117) {
      if (!isHex(load<u8>(p + 2)) || !isHex(load<u8>(p + 3)) || !isHex(load<u8>(p + 4)) || !isHex(load<u8>(p + 5))) return 0;
      p += 6;
    } else if (d == 34 || d == 92 || d == 47 || d == 98 || d == 102 || d == 110 || d == 114 || d == 116) p += 2;
    else return 0;
  }
}

function isHex(c: u8): bool {
  return c - 48 <= 9 || (c | 32) - 97 <= 5;
}

/** The child of a node by its name; -1 for none. */
function member(node: i32, from: usize, length: usize): i32 {
  const at = nodes + <usize>node * nodeBytes;
  const slots = load<u32>(at);
  const mask = load<u32>(at + 4);
  const wanted = hash(from, length);
  let slot = wanted & mask;
  while (true) {
    const entry = <usize>slots + ((<usize>slot) << 4);
    const key = load<u32>(entry);
    if (key == 0) return -1;
    if (load<u32>(entry + 12) == wanted && load<u32>(entry + 4) == <u32>length && same(from, key, length)) return load<i32>(entry + 8);
    slot = (slot + 1) & mask;
  }
}

/** The same as `hashOf` of the host, which lays out the members' tables. */
function hash(from: usize, length: usize): u32 {
  let h: u64 = 0x9e3779b97f4a7c15 ^ <u64>length;
  let p = from;
  let left = length;
  while (left >= 8) {
    h = rotl(h ^ load<u64>(p), 29) * 0xff51afd7ed558ccd;
    p += 8;
    left -= 8;
  }
  if (left > 0) h = rotl(h ^ (load<u64>(p) & ((<u64>1 << (<u64>left << 3)) - 1)), 29) * 0xff51afd7ed558ccd;
  h ^= h >>> 32;
  return <u32>h;
}

/** The host's way to hash a name. */
export function hashOf(from: usize, length: usize): u32 {
  return hash(from, length);
}

function same(a: usize, b: usize, length: usize): bool {
  let left = length;
  while (left >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    left -= 8;
  }
  return left == 0 || ((load<u64>(a) ^ load<u64>(b)) & ((<u64>1 << (<u64>left << 3)) - 1)) == 0;
}

function takeText(node: i32, from: usize, length: usize): void {
  if (escaped) return takeComplex(node);
  if (node == sourceNode) callParts |= 1;
  else if (node == nameNode) callParts |= 2;
  else if (node == timeNode && isTime(from, length)) callParts |= 4;
  take(node, from, length);
}

/** Gives the column the number of this text. */
function take(node: i32, from: usize, length: usize): void {
  const column = load<i32>(nodes + <usize>node * nodeBytes + 8);
  if (column < 0) return;
  const cell = row + ((<usize>column + 4) << 2);
  if (length > longest || high != 0) {
    store<i32>(cell, -1);
    return;
  }
  const mixed = hash(from, length) ^ (<u32>column * 0x9e3779b1);
  const wanted = mixed == 0 ? 1 : mixed;
  const size = (<u32>column << 16) | <u32>length;
  let slot = wanted & tableMask;
  while (true) {
    const entry = table + ((<usize>slot) << 4);
    const there = load<u32>(entry);
    if (there == 0) break;
    if (there == wanted && load<u32>(entry + 4) == size && same(from, load<u32>(entry + 8), length)) {
      store<i32>(cell, load<i32>(entry + 12));
      return;
    }
    slot = (slot + 1) & tableMask;
  }
  if (values == mostValues || arenaAt + length + 8 > arenaEnd) {
    store<i32>(cell, -1);
    return;
  }
  const counter = counts + (<usize>column << 2);
  const id = load<i32>(counter) + 1;
  store<i32>(counter, id);
  memory.copy(arenaAt, from, length);
  const entry = table + ((<usize>slot) << 4);
  store<u32>(entry, wanted);
  store<u32>(entry + 4, size);
  store<u32>(entry + 8, <u32>arenaAt);
  store<i32>(entry + 12, id);
  const told = news + ((<usize>newsCount) << 4);
  store<i32>(told, column);
  store<i32>(told + 4, id);
  store<u32>(told + 8, <u32>arenaAt);
  store<u32>(told + 12, <u32>length);
  newsCount++;
  values++;
  arenaAt += length;
  store<i32>(cell, id);
}

/** The value must be asked of the parsed record. */
function takeComplex(node: i32): void {
  const column = load<i32>(nodes + <usize>node * nodeBytes + 8);
  if (column >= 0) store<i32>(row + ((<usize>column + 4) << 2), -1);
}

/** Lists are looked into, so all that is below may have several values. */
function takeArray(node: i32): void {
  takeComplex(node);
  const at = nodes + <usize>node * nodeBytes;
  const first = load<u32>(at + 16);
  const count = load<u32>(at + 20);
  for (let i: u32 = 0; i < count; i++) {
    const column = load<i32>(descendants + (<usize>(first + i) << 2));
    store<i32>(row + ((<usize>column + 4) << 2), -1);
  }
}

/** Is it `2026-01-02T03:04:05Z`, of a day that every year has? */
function isTime(p: usize, length: usize): bool {
  if (length != 20 || load<u8>(p + 19) != 90 || load<u8>(p + 10) != 84) return false;
  if (load<u8>(p + 4) != 45 || load<u8>(p + 7) != 45 || load<u8>(p + 13) != 58 || load<u8>(p + 16) != 58) return false;
  const year = two(p) * 100 + two(p + 2);
  const month = two(p + 5);
  const day = two(p + 8);
  if (two(p) < 0 || two(p + 2) < 0 || year < 1970 || month < 1 || month > 12 || day < 1) return false;
  const days = month == 2 ? 28 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  const hour = two(p + 11);
  const minute = two(p + 14);
  const second = two(p + 17);
  if (day > days || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || year > 2100) return false;
  // Days since 1970 in the Gregorian calendar, years beginning in March.
  const y = month > 2 ? year : year - 1;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const sinceEpoch = y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719468;
  seconds = <u32>sinceEpoch * 86400 + <u32>(hour * 3600 + minute * 60 + second);
  return true;
}

/** Two digits; far below 0 where they are none. */
function two(p: usize): i32 {
  const a = <i32>load<u8>(p) - 48;
  const b = <i32>load<u8>(p + 1) - 48;
  return a < 0 || a > 9 || b < 0 || b > 9 ? -100000 : a * 10 + b;
}
