import { parseBlock } from '../../lib/cidr.ts';
import { fold } from '../../lib/fold.ts';
import { compileRegex } from '../../lib/regex.ts';
import { type GlobTest, grantedTo, type NumberComparison, type PlaceTest, type Test, type TimePart } from '../../model/rule.ts';
import { isNumber } from '../number-test.ts';
import { withDashes } from '../text-test.ts';
import { base64Offsets, bytesOf, type WideEncoding, wideEncodings } from './encode.ts';
import { expand, type KnownLists } from './expand.ts';

type Scalar = string | number | bigint | boolean | null;

const places = ['contains', 'startswith', 'endswith'] as const;
const comparisons = ['gt', 'gte', 'lt', 'lte'] as const satisfies readonly NumberComparison[];
const timeParts = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const satisfies readonly TimePart[];
const flags = ['i', 'm', 's'] as const;
const encodings = [...wideEncodings, 'base64', 'base64offset'] as const;
const texts = [...places, 'all', 'cased', 'neq'] as const;

/**
 * Every modifier of the Sigma specification 2.1, and our `grants` and `generated`, with those that may stand beside it.
 * https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md
 */
const beside: { readonly [modifier: string]: readonly string[] } = {
  all: [...texts, ...encodings, ...flags, 're', 'cidr', 'windash', 'fieldref', 'expand', ...comparisons, ...timeParts],
  neq: [...texts, ...encodings, ...flags, 're', 'cidr', 'windash', 'fieldref', 'expand', ...timeParts],
  cased: [...texts, 'windash', 'fieldref', 'expand', 're', ...flags],
  ...Object.fromEntries(places.map((place) => [place, ['all', 'cased', 'neq', ...encodings, 'windash', 'fieldref', 'expand']])),
  exists: [],
  re: ['all', 'neq', 'cased', ...flags],
  ...Object.fromEntries(flags.map((flag) => [flag, ['all', 'neq', 'cased', 're', ...flags]])),
  cidr: ['all', 'neq', 'expand'],
  fieldref: texts,
  windash: [...texts, 'expand'],
  expand: [...texts, 'cidr', 'windash'],
  ...Object.fromEntries(wideEncodings.map((wide) => [wide, ['all', 'neq', ...places, 'base64', 'base64offset']])),
  base64: ['all', 'neq', ...places, ...wideEncodings],
  base64offset: ['all', 'neq', 'contains', ...wideEncodings],
  ...Object.fromEntries(comparisons.map((comparison) => [comparison, ['all', ...timeParts]])),
  ...Object.fromEntries(timeParts.map((part) => [part, ['all', 'neq', ...comparisons]])),
  grants: [],
  generated: [],
};

/** The modifiers of a field, checked; a text says what is wrong with them. */
export function checkModifiers(modifiers: readonly string[]): string | null {
  for (const [i, modifier] of modifiers.entries()) {
    if (!Object.hasOwn(beside, modifier)) return `the modifier "${modifier}" is not supported`;
    if (modifiers.indexOf(modifier) !== i) return `the modifier "${modifier}" stands twice`;
  }
  if (modifiers.some((m) => (flags as readonly string[]).includes(m)) && !modifiers.includes('re'))
    return 'the modifiers i, m and s belong to "re"';
  if (modifiers.includes('grants') && modifiers.length > 1) return 'the modifier "grants" stands alone';
  for (const group of [places, wideEncodings] as const) {
    const several = modifiers.filter((m) => (group as readonly string[]).includes(m));
    if (several.length > 1) return apart(several);
  }
  for (const a of modifiers) for (const b of modifiers) if (a !== b && !beside[a]?.includes(b)) return apart([a, b]);
  if (modifiers.includes('base64offset') && !modifiers.includes('contains'))
    return 'the modifier "base64offset" wants "contains": the value is somewhere inside';
  const wide = modifiers.findIndex((m) => (wideEncodings as readonly string[]).includes(m));
  if (wide >= 0 && modifiers.slice(0, wide).some((m) => m.startsWith('base64')))
    return `the modifier "${modifiers[wide]}" comes before Base64`;
  return null;
}

function apart(modifiers: readonly string[]): string {
  return `the modifiers "${modifiers.join('" and "')}" do not go together`;
}

/**
 * One value of a field under its modifiers (`all` and `neq` are the field's), as tests of which one must hold; a text
 * says why it cannot be.
 */
export function testsOf(value: Scalar, modifiers: readonly string[], lists: KnownLists): readonly Test[] | string {
  const encoded = encodedTests(value, modifiers);
  if (encoded !== null) return encoded;
  const values = modifiers.includes('expand') && typeof value === 'string' ? expand(value, isAsked(modifiers), lists) : [value];
  if (typeof values === 'string') return values;
  if ('list' in values) return [listTest(values.list, modifiers)];
  const tests: Test[] = [];
  for (const text of values) {
    const test = testOf(text, modifiers);
    if (typeof test === 'string') return test;
    tests.push(test);
  }
  return tests;
}

