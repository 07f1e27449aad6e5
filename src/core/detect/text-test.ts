import { contains, parseAddress, parseBlock } from '../lib/cidr.ts';
import { looksGenerated } from '../lib/generated-name.ts';
import { compileRegex } from '../lib/regex.ts';
import type { Test } from '../model/rule.ts';
import { type ListIndex, listIndex } from './list-index.ts';
import { compareNumber, holds } from './number-test.ts';
import { timePart } from './time-part.ts';

/** A comparison of a text, given folded and as it is. */
export type TextTest = (folded: string, raw: string) => boolean;

/** Tests of a text alone; the others are about presence, or about the rest of the event. */
export type PlainTest = Exclude<Test, { is: 'exists' | 'null' | 'fieldref' | 'grants' }>;

export function isPlain(test: Test): test is PlainTest {
  return test.is !== 'exists' && test.is !== 'null' && test.is !== 'fieldref' && test.is !== 'grants';
}

const noLists = listIndex(new Map());

/** The characters that Sigma's `windash` takes for each other, as the first of them. */
export function withDashes(text: string): string {
  return text.replace(/[/\u2013\u2014\u2015]/g, '-');
}

/** Compiles a test of a text. */
export function compileTextTest(test: PlainTest, lists: ListIndex = noLists): TextTest {
  switch (test.is) {
    case 'equals': {
      const { text } = test;
      return test.cased ? (_, raw) => raw === text : (folded) => folded === text;
    }
    case 'contains': {
      const { text } = test;
      return test.cased ? (_, raw) => raw.includes(text) : (folded) => folded.includes(text);
    }
    case 'startswith': {
      const { text } = test;
      return test.cased ? (_, raw) => raw.startsWith(text) : (folded) => folded.startsWith(text);
    }
    case 'endswith': {
      const { text } = test;
      return test.cased ? (_, raw) => raw.endsWith(text) : (folded) => folded.endsWith(text);
    }
    case 'glob': {
      const { pieces } = test;
      return test.cased ? (_, raw) => matchesGlob(pieces, raw) : (folded) => matchesGlob(pieces, folded);
    }
    case 're': {
      // Compiled when it is asked for the first time: most never are.
      let regex: ReturnType<typeof compileRegex> | null = null;
      return (_, raw) => {
        regex ??= compileRegex(test.source, test.flags);
        // The parser has refused what does not compile.
        return 'error' in regex ? false : regex.matches(raw);
      };
    }
    case 'cidr': {
      const block = parseBlock(test.block);
      return (_, raw) => {
        const address = block === null ? null : parseAddress(raw);
        return block !== null && address !== null && contains(block, address);
      };
    }
    case 'windash': {
      const of = compileTextTest(test.of);
      return (folded, raw) => of(withDashes(folded), withDashes(raw));
    }
    case 'number': {
      const compare = compareNumber(test.compare, test.than);
      return (_, raw) => compare(raw);
    }
    case 'time': {
      const { part, compare, than } = test;
      return (_, raw) => {
        const found = timePart(raw, part);
        return found !== null && holds(compare, found - than);
      };
    }
    case 'generated': {
      const { want } = test;
      return (folded) => looksGenerated(folded) === want;
    }
    case 'in-list': {
      const find = lists.finder(test);
      return (folded, raw) => find(folded, raw) !== null;
    }
    default:
      return test satisfies never;
  }
}

/**
 * Does the pattern cover the whole text? The pieces lie between `*`; null in a piece is any one UTF-16 unit. Each piece
 * is placed as far left as it goes, which is enough for `*`, so there is no backtracking over pieces.
 */
export function matchesGlob(pieces: readonly (readonly (string | null)[])[], text: string): boolean {
  const first = pieces[0] ?? [];
  const last = pieces[pieces.length - 1] ?? [];
  if (!pieceAt(first, text, 0)) return false;
  let at = widthOf(first);
  if (pieces.length === 1) return at === text.length;
  const end = text.length - widthOf(last);
  if (end < at || !pieceAt(last, text, end)) return false;
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i] ?? [];
    const width = widthOf(piece);
    let found = -1;
    for (let p = at; p + width <= end; p++) {
      if (pieceAt(piece, text, p)) {
        found = p;
        break;
      }
    }
    if (found < 0) return false;
    at = found + width;
  }
  return true;
}

function widthOf(piece: readonly (string | null)[]): number {
  let width = 0;
  for (const part of piece) width += part === null ? 1 : part.length;
  return width;
}

function pieceAt(piece: readonly (string | null)[], text: string, start: number): boolean {
  let at = start;
  for (const part of piece) {
    if (part === null) {
      if (at >= text.length) return false;
      at++;
    } else {
      if (!text.startsWith(part, at)) return false;
      at += part.length;
    }
  }
  return true;
}
