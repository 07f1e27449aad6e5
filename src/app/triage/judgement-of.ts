import { idOf } from '../../core/lib/hash.ts';
import type { Decision, Judgement, ProposedAction } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Playbook } from '../../core/model/plan.ts';

/**
 * The question that a decision to ask puts to a person. It is short and says what would be done to what; the evidence, what may
 * break and the way back stand beside it. The recommendation has a reason of its own: why automation does not decide
 * alone is told by the guardrails.
 */
export function judgementOf(finding: Finding, decision: Decision, playbooks: readonly Playbook[], at: number): Judgement {
  return {
    id: idOf(finding.tenant, finding.id),
    tenant: finding.tenant,
    finding: finding.id,
    revision: finding.revision,
    question: questionOf(finding, decision.actions, playbooks),
    options: decision.actions,
    guardrails: decision.guardrails,
    ...adviceOf(finding, decision),
    state: 'waiting',
    askedAt: at,
    answeredAt: null,
    answeredBy: [],
    approvalsNeeded: Math.max(1, ...decision.actions.map((action) => action.approvals)),
  };
}

function questionOf(finding: Finding, actions: readonly ProposedAction[], playbooks: readonly Playbook[]): string {
  const [first, ...more] = actions;
  if (first === undefined) return `${finding.rule.title}: has somebody looked at it?`;
  const asked = askOf(first, playbooks);
  return more.length === 0 ? `${asked}?` : `${asked}, and ${more.length} more as listed?`;
}

/** `Deny the session i-0a1b of the role web-server`, without its question mark. */
function askOf({ playbook: id, version, target }: ProposedAction, playbooks: readonly Playbook[]): string {
  const playbook = playbooks.find((known) => known.id === id && known.version === version);
  return playbook?.asks(target) ?? `Run ${id} on ${target.uid}`;
}

function adviceOf(finding: Finding, { actions, guardrails }: Decision): Pick<Judgement, 'recommendation' | 'because'> {
  const why = finding.rule.description;
  if (actions.length === 0) {
    return {
      recommendation: 'deny',
      because: `${why} Automation has nothing to offer here: whatever the answer is, it does nothing, and records that a person has looked.`,
    };
  }
  if (guardrails.includes('evidence-unvalidated')) {
    return {
      recommendation: 'deny',
      because:
        "Only log files say so, and AWS's own event history does not confirm it: whoever can write to the log bucket can make such lines. Look at the live state before anything is cut off.",
    };
  }
  const back = guardrails.includes('irreversible') ? 'It cannot be taken back.' : 'If it was wrong, undo brings back what was before.';
  return { recommendation: 'approve', because: `${why} ${back}` };
}
