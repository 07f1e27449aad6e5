import type { DecideContext, Offer } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Playbook, Step, Target } from '../../core/model/plan.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attemptRead } from '../cloud-attempt.ts';
import { isArmed } from '../settings.ts';
import { confirmEvidence } from './confirm-evidence.ts';
import type { TriageDeps } from './triage-deps.ts';

/** A finding may name any number of targets; more than this is a matter for a person. */
const mostTargets = 10;

/**
 * Reads what a decision must know: what playbooks could do, how things are now, and whether AWS confirms the evidence.
 * Where some of the evidence is confirmed, that alone names targets.
 */
export async function readTheWorld(
  deps: Pick<TriageDeps, 'tenant' | 'store' | 'cloud' | 'playbooks' | 'clock' | 'rules'>,
  finding: Finding,
): Promise<Pick<DecideContext, 'evidence' | 'offers'>> {
  const { evidence, confirmed } = await confirmEvidence(deps, finding);
  const named = confirmed.length === 0 ? finding : { ...finding, evidence: confirmed };
  const offers: Offer[] = [];
  for (const playbook of deps.playbooks) {
    if (!playbook.handles.includes(finding.rule.id)) continue;
    for (const target of playbook.targets(named).slice(0, mostTargets)) {
      const armed = await deps.store.within(deps.tenant, (tx) => isArmed(tx, playbook.id, target.account));
      offers.push(await offerOf(deps.cloud, playbook, target, armed, deps.clock.now()));
    }
  }
  return { evidence, offers };
}

async function offerOf(cloud: Cloud, playbook: Playbook, target: Target, armed: boolean, at: number): Promise<Offer> {
  const steps = playbook.plan(target, at);
  return {
    playbook: playbook.id,
    version: playbook.version,
    target,
    approval: playbook.approval,
    reversible: steps.every(isReversible),
    risks: playbook.risks,
    blastRadius: playbook.blastRadius(target),
    inverse: playbook.inverse(target),
    armed,
    liveState: await liveStateOf(cloud, steps, target),
    // Nothing here reads access logs or traffic yet, and what is not known is not "none".
    legitimateUse: playbook.risks.includes('legitimate-use') ? 'unknown' : 'none',
    servesProduction: playbook.risks.includes('workload') ? 'unknown' : 'no',
  };
}

/** Can the step be undone? One that cannot say so before it has read anything counts as irreversible, so that a person is asked. */
function isReversible(step: Step): boolean {
  try {
    return step.undo({}, null) !== 'irreversible';
  } catch {
    return false;
  }
}

/** Is what a playbook would change still to be changed? */
async function liveStateOf(cloud: Cloud, steps: ReturnType<Playbook['plan']>, target: Target): Promise<Offer['liveState']> {
  const states = new Set<Offer['liveState']>();
  for (const step of steps) {
    const { action, input } = step.verify;
    const read = await attemptRead(cloud, { account: target.account, region: step.region ?? target.region, action, input, role: 'reader' });
    states.add(!read.ok ? 'unknown' : step.verify.expect(read.answer) ? 'gone' : 'present');
  }
  if (states.has('present')) return 'present';
  return states.has('unknown') ? 'unknown' : 'gone';
}
