/** What a pattern asks for: values that each alone indicate, or why it is left out. */
export type PatternValues = { readonly values: readonly string[] } | { readonly leftOut: string };

type Token =
  | { readonly type: 'word' | 'text'; readonly text: string }
  | { readonly type: 'mark'; readonly text: '[' | ']' | '(' | ')' | ',' | '=' | 'other' };

const longest = 100_000;
/** Paths that hold an address, a name or a URL: STIX 2.1, 6.4, 6.5, 6.8, 6.12 and 6.18. */
const asked: ReadonlySet<string> = new Set([
  ...['ipv4-addr:value', 'ipv6-addr:value', 'domain-name:value', 'url:value'],
  ...['network-traffic:dst_ref.value', 'network-traffic:src_ref.value', 'network-traffic:dst_ref.resolves_to_refs[*].value'],
]);
const inTime: ReadonlySet<string> = new Set(['FOLLOWEDBY', 'WITHIN', 'REPEATS', 'START', 'STOP']);
const otherOperators: ReadonlySet<string> = new Set(['LIKE', 'MATCHES', 'ISSUPERSET', 'EXISTS']);

/**
 * The values of a STIX 2.1 pattern that is one comparison or several joined by OR, of addresses, names and URLs: of those
 * each alone is enough. Other patterns ask for more than a list can tell, and are left out.
 * https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_e8slinrhxcc9
 */
export function patternValues(pattern: string): PatternValues {
  if (pattern.length > longest) return { leftOut: 'a pattern of more than 100,000 characters' };
  const tokens = tokensOf(pattern);
  if (tokens === null) return { leftOut: broken };
  const words = tokens.flatMap(({ type, text }) => (type === 'word' ? [text.toUpperCase()] : []));
  if (words.some((word) => inTime.has(word))) return { leftOut: 'a pattern in time' };
  if (words.includes('AND')) return { leftOut: 'a pattern that asks for several things at once' };
  if (
    words.includes('NOT') ||
    tokens.some(({ type, text }) => type === 'mark' && text === 'other') ||
    words.some((word) => otherOperators.has(word))
  )
    return { leftOut: 'a pattern that compares in another way than =, IN and ISSUBSET' };
  return valuesOf(tokens);
}

const broken = 'no pattern of STIX';

function valuesOf(tokens: readonly Token[]): PatternValues {
  const values: string[] = [];
  let depth = 0;
  let others = false;
  let at = 0;
  const is = (text: string) => tokens[at]?.type === 'mark' && tokens[at]?.text === text;
  const isWord = (text: string) => tokens[at]?.type === 'word' && tokens[at]?.text.toUpperCase() === text;
  for (;;) {
    for (; is('[') || is('('); at++) depth++;
    const path = tokens[at];
    if (depth === 0 || path?.type !== 'word') return { leftOut: broken };
    at++;
    // The rest of a path with a quoted key, as file:hashes.'SHA-256'.
    const keyed = tokens[at]?.type === 'text';
    if (keyed) at++;
    if (!is('=') && !isWord('IN') && !isWord('ISSUBSET')) return { leftOut: broken };
    const set = isWord('IN');
    at++;
    const compared: string[] = [];
    if (set && !is('(')) return { leftOut: broken };
    if (set) at++;
    for (;;) {
      const value = tokens[at];
      if (value === undefined || value.type === 'mark') return { leftOut: broken };
      compared.push(value.text);
      at++;
      if (!set || is(')')) break;
      if (!is(',')) return { leftOut: broken };
      at++;
    }
    if (set) at++;
    if (!keyed && asked.has(path.text.toLowerCase())) values.push(...compared);
    else others = true;
    for (; is(']') || is(')'); at++) depth--;
    if (depth < 0) return { leftOut: broken };
    if (at === tokens.length) break;
    if (!isWord('OR')) return { leftOut: broken };
    at++;
  }
  if (depth !== 0) return { leftOut: broken };
  if (values.length === 0 && others) return { leftOut: 'a pattern of other things than addresses, names and URLs' };
  return { values };
}

/** Null for a text that does not end. */
function tokensOf(pattern: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const c = pattern[at] ?? '';
    if (' \t\r\n'.includes(c)) at++;
    else if (c === "'") {
      let text = '';
      for (at++; pattern[at] !== "'"; at++) {
        if (at >= pattern.length) return null;
        if (pattern[at] === '\\') at++;
        text += pattern[at] ?? '';
      }
      tokens.push({ type: 'text', text });
      at++;
    } else if (c === '[' || c === ']' || c === '(' || c === ')' || c === ',') {
      tokens.push({ type: 'mark', text: c });
      at++;
    } else if ('=!<>'.includes(c)) {
      const from = at;
      while ('=!<>'.includes(pattern[at] ?? ' ')) at++;
      const operator = pattern.slice(from, at);
      tokens.push({ type: 'mark', text: operator === '=' || operator === '==' ? '=' : 'other' });
    } else {
      const from = at;
      at = wordEnd(pattern, at);
      tokens.push({ type: 'word', text: pattern.slice(from, at) });
    }
  }
  return tokens;
}

/** A word's end; `[*]` and `[0]` after a path belong to it. */
function wordEnd(pattern: string, from: number): number {
  for (let at = from; at < pattern.length; at++) {
    const c = pattern[at] ?? '';
    if (c === '[' && at > from) {
      const close = pattern.indexOf(']', at);
      if (close > at && close - at < 12 && /^(\*|\d+)$/.test(pattern.slice(at + 1, close))) {
        at = close;
        continue;
      }
    }
    if (" \t\r\n'[](),=!<>".includes(c)) return Math.max(at, from + 1);
  }
  return pattern.length;
}
