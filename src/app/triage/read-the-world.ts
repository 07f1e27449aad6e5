import type { DecideContext, Offer } from '../../core/model/decide-context.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Evidence, Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Playbook, Step, Target } from '../../core/model/plan.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attemptRead } from '../cloud-attempt.ts';
import { isArmed } from '../settings.ts';
import type { TriageDeps } from './triage-deps.ts';

/** A finding may name any number of targets; more than this is a matter for a person. */
const mostTargets = 10;

/** Reads what a decision must know: what playbooks could do, how things are now, and whether AWS confirms the evidence. */
export async function readTheWorld(
  deps: Pick<TriageDeps, 'tenant' | 'store' | 'cloud' | 'playbooks' | 'clock'>,
  finding: Finding,
): Promise<Pick<DecideContext, 'evidence' | 'offers'>> {
  const offers: Offer[] = [];
  for (const playbook of deps.playbooks) {
    if (!playbook.handles.includes(finding.rule.id)) continue;
    for (const target of playbook.targets(finding).slice(0, mostTargets)) {
      const armed = await deps.store.within(deps.tenant, (tx) => isArmed(tx, playbook.id, target.account));
      offers.push(await offerOf(deps.cloud, playbook, target, armed, deps.clock.now()));
    }
  }
  return { evidence: await confirm(deps.cloud, finding), offers };
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

/** A step says that it is irreversible whatever it read; one that needs what it read to say more can be undone. */
function isReversible(step: Step): boolean {
  try {
    return step.undo({}, null) !== 'irreversible';
  } catch {
    return true;
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

/**
 * Does AWS itself confirm the evidence? Of a control the state was read from AWS. Of a detection the first and the last
 * management event must be in CloudTrail's own event history, which whoever writes to a log bucket cannot write.
 */
async function confirm(cloud: Cloud, finding: Finding): Promise<DecideContext['evidence']> {
  if (finding.kind === 'compliance') return 'validated';
  const confirmable = finding.evidence.filter((evidence) => evidence.dataEvent !== true);
  const [first, last] = [confirmable[0], confirmable.at(-1)];
  if (first === undefined || last === undefined) return 'unvalidated';
  for (const evidence of first.key === last.key ? [first] : [first, last]) if (!(await isInHistory(cloud, evidence))) return 'unvalidated';
  return 'validated';
}

async function isInHistory(cloud: Cloud, evidence: Evidence): Promise<boolean> {
  try {
    const answer = await cloud.call({
      account: evidence.account,
      region: evidence.region,
      action: 'cloudtrail:LookupEvents',
      input: { LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: evidence.id }] },
      role: 'reader',
    });
    return eventsOf(answer).some((event) => event['EventId'] === evidence.id && event['EventName'] === evidence.operation);
  } catch (error) {
    // What cannot be read confirms nothing.
    if (error instanceof CloudError) return false;
    throw error;
  }
}

function eventsOf(answer: Json): readonly { readonly [key: string]: Json }[] {
  const events =
    answer !== null && typeof answer === 'object' && !Array.isArray(answer)
      ? (answer as { readonly [key: string]: Json })['Events']
      : undefined;
  return Array.isArray(events) ? events.filter((event) => event !== null && typeof event === 'object' && !Array.isArray(event)) : [];
}