function testOf(value: Scalar, modifiers: readonly string[]): Test | string {
  if (modifiers.includes('exists')) {
    return typeof value === 'boolean' ? { is: 'exists', want: value } : '"exists" wants true or false';
  }
  if (modifiers.includes('generated')) {
    return typeof value === 'boolean' ? { is: 'generated', want: value } : '"generated" wants true or false';
  }
  if (value === null) return modifiers.length === 0 ? { is: 'null' } : 'null takes no modifier';
  const text = String(value);
  const part = timeParts.find((one) => modifiers.includes(one));
  const compare = comparisons.find((one) => modifiers.includes(one));
  if (part !== undefined) {
    return /^\d{1,4}$/.test(text)
      ? { is: 'time', part, compare: compare ?? 'equals', than: Number(text) }
      : `"${part}" wants a whole number, not "${text}"`;
  }
  if (compare !== undefined) {
    return isNumber(text) ? { is: 'number', compare, than: text } : `"${compare}" wants a number, not "${text}"`;
  }
  if (modifiers.includes('re')) {
    const chosen = modifiers.filter((m) => (flags as readonly string[]).includes(m)).join('');
    const regex = compileRegex(text, chosen);
    return 'error' in regex ? regex.error : { is: 're', source: text, flags: chosen };
  }
  const cased = modifiers.includes('cased');
  const place = places.find((p) => modifiers.includes(p));
  if (modifiers.includes('cidr')) {
    return parseBlock(text) === null ? `"${text}" is not a block of addresses` : { is: 'cidr', block: text };
  }
  if (modifiers.includes('grants')) {
    const to = grantedTo.find((one) => one === text);
    return to === undefined ? `"grants" wants one of ${grantedTo.join(', ')}` : { is: 'grants', to };
  }
  if (modifiers.includes('fieldref')) return { is: 'fieldref', path: text, how: place ?? 'equals', cased };
  const dashed = modifiers.includes('windash');
  const folded = cased ? text : fold(text);
  const pieces = globPieces(dashed ? withDashes(folded) : folded);
  const test = simplest(placed(pieces, place), cased);
  return dashed ? { is: 'windash', of: test } : test;
}

/** Can a whole list be asked as it stands, whatever its length? */
function isAsked(modifiers: readonly string[]): boolean {
  return !modifiers.some((modifier) => modifier === 'contains' || modifier === 'startswith' || modifier === 'windash');
}

function listTest(list: string, modifiers: readonly string[]): Test {
  const how = modifiers.includes('cidr') ? 'cidr' : modifiers.includes('endswith') ? 'domain-suffix' : 'equals';
  return { is: 'in-list', list, how, cased: how === 'equals' && modifiers.includes('cased') };
}

function encodedTests(value: Scalar, modifiers: readonly string[]): readonly Test[] | string | null {
  const wide = modifiers.find((m): m is WideEncoding => (wideEncodings as readonly string[]).includes(m)) ?? null;
  const base64 = modifiers.find((m) => m === 'base64' || m === 'base64offset');
  if (wide === null && base64 === undefined) return null;
  const place = places.find((p) => modifiers.includes(p));
  const pieces = globPieces(value === null ? '' : String(value));
  const literal = pieces.length === 1 ? (pieces[0] ?? []) : [null];
  const [text] = literal;
  if (literal.length !== 1 || typeof text !== 'string') return `"${String(value)}" cannot be encoded: it is empty or has wildcards`;
  const bytes = bytesOf(text, wide);
  if (base64 === 'base64offset') {
    const offsets = base64Offsets(bytes);
    if (offsets.includes('')) return `"${text}" is too short to be found in Base64`;
    return offsets.map((offset) => ({ is: 'contains', text: offset, cased: true }));
  }
  // Bytes outside Base64 stand for the characters of their numbers.
  const encoded = bytes.toString(base64 === undefined ? 'latin1' : 'base64');
  return [{ is: place ?? 'equals', text: encoded, cased: true }];
}

function placed(pieces: (string | null)[][], place: (typeof places)[number] | undefined): (string | null)[][] {
  if (place === 'contains' || place === 'endswith') pieces.unshift([]);
  if (place === 'contains' || place === 'startswith') pieces.push([]);
  return pieces;
}

/**
 * Splits at unescaped `*`; an unescaped `?` becomes null. A backslash escapes `*`, `?` and itself before one of them,
 * and is itself everywhere else. Source: the Sigma specification, "Escaping".
 */
export function globPieces(text: string): (string | null)[][] {
  const pieces: (string | null)[][] = [[]];
  let literal = '';
  const flush = () => {
    if (literal !== '') pieces.at(-1)?.push(literal);
    literal = '';
  };
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') {
      const following = text.charAt(i + 1);
      if (following === '*' || following === '?' || following === '\\') {
        literal += following;
        i++;
      } else literal += c;
    } else if (c === '*') {
      flush();
      pieces.push([]);
    } else if (c === '?') {
      flush();
      pieces.at(-1)?.push(null);
    } else literal += c;
  }
  flush();
  return pieces;
}

/** Patterns without inner wildcards are plain comparisons, which are faster and can be indexed. */
function simplest(pieces: (string | null)[][], cased: boolean): PlaceTest | GlobTest {
  const filled = pieces.filter((piece, i) => piece.length > 0 || i === 0 || i === pieces.length - 1);
  const plain = (piece: readonly (string | null)[] | undefined): string | null =>
    piece === undefined || piece.length === 0 ? '' : piece.length === 1 && piece[0] !== null ? (piece[0] ?? '') : null;
  const [first, second, third] = [plain(filled[0]), plain(filled[1]), plain(filled[2])];
  if (filled.length === 1 && first !== null) return { is: 'equals', text: first, cased };
  if (filled.length === 2 && first === '' && second !== null) return { is: 'endswith', text: second, cased };
  if (filled.length === 2 && second === '' && first !== null) return { is: 'startswith', text: first, cased };
  if (filled.length === 3 && first === '' && third === '' && second !== null) return { is: 'contains', text: second, cased };
  return { is: 'glob', pieces: filled, cased };
}
