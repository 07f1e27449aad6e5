import { parseBlock } from '../../lib/cidr.ts';
import { fold } from '../../lib/fold.ts';
import { compileRegex } from '../../lib/regex.ts';
import type { Test } from '../../model/rule.ts';

type Scalar = string | number | bigint | boolean | null;

const places = ['contains', 'startswith', 'endswith'] as const;
const known = new Set<string>([...places, 'all', 're', 'i', 'm', 's', 'cidr', 'exists', 'cased', 'fieldref', 'grants']);

/** The modifiers of a field, checked; a text says what is wrong with them. */
export function checkModifiers(modifiers: readonly string[]): string | null {
  for (const modifier of modifiers) if (!known.has(modifier)) return `the modifier "${modifier}" is not supported`;
  const kinds = modifiers.filter((m) => m === 're' || m === 'cidr' || m === 'exists' || (places as readonly string[]).includes(m));
  if (kinds.length > 1) return `the modifiers "${kinds.join('" and "')}" do not go together`;
  if (modifiers.includes('grants') && modifiers.length > 1) return 'the modifier "grants" stands alone';
  if (modifiers.some((m) => m === 'i' || m === 'm' || m === 's') && !modifiers.includes('re'))
    return 'the modifiers i, m and s belong to "re"';
  return null;
}

/** One value of a field under its modifiers, as a test; a text says why it cannot be one. */
export function testOf(value: Scalar, modifiers: readonly string[]): Test | string {
  if (modifiers.includes('exists')) {
    return typeof value === 'boolean' ? { is: 'exists', want: value } : '"exists" wants true or false';
  }
  if (value === null) return modifiers.length === 0 ? { is: 'null' } : 'null takes no modifier';
  const text = String(value);
  if (modifiers.includes('re')) {
    const flags = modifiers.filter((m) => m === 'i' || m === 'm' || m === 's').join('');
    const regex = compileRegex(text, flags);
    return 'error' in regex ? regex.error : { is: 're', source: text, flags };
  }
  if (modifiers.includes('cidr')) {
    return parseBlock(text) === null ? `"${text}" is not a block of addresses` : { is: 'cidr', block: text };
  }
  if (modifiers.includes('grants')) {
    return text === 'anyone' || text === 'foreign-account' ? { is: 'grants', to: text } : '"grants" wants anyone or foreign-account';
  }
  const cased = modifiers.includes('cased');
  const place = places.find((p) => modifiers.includes(p));
  if (modifiers.includes('fieldref')) return { is: 'fieldref', path: text, how: place ?? 'equals', cased };
  const pieces = globPieces(cased ? text : fold(text));
  if (place === 'contains' || place === 'endswith') pieces.unshift([]);
  if (place === 'contains' || place === 'startswith') pieces.push([]);
  return simplest(pieces, cased);
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
function simplest(pieces: (string | null)[][], cased: boolean): Test {
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
