import { handles } from '../lib/handles.ts';
import type { Finding } from '../model/finding.ts';
import type { Playbook } from '../model/plan.ts';
import type { Assignment } from '../model/tolerance.ts';

/**
 * The playbooks with those that were assigned to the finding's rule in its account, as they are for it: they handle the rule, ask at least one person, and their
 * end state closes nothing, since it was made for something else. `at` in milliseconds since 1970. Cutting off whoever did something needs no assignment.
 */
export function withAssigned(
  playbooks: readonly Playbook[],
  assignments: readonly Assignment[],
  { rule, account }: Pick<Finding, 'rule' | 'account'>,
  at: number,
): readonly Playbook[] {
  const assigned = new Set(
    assignments.filter((one) => one.rule === rule.id && one.account === account && at < one.expires).map(({ playbook }) => playbook),
  );
  if (assigned.size === 0) return playbooks;
  return playbooks.map((playbook) => {
    if (!assigned.has(playbook.id) || handles(playbook, rule.id)) return playbook;
    const approval = playbook.approval === 'none' ? 'one-person' : playbook.approval;
    return { ...playbook, handles: [...playbook.handles, rule.id], approval, partial: true };
  });
}
