import type { EventRule } from '../model/rule.ts';
import { type Source, sourceKinds } from '../model/source.ts';
import type { RawText, WantedRows } from '../ports/lake.ts';
import { knownOf, specialise } from './compile.ts';
import { rawTexts, type Share } from './raw-texts.ts';

/** Sources whose records are their JSON texts, parsed and nothing else. */
const asWritten: ReadonlySet<Source> = new Set<Source>(['aws.cloudtrail']);
/** So many different demands on texts are asked one by one. */
const mostDemands = 40;

/**
 * Which rows of a source can match one of the rules at all: of each pair of index fields' values, what is left of the
 * rules' conditions, and of that the texts that a record must contain. A superset; the engine decides.
 */
export function wantedRows(
  rules: readonly EventRule[],
  source: Source,
  pairs: readonly (readonly [string, string])[],
  share: Share,
): readonly WantedRows[] {
  const [first, second] = sourceKinds[source].index;
  const own = rules.filter((rule) => rule.sources.includes(source));
  const ofFirst = new Map<string, readonly EventRule['when'][]>();
  const demands = new Map<string, { pairs: (readonly [string, string])[]; texts: readonly RawText[] | null }>();
  for (const pair of pairs) {
    let rests = ofFirst.get(pair[0]);
    if (rests === undefined) {
      rests = own.map(({ when }) => specialise(when, knownOf(first, pair[0]))).filter((rest) => rest.op !== 'constant' || rest.value);
      ofFirst.set(pair[0], rests);
    }
    const texts = demandOf(
      rests.map((rest) => specialise(rest, knownOf(second, pair[1]))),
      source,
      share,
    );
    if (texts?.length === 0) continue;
    const key = texts === null ? '' : JSON.stringify(texts);
    const demand = demands.get(key) ?? { pairs: [], texts };
    demands.set(key, demand);
    demand.pairs.push(pair);
  }
  return demands.size <= mostDemands ? [...demands.values()] : joined([...demands.values()]);
}

/** What one of these conditions needs in the text: sorted, each once; null for nothing. */
function demandOf(rests: readonly EventRule['when'][], source: Source, share: Share): readonly RawText[] | null {
  const texts = new Map<string, RawText>();
  for (const rest of rests) {
    const found = asWritten.has(source) || rest.op === 'constant' ? rawTexts(rest, share) : null;
    if (found === null) return null;
    for (const text of found) texts.set(JSON.stringify(text), text);
  }
  return [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
}

/** The part of some records' texts that hold a text, from 0 to 1; each text is counted once. */
export function shareIn(sample: readonly string[]): Share {
  const folded = sample.map((text) => text.toLowerCase());
  const known = new Map<string, number>();
  return ({ text }) => {
    let share = known.get(text);
    if (share === undefined) {
      const small = text.toLowerCase();
      share = folded.length === 0 ? 0 : folded.filter((one) => one.includes(small)).length / folded.length;
      known.set(text, share);
    }
    return share;
  };
}

function joined(demands: readonly WantedRows[]): readonly WantedRows[] {
  const whole = demands.filter(({ texts }) => texts === null);
  const others = demands.filter(({ texts }) => texts !== null);
  const texts = new Map(others.flatMap((demand) => (demand.texts ?? []).map((text) => [JSON.stringify(text), text] as const)));
  return [...whole, { pairs: others.flatMap(({ pairs }) => pairs), texts: [...texts.values()] }];
}
