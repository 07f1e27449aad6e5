import type { EventRule } from '../model/rule.ts';
import { type Source, sourceKinds } from '../model/source.ts';
import type { IndexPair } from '../ports/lake.ts';
import { knownOf, specialise } from './compile.ts';

/**
 * Which rows of a source can match one of the rules at all: the pairs of its index fields' values that leave something of a
 * rule's condition. A superset; the engine decides.
 */
export function wantedPairs(rules: readonly EventRule[], source: Source, pairs: readonly IndexPair[]): readonly IndexPair[] {
  const [first, second] = sourceKinds[source].index;
  const own = rules.filter((rule) => rule.sources.includes(source));
  const ofFirst = new Map<string, readonly EventRule['when'][]>();
  return pairs.filter((pair) => {
    let rests = ofFirst.get(pair[0]);
    if (rests === undefined) {
      rests = own.map(({ when }) => specialise(when, knownOf(first, pair[0]))).filter(canHold);
      ofFirst.set(pair[0], rests);
    }
    return rests.some((rest) => canHold(specialise(rest, knownOf(second, pair[1]))));
  });
}

function canHold(rest: EventRule['when']): boolean {
  return rest.op !== 'constant' || rest.value;
}
