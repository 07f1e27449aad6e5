import type { Expr } from '../../model/rule.ts';

/** Why a condition cannot be read; the caller knows its file and line. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

type Token = { readonly text: string; readonly at: number };

/**
 * Parses a Sigma condition: `and`, `or`, `not`, parentheses, `1 of x*`, `any of x*`, `all of x*`, `... of them`.
 * Binding, tightest first: `of`, `not`, `and`, `or`. Source: the Sigma specification 2.1, "Condition".
 */
export function parseCondition(text: string, searches: ReadonlyMap<string, Expr>): Expr {
  const tokens = tokenize(text);
  let next = 0;

  const peek = () => tokens[next]?.text.toLowerCase();
  const fail = (what: string): never => {
    const token = tokens[next];
    throw new ConditionError(
      token === undefined ? `${what} at the end of the condition` : `${what} at "${token.text}" (character ${token.at + 1})`,
    );
  };

  const alternatives = (): Expr => chain('or', () => chain('and', negation));

  function chain(op: 'and' | 'or', part: () => Expr): Expr {
    const of = [part()];
    while (peek() === op) {
      next++;
      of.push(part());
    }
    return of.length === 1 && of[0] !== undefined ? of[0] : { op, of };
  }

  function negation(): Expr {
    // A loop, so that a thousand nots do not exhaust the stack.
    let negated = false;
    while (peek() === 'not') {
      next++;
      negated = !negated;
    }
    const of = primary();
    return negated ? { op: 'not', of } : of;
  }

  let depth = 0;
  function primary(): Expr {
    const token = tokens[next];
    if (token === undefined) return fail('something is missing');
    if (token.text === '(') {
      if (++depth > 100) fail('parentheses are nested deeper than 100');
      next++;
      const inner = alternatives();
      if (peek() !== ')') fail('a closing parenthesis is missing');
      next++;
      depth--;
      return inner;
    }
    const word = token.text.toLowerCase();
    if (tokens[next + 1]?.text.toLowerCase() === 'of' && (word === '1' || word === 'any' || word === 'all')) {
      next += 2;
      const pattern = tokens[next]?.text;
      if (pattern === undefined || pattern === ')' || pattern === '(') return fail('a name is missing after "of"');
      next++;
      const of = matching(pattern);
      if (of.length === 0) throw new ConditionError(`no search is named like "${pattern}"`);
      return of.length === 1 && of[0] !== undefined ? of[0] : { op: word === 'all' ? 'and' : 'or', of };
    }
    if (['and', 'or', 'of', ')'].includes(word)) return fail('something is missing');
    const search = searches.get(token.text);
    if (search === undefined) return fail('no search has this name:');
    next++;
    return search;
  }

  function matching(pattern: string): Expr[] {
    // "them" means all searches but those whose name begins with an underscore.
    if (pattern.toLowerCase() === 'them') return [...searches].filter(([name]) => !name.startsWith('_')).map(([, expr]) => expr);
    const pieces = pattern.split('*');
    return [...searches].filter(([name]) => likeName(name, pieces)).map(([, expr]) => expr);
  }

  const expr = alternatives();
  if (next < tokens.length) fail('the condition should end');
  return expr;
}

function likeName(name: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return name === first;
  const last = pieces[pieces.length - 1] ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > name.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}

function tokenize(text: string): Token[] {
  return [...text.matchAll(/[()]|[^\s()]+/g)].map((match) => ({ text: match[0], at: match.index }));
}
