import type { Playbook } from '../model/plan.ts';
import { meetsWildcard } from './wildcard.ts';

/** Does a playbook answer findings of this rule, control, or type of another service's? */
export function handles({ handles: own, reported = [] }: Pick<Playbook, 'handles' | 'reported'>, rule: string): boolean {
  return own.includes(rule) || reported.some((pattern) => meetsWildcard(pattern, rule));
}
