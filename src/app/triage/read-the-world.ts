import type { DecideContext, Offer } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Around, Playbook, Step, Target } from '../../core/model/plan.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attemptRead } from '../cloud-attempt.ts';
import { isArmed } from '../settings.ts';
import { confirmEvidence } from './confirm-evidence.ts';
import { managementOf } from './management-of.ts';
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
  const around = { management: await managementOf(deps.cloud, finding.account, finding.region) };
  for (const [playbook, target] of targetsIn(deps.playbooks, named, around)) {
    const armed = await deps.store.within(deps.tenant, (tx) => isArmed(tx, playbook.id, target.account));
    offers.push(await offerOf(deps.cloud, playbook, target, armed, deps.clock.now()));
  }
  return { evidence, offers };
}

async function offerOf(cloud: Cloud, playbook: Playbook, target: Target, armed: boolean, at: number): Promise<Offer> {
  return offerIn(playbook, target, armed, await liveStateOf(cloud, playbook.plan(target, at), target), at);
}

/** What a playbook can do about a target whose live state is known. */
export function offerIn(playbook: Playbook, target: Target, armed: boolean, liveState: Offer['liveState'], at: number): Offer {
  return {
    playbook: playbook.id,
    version: playbook.version,
    target,
    approval: playbook.approval,
    reversible: playbook.plan(target, at).every(isReversible),
    risks: playbook.risks,
    ...(playbook.cutsOff === true ? { cutsOff: true } : {}),
    blastRadius: playbook.blastRadius(target),
    inverse: playbook.inverse(target),
    armed,
    liveState: playbook.partial === true && liveState === 'gone' ? 'unknown' : liveState,
    // Nothing here reads access logs or traffic yet, and what is not known is not "none".
    legitimateUse: playbook.risks.includes('legitimate-use') ? 'unknown' : 'none',
    servesProduction: playbook.risks.includes('workload') ? 'unknown' : 'no',
  };
}

/** What playbooks name in a finding: each with its targets, not more than a person can oversee. */
export function targetsIn(
  playbooks: readonly Playbook[],
  finding: Finding,
  around: Around = { management: null },
): readonly (readonly [Playbook, Target])[] {
  const suspect = finding.kind === 'detection' && severityIds[finding.severity] >= severityIds.Medium;
  return playbooks
    .filter(({ handles, cutsOff }) => handles.includes(finding.rule.id) || (suspect && cutsOff === true))
    .flatMap((playbook) =>
      playbook
        .targets(finding, around)
        .slice(0, mostTargets)
        .map((target) => [playbook, target] as const),
    );
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
