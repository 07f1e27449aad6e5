import { recommend } from '../../core/decide/recommend.ts';
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

/** The question where no playbook answers a finding. */
export function nothingToDo({ rule }: Pick<Finding, 'rule'>): string {
  return `${rule.title}: has somebody looked at it?`;
}

function questionOf(finding: Finding, actions: readonly ProposedAction[], playbooks: readonly Playbook[]): string {
  const [first, ...more] = actions;
  if (first === undefined) return nothingToDo(finding);
  const asked = askOf(first, playbooks);
  return more.length === 0 ? `${asked}?` : `${asked}, and ${more.length} more as listed?`;
}

/** `Deny the session i-0a1b of the role web-server`, without its question mark. */
function askOf({ playbook: id, version, target }: ProposedAction, playbooks: readonly Playbook[]): string {
  const playbook = playbooks.find((known) => known.id === id && known.version === version);
  return playbook?.asks(target) ?? `Run ${id} on ${target.uid}`;
}

/** What is recommended as far as the decision alone tells; `ask` says more of it. */
function adviceOf(finding: Finding, { actions, guardrails }: Decision): Pick<Judgement, 'recommendation' | 'because'> {
  const { answer, because } = recommend({
    format: 'jobzero.recommend-arguments/1',
    parts: [
      {
        finding: finding.id,
        revision: finding.revision,
        why: finding.rule.description,
        severity: finding.severity,
        tactics: finding.rule.tactics,
        root: finding.actor?.type === 'Root',
        evidence: guardrails.includes('evidence-unvalidated') ? 'unvalidated' : 'unknown',
        standing: 0,
        options: actions.length,
        irreversible: guardrails.includes('irreversible'),
      },
    ],
    incident: null,
    cases: { truePositive: 0, benign: 0 },
  });
  return { recommendation: answer, because };
}
