import { parseBlock } from '../lib/cidr.ts';
import type { Expr, Test } from '../model/rule.ts';
import type { RawText } from '../ports/lake.ts';
import { type Rarer, regexTexts } from './regex-texts.ts';

/** What JSON writes in one way only, but for `\u` escapes. Quotes, slashes and what stands between values are not among it. */
const plainRun = /[A-Za-z0-9_.@=+ -]+/g;
/** In which part of the records a text is, from 0 to 1: a guess, which changes no answer. */
export type Share = (text: RawText) => number;

/** A shorter text is in most records. */
const shortest = 3;

/**
 * Texts of which each record that meets the condition contains one in its JSON text; null where none can be told, and none
 * at all where no record meets it. Only for sources whose record is the text, parsed. Of parts that must all hold the one counts whose
 * texts are rarest, where `share` says in which part of the records a text is.
 */
export function rawTexts(expr: Expr, share: Share): readonly RawText[] | null {
  switch (expr.op) {
    case 'constant':
      return expr.value ? null : [];
    case 'not':
      return null;
    case 'field':
      return textsOfTest(expr.test, expr.path, rarerBy(share));
    case 'keyword':
      return textsOfTest(expr.test, '', rarerBy(share));
    case 'and':
      return expr.of.map((part) => rawTexts(part, share)).reduce(rarerBy(share), null);
    case 'or': {
      const all = expr.of.map((part) => rawTexts(part, share));
      return all.some((texts) => texts === null) ? null : all.flatMap((texts) => texts ?? []);
    }
    default:
      return expr satisfies never;
  }
}

function textsOfTest(test: Test, path: string, rarer: Rarer<RawText>): readonly RawText[] | null {
  switch (test.is) {
    case 'equals':
      return runOf(test.text, true, true);
    case 'contains':
      return runOf(test.text, false, false);
    case 'startswith':
      return runOf(test.text, true, false);
    case 'endswith':
      return runOf(test.text, false, true);
    case 'glob': {
      const last = test.pieces.length - 1;
      return test.pieces
        .flatMap((piece, i) =>
          piece.map((part, j) => (part === null ? null : runOf(part, i === 0 && j === 0, i === last && j === piece.length - 1))),
        )
        .reduce(rarer, null);
    }
    case 're': {
      const texts = regexTexts(test.source, (a, b) => {
        const demand = rarer(inside(a), inside(b));
        return demand === null ? null : demand.map(({ text }) => text);
      });
      return inside(texts);
    }
    case 'cidr':
      return networkOf(test.block);
    case 'exists':
      // The name of what is there stands in the text, at the end of a key.
      return test.want ? runOf(path.replace(/^.*\./, ''), false, true) : null;
    default:
      return null;
  }
}

/** The longest run of plain characters in the text. */
function runOf(text: string, opens: boolean, closes: boolean): readonly RawText[] | null {
  let best: RawText | null = null;
  for (const match of text.matchAll(plainRun)) {
    const [run] = match;
    if (!isTelling(run) || (best !== null && best.text.length >= run.length)) continue;
    best = { text: run, opens: opens && match.index === 0, closes: closes && match.index + run.length === text.length };
  }
  return best === null ? null : [best];
}

/** What is no JSON string is written in other ways: without quotes, and `1e999`, which nobody can count, is Infinity or null. */
const unquoted = ['true', 'false', 'null', 'infinity'];

/** Long enough, and surely of a string: `1e3` in the record is 1000 to a rule. An `e` alone can stand in a number. */
function isTelling(text: string): boolean {
  const small = text.toLowerCase();
  return (
    text.length >= shortest &&
    /[a-df-z]/.test(small) &&
    text.replaceAll(plainRun, '') === '' &&
    !unquoted.some((word) => word.includes(small))
  );
}

/** The whole bytes of an IPv4 network: an address is a JSON string, and written in one way. */
function networkOf(text: string): readonly RawText[] | null {
  const block = parseBlock(text);
  if (block === null || block.address.family !== 4 || block.prefix < 8) return null;
  const bytes = block.address.groups.flatMap((group) => [group >> 8, group & 255]).slice(0, block.prefix >> 3);
  return [{ text: `${bytes.join('.')}${bytes.length < 4 ? '.' : ''}`, opens: true, closes: bytes.length === 4 }];
}

/** As texts that may stand anywhere; null where one of them tells nothing. */
function inside(texts: readonly string[] | null): readonly RawText[] | null {
  return texts?.every(isTelling) ? texts.map((text) => ({ text, opens: false, closes: false })) : null;
}

function rarerBy(share: Share): Rarer<RawText> {
  return (a, b) => {
    if (a === null || b === null) return a ?? b;
    const [shareOfA, shareOfB] = [a, b].map((texts) => texts.reduce((sum, text) => sum + share(text), 0)) as [number, number];
    if (shareOfA !== shareOfB) return shareOfA < shareOfB ? a : b;
    return shortestOf(b) > shortestOf(a) ? b : a;
  };
}

function shortestOf(texts: readonly RawText[]): number {
  return texts.reduce(
    (least, { text, opens, closes }) => Math.min(least, text.length + Number(opens) + Number(closes)),
    Number.POSITIVE_INFINITY,
  );
}
