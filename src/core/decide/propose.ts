import type { Guardrail, ProposedAction } from '../model/decision.ts';
import type { Finding } from '../model/finding.ts';
import type { Nature } from '../model/judging.ts';
import type { ProposedChange } from '../model/proposal.ts';
import { grantable } from '../model/tolerance.ts';
import { cannotWait } from './decide.ts';

/** What was judged of one finding, and how. */
export interface Judged {
  readonly finding: Finding;
  readonly guardrails: readonly Guardrail[];
  readonly actions: readonly Pick<ProposedAction, 'playbook'>[];
  readonly evidence: 'validated' | 'unvalidated' | 'unknown';
  /** Its incident paged. */
  readonly pages: boolean;
  readonly nature: Nature;
  readonly answer: 'approved' | 'denied';
  /** Who judged it. */
  readonly by: readonly string[];
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** What follows from a judgement ends by itself, so many milliseconds later: whoever still wants it then says so again. */
export const expiresAfter = 90 * 86_400_000;
const mostResources = 20;

/**
 * What would keep the same from being asked again, as narrow as the case: one rule, one account, one actor, and these resources. Only
 * proposed: two persons decide. What an attacker could prepare (lines that only a log file has, loss, a cut trail, root) never becomes a hole.
 */
export function proposalFor(judged: Judged): ProposedChange {
  return judged.nature === 'benign' ? forOrdinaryWork(judged) : forAnAttack(judged);
}

function forOrdinaryWork({ finding, answer, evidence, pages, by, at }: Judged): ProposedChange {
  const { rule, account } = finding;
  const narrow = (says: string): ProposedChange => ({ kind: 'rule', says: `${rule.id} raised ordinary work in ${account}. ${says}` });
  if (answer === 'approved') return narrow('What it offered was done all the same: a rule that tells the two apart is wanted.');
  if (pages) return narrow('It was judged while an incident that pages was open.');
  if (evidence !== 'validated') return narrow('AWS did not confirm the evidence, so it is no ground for an exemption.');
  if (finding.kind !== 'detection' || finding.severity === 'Critical' || rule.tactics.some((tactic) => cannotWait.has(tactic)))
    return narrow('What is as grave as this is not exempted after one judgement.');
  if (finding.actor === undefined || finding.actor.type === 'Root') return narrow('It names nobody to whom an exemption could be bound.');
  const actors = new Set([finding.actor, ...finding.evidence.flatMap((one) => one.actor ?? [])].map(lasting));
  const [actor, ...others] = actors;
  if (actor === undefined || others.length > 0 || finding.count.atLeast) return narrow('More than one did it, or more than is shown.');
  const resources = [...new Set(finding.resources.map(({ uid }) => uid))]
    .filter((uid) => uid !== actor && uid !== finding.actor?.uid)
    .sort();
  if (resources.length > mostResources) return narrow(`It names ${resources.length} resources, which is more than one judgement covers.`);
  return {
    kind: 'exemption',
    exemption: {
      rule: rule.id,
      account,
      actor,
      resources,
      owner: by.join(', '),
      reason: 'It was judged to be ordinary work.',
      expires: at + expiresAfter,
    },
  };
}

/** A role's sessions have other names each time, so the role is named. */
function lasting({ uid, issuer }: NonNullable<Finding['actor']>): string {
  return issuer ?? uid;
}

function forAnAttack({ finding, guardrails, actions, answer, by, at }: Judged): ProposedChange {
  const { rule, account } = finding;
  const write = (says: string): ProposedChange => ({ kind: 'playbook', says: `${rule.id} found an attack in ${account}. ${says}` });
  const [action] = actions;
  if (action === undefined) return write('No playbook answers it: one is wanted.');
  const others = actions.filter(({ playbook }) => playbook !== action.playbook);
  if (answer === 'denied') return write(`What ${action.playbook} offered was not what was wanted.`);
  const despite = grantable.filter((guardrail) => guardrails.includes(guardrail));
  const hard = guardrails.filter((guardrail) => !(grantable as readonly Guardrail[]).includes(guardrail));
  if (hard.length > 0) return write(`${action.playbook} had to ask: ${hard.join(', ')}. These are not lifted by a judgement.`);
  if (despite.length === 0 || others.length > 0) return write(`${actions.map(({ playbook }) => playbook).join(' and ')} had to ask.`);
  return {
    kind: 'grant',
    grant: {
      rule: rule.id,
      account,
      playbook: action.playbook,
      despite,
      owner: by.join(', '),
      reason: 'It was judged to be an attack, and this was done about it.',
      expires: at + expiresAfter,
    },
  };
}

/** May this decision come out otherwise by the change? */
export function touches(change: ProposedChange, finding: Pick<Finding, 'rule' | 'account'>): boolean {
  const scope = scopeOf(change);
  return scope !== null && scope.rule === finding.rule.id && (scope.account ?? finding.account) === finding.account;
}

function scopeOf(change: ProposedChange): { readonly rule: string; readonly account?: string } | null {
  switch (change.kind) {
    case 'exemption':
      return change.exemption;
    case 'grant':
      return change.grant;
    case 'assignment':
      return change.assignment;
    case 'rule':
    case 'playbook':
      return null;
    default:
      return change satisfies never;
  }
}
