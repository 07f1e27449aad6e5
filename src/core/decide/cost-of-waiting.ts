import type { FindingKind } from '../model/finding.ts';

/** What it costs to answer later: how soon that is felt, and in words. */
export interface CostOfWaiting {
  readonly within: 'minutes' | 'hours' | 'days';
  readonly says: string;
}

/** What is known of a question's findings that tells what waiting costs. */
export interface Waiting {
  readonly kinds: readonly FindingKind[];
  readonly tactics: readonly string[];
  readonly root: boolean;
  /** Something of what is offered cuts somebody off. */
  readonly containable: boolean;
  readonly pages: boolean;
}

/** What waiting costs by what is under way: what leaves or is lost first, then what is not seen any more, then what stays usable. */
export function costOfWaiting({ kinds, tactics, root, containable, pages }: Waiting): CostOfWaiting {
  const has = (tactic: string) => tactics.includes(tactic);
  if (has('exfiltration'))
    return { within: 'minutes', says: 'Data may be leaving. What has left cannot be brought back, and more leaves with each minute.' };
  if (has('impact')) return { within: 'minutes', says: 'Something is being destroyed or held back. What is lost may be lost for good.' };
  if (has('defense-impairment'))
    return { within: 'minutes', says: 'A defence is being taken down: what follows may not be stopped, or not even be seen.' };
  if (pages) return { within: 'minutes', says: 'An intruder may be at work now, and goes on with what the credentials can do.' };
  if (root) return { within: 'minutes', says: 'Root can do everything in the account, and goes on being able to.' };
  if (kinds.every((kind) => kind === 'compliance')) return { within: 'days', says: 'A setting that stands. It can wait for the day.' };
  return containable
    ? { within: 'hours', says: 'Whoever did it can go on until it is cut off. Nothing points to loss so far.' }
    : { within: 'hours', says: 'Nothing points to loss so far. Whoever did it can go on.' };
}
