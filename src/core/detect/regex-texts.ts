/** Characters that stand for themselves in a pattern and, in a JSON string, are never written in another way. */
const plain = /[A-Za-z0-9_ @=-]/;
/** Escaped signs that JSON does not escape. */
const escapable = /[.@=+_ -]/;
/** Classes and assertions: they say nothing about a certain text. */
const classes = /[dDwWsSbBAz]/;

/**
 * Texts of which each match of the pattern (RE2's syntax) contains one, whatever the case; null where none can be told. A
 * pattern with anything that is not understood here tells none.
 */
export function regexTexts(source: string, rarer: Rarer<string>): readonly string[] | null {
  const reader = { source, at: 0, depth: 0, rarer };
  const texts = alternatives(reader);
  return reader.at === source.length ? texts.found : null;
}

/** Of two demands that both hold the one that fewer records meet; null demands nothing. */
export type Rarer<T> = (a: readonly T[] | null, b: readonly T[] | null) => readonly T[] | null;

interface Reader {
  readonly rarer: Rarer<string>;
  readonly source: string;
  at: number;
  depth: number;
}

type Texts = { readonly found: readonly string[] | null; readonly understood: boolean };

const nothing: Texts = { found: null, understood: false };

/** Reads up to the closing parenthesis, or the end. One branch that demands nothing makes the whole demand nothing. */
function alternatives(reader: Reader): Texts {
  const all: string[] = [];
  let demands = true;
  for (;;) {
    const branch = sequence(reader);
    if (!branch.understood) {
      reader.at = -1;
      return nothing;
    }
    if (branch.found === null) demands = false;
    else all.push(...branch.found);
    if (reader.source[reader.at] !== '|') return { found: demands ? all : null, understood: true };
    reader.at++;
  }
}

function sequence(reader: Reader): Texts {
  const { source } = reader;
  let run = '';
  let best: readonly string[] | null = null;
  const close = () => {
    best = reader.rarer(best, run === '' ? null : [run]);
    run = '';
  };
  while (reader.at < source.length) {
    const c = source[reader.at] ?? '';
    if (c === '|' || c === ')') break;
    reader.at++;
    if (c === '(') {
      close();
      const group = groupOf(reader);
      if (!group.understood) return nothing;
      const optional = isOptional(reader);
      if (!optional) best = reader.rarer(best, group.found);
      if (!skipQuantifier(reader)) return nothing;
      continue;
    }
    if (c === '[') {
      close();
      if (!skipClass(reader) || !skipQuantifier(reader)) return nothing;
      continue;
    }
    let literal: string | null = null;
    if (c === '\\') {
      const next = source[reader.at++] ?? '';
      if (escapable.test(next)) literal = next;
      else if (!classes.test(next) && /[A-Za-z0-9]/.test(next)) return nothing;
    } else if (plain.test(c)) literal = c;
    if (literal === null) close();
    else if (isOptional(reader)) close();
    else run += literal;
    const repeated = isQuantifier(source[reader.at]);
    if (!skipQuantifier(reader)) return nothing;
    if (repeated) close();
  }
  close();
  return { found: best, understood: true };
}

function groupOf(reader: Reader): Texts {
  const { source } = reader;
  if (++reader.depth > 50) return nothing;
  if (source[reader.at] === '?') {
    const flags = /^\?([ims]*)(:|\))/.exec(source.slice(reader.at, reader.at + 8));
    if (flags === null) return nothing;
    reader.at += flags[0].length;
    if (flags[2] === ')') {
      reader.depth--;
      return { found: null, understood: true };
    }
  }
  const texts = alternatives(reader);
  if (!texts.understood || source[reader.at] !== ')') return nothing;
  reader.at++;
  reader.depth--;
  return texts;
}

function skipClass(reader: Reader): boolean {
  const { source } = reader;
  if (source[reader.at] === '^') reader.at++;
  if (source[reader.at] === ']') reader.at++;
  for (; reader.at < source.length; reader.at++) {
    const c = source[reader.at];
    if (c === '\\') reader.at++;
    // A class inside a class: not read here.
    else if (c === '[') return false;
    else if (c === ']') {
      reader.at++;
      return true;
    }
  }
  return false;
}

function isQuantifier(c: string | undefined): boolean {
  return c === '*' || c === '+' || c === '?' || c === '{';
}

/** May what was just read be missing? */
function isOptional({ source, at }: Reader): boolean {
  return source[at] === '*' || source[at] === '?' || source[at] === '{';
}

function skipQuantifier(reader: Reader): boolean {
  const { source } = reader;
  const c = source[reader.at];
  if (!isQuantifier(c)) return true;
  if (c === '{') {
    const end = source.indexOf('}', reader.at);
    if (end < 0 || !/^\d+(,\d*)?$/.test(source.slice(reader.at + 1, end))) return false;
    reader.at = end + 1;
  } else reader.at++;
  if (source[reader.at] === '?') reader.at++;
  return !isQuantifier(source[reader.at]);
}
