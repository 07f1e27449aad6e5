import type { Target } from '../../model/plan.ts';
import { canonicalJson } from '../canonical-json.ts';

/** Each target once, in the order in which the evidence names them. */
export function distinctTargets(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [canonicalJson(target), target])).values()];
}
