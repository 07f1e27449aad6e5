import { lostBy } from '../lib/irreversible.ts';
import type { Step } from '../model/plan.ts';

/**
 * Can the step be undone? One that calls what cannot be undone is not, whatever it says, nor one that cannot say so before it has
 * read anything: two persons are asked.
 */
export function isReversible(step: Step): boolean {
  if (lostBy(step.do.action) !== null) return false;
  try {
    return step.undo({}, null) !== 'irreversible';
  } catch {
    return false;
  }
}
