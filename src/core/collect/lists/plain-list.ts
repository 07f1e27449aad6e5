import { indicator } from './indicator.ts';
import { type ListTaker, listTaker, type ReadList } from './list-taker.ts';

/**
 * `indicators`: addresses, blocks and names, checked. `texts`: whatever stands there, also one's own networks or people. `accounts`:
 * numbers of AWS accounts.
 */
export type ListKind = 'indicators' | 'texts' | 'accounts';

/** A blackhole's address before names, as in a hosts file. */
const blackholes: ReadonlySet<string> = new Set(['0.0.0.0', '127.0.0.1', '::1', '::']);

/**
 * Reads a list of one entry a line. `#` and `;` begin comments. Columns of numbers after an entry, as counts, are passed
 * over; lines of a hosts file are their names. A comment `# kind: texts` says that entries are taken as they stand. Behind the number of
 * an account its name may stand.
 */
export function readPlainList(text: string, kind: ListKind = 'indicators'): ReadList {
  const taker = listTaker();
  let texts = kind === 'texts';
  let n = 0;
  for (const line of linesOf(text)) {
    n++;
    if (!texts && /^[#;]\s*kind:\s*texts\s*$/.test(line)) texts = true;
    const entry = withoutComment(line);
    if (entry === '') continue;
    if (texts) taker.take(entry);
    else if (kind === 'accounts') takeAccount(entry.split(/\s/, 1)[0] ?? '', `line ${n}`, taker);
    else takeLine(entry, `line ${n}`, taker);
  }
  return taker.end();
}

function takeLine(line: string, place: string, taker: ListTaker): void {
  if (!/\s/.test(line)) return takeIndicator(line, place, taker);
  const [first = '', ...others] = line.split(/\s+/);
  const values = blackholes.has(first) && others.length > 0 ? others : [first];
  if (values !== others && others.some((other) => !/^\d+$/.test(other))) {
    taker.setAside('more than one value on a line', place, line);
    return;
  }
  for (const value of values) takeIndicator(value, place, taker);
}

/** Takes the number of an AWS account, also as `1111-2222-3333`, or sets it aside. */
export function takeAccount(value: string, place: string, taker: ListTaker): void {
  const digits = /^\d{4}-\d{4}-\d{4}$/.test(value) ? value.replaceAll('-', '') : value;
  if (/^\d{12}$/.test(digits)) taker.take(digits);
  else taker.setAside('no number of an AWS account, which has 12 digits', place, value);
}

/** Takes one value, or sets it aside with the reason. */
export function takeIndicator(value: string, place: string, taker: ListTaker): void {
  const read = indicator(value);
  if ('entry' in read) taker.take(read.entry);
  else taker.setAside(read.refused, place, value);
}

/** A comment begins a line, or follows white space: URLs have `#` and `;` inside. */
function withoutComment(line: string): string {
  const trimmed = line.trim();
  if (trimmed.startsWith('#') || trimmed.startsWith(';')) return '';
  const at = trimmed.search(/\s[#;]/);
  return at < 0 ? trimmed : trimmed.slice(0, at).trimEnd();
}

function* linesOf(text: string): Generator<string> {
  let from = text.startsWith('\ufeff') ? 1 : 0;
  while (from < text.length) {
    const end = text.indexOf('\n', from);
    yield text.slice(from, end < 0 ? text.length : end);
    if (end < 0) return;
    from = end + 1;
  }
}
