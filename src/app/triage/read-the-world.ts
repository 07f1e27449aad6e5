import { isReversible } from '../../core/act/is-reversible.ts';
import { withAssigned } from '../../core/act/with-assigned.ts';
import type { Answered } from '../../core/findings/imported/copies.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { handles } from '../../core/lib/handles.ts';
import { hashOf } from '../../core/lib/hash.ts';
import type { DecideContext, Offer } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Imported } from '../../core/model/imported.ts';
import type { Around, Playbook, Target } from '../../core/model/plan.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import type { Tx } from '../../core/ports/store.ts';
import { attemptRead } from '../cloud-attempt.ts';
import { isArmed } from '../settings.ts';
import { readAssignments } from '../tolerance-of.ts';
import { aroundOf } from './around-of.ts';
import { askTheSource, withUsers } from './ask-the-source.ts';
import { confirmEvidence } from './confirm-evidence.ts';
import { openersOf } from './openers-of.ts';
import { sessionsInManagement, takenOnBy } from './taken-on-by.ts';
import { trailsAround } from './trails-around.ts';
import type { TriageDeps } from './triage-deps.ts';

/** A finding may name any number of targets; more than this is a matter for a person. */
const mostTargets = 10;

/**
 * Reads what a decision must know: what playbooks could do, how things are now, and whether AWS confirms the evidence.
 * Where some of the evidence is confirmed, that alone names targets.
 */
export async function readTheWorld(deps: WorldDeps, finding: Finding): Promise<World> {
  if (finding.imported !== undefined) return readOfSource(deps, finding, finding.imported);
  const confirmation = await confirmEvidence(deps, finding);
  const { evidence, confirmed } = confirmation;
  const named = confirmed.length === 0 ? finding : { ...finding, evidence: confirmed };
  const openers = isSuspect(finding) ? await openersOf(deps.cloud, confirmation) : [];
  const { playbooks, trails } = await storedFor(deps, finding);
  const around = { ...(await aroundOf(deps.cloud, finding, openers)), ...trails };
  const targets = [...targetsIn(playbooks, named, around)];
  const cutting = deps.playbooks.filter(({ cutsOff }) => cutsOff === true);
  for (const [account, opened] of Map.groupBy(openers, (one) => one.actor?.account ?? one.account))
    targets.push(...targetsIn(cutting, { ...finding, account, evidence: opened }, around));
  const offers = await offersFor(deps, finding, distinct(targets));
  const mayStillShow = finding.evidence.some((one) => one.dataEvent !== true) && finding.lastTime > deps.clock.now() - historyDelay;
  return { evidence, offers, answers: [], later: evidence === 'unvalidated' && offers.length > 0 && mayStillShow };
}

/**
 * What could be done about sessions that the finding's credentials had taken on before they were cut off, and about those that a person has in the management account, in so far as AWS confirms the finding. Throws where the event
 * history cannot be read. What is shared with others serves whoever they are.
 */
export async function readTheChain(deps: WorldDeps, finding: Finding): Promise<World> {
  const { evidence, confirmed } = await confirmEvidence(deps, finding);
  const near = await aroundOf(deps.cloud, finding);
  const { management } = near;
  const until = deps.clock.now();
  const there = management === null ? [] : await sessionsInManagement(deps.cloud, confirmed, management, until);
  const taken = [...(await takenOnBy(deps.cloud, confirmed, until)), ...there];
  const seen = there.map((one) => one.evidence);
  const around = seen.length === 0 ? near : await aroundOf(deps.cloud, finding, seen);
  const cutting = deps.playbooks.filter(({ cutsOff }) => cutsOff === true);
  const offers: Offer[] = [];
  for (const { evidence: one, isShared } of taken) {
    if (offers.length >= mostTargets) break;
    const targets = targetsIn(cutting, { ...finding, account: one.account, evidence: [one] }, around);
    for (const offer of await offersFor(deps, finding, distinct(targets)))
      if (offer.liveState !== 'gone')
        offers.push(offer.risks.includes('workload') && !isShared ? { ...offer, servesProduction: 'no' } : offer);
  }
  return { evidence, offers, answers: [], later: false };
}

type WorldDeps = Pick<TriageDeps, 'tenant' | 'store' | 'cloud' | 'playbooks' | 'clock' | 'rules' | 'answeredBy'>;

export interface World extends Pick<DecideContext, 'evidence' | 'offers'> {
  /** What AWS says otherwise of another service's finding: to be imported first. */
  readonly answers: readonly Answered[];
  /** AWS may still confirm it: another look is worth waiting for. */
  readonly later: boolean;
}

/** CloudTrail's event history shows an event after some minutes: until then a missing confirmation says nothing. */
const historyDelay = 15 * 60_000;

/** AWS is asked for the finding where that decides something: a playbook could act, or it is told to be over or to be newer. */
async function readOfSource(deps: WorldDeps, finding: Finding, imported: Imported): Promise<World> {
  const { playbooks, trails } = await storedFor(deps, finding);
  const isAnswered = playbooks.some((playbook) => handles(playbook, finding.rule.id));
  const isOpen = imported.state === 'active' && imported.sample !== true && imported.newer === undefined;
  if (!isAnswered && isOpen) return { evidence: 'unvalidated', offers: [], answers: [], later: false };
  const asked = await askTheSource(deps, finding, imported);
  if (asked.answers.length > 0) return { evidence: asked.evidence, offers: [], answers: asked.answers, later: false };
  const named = { ...finding, evidence: await withUsers(deps.cloud, finding.evidence) };
  const around = { ...(await aroundOf(deps.cloud, finding)), ...trails };
  const offers = await offersFor(deps, finding, targetsIn(playbooks, named, around));
  const mayStillAnswer = imported.updatedAt > deps.clock.now() - historyDelay;
  return { evidence: asked.evidence, offers, answers: [], later: asked.later && mayStillAnswer };
}

/** What the store knows of what could be done: the playbooks with those that were assigned to the rule here, and deleted trails as snapshots of before tell them. */
function storedFor({ store, tenant, playbooks, clock }: WorldDeps, finding: Finding) {
  return store.within(tenant, async (tx) => {
    const trails = await trailsAround(tx, finding);
    return {
      playbooks: withAssigned(playbooks, await readAssignments(tx), finding, clock.now()),
      trails: trails.length === 0 ? {} : { trails },
    };
  });
}

async function offersFor(deps: WorldDeps, finding: Finding, targets: ReturnType<typeof targetsIn>): Promise<readonly Offer[]> {
  const offers: Offer[] = [];
  for (const [playbook, target] of targets) {
    const { armed, mended } = await deps.store.within(deps.tenant, async (tx) => ({
      armed: await isArmed(tx, playbook.id, target.account),
      mended: await mendedBefore(tx, finding, playbook, target),
    }));
    const offer = await offerOf(deps.cloud, playbook, target, armed, deps.clock.now());
    offers.push(mended > 0 && offer.liveState !== 'gone' ? { ...offer, returned: mended } : offer);
  }
  return offers;
}

/** How often this playbook was seen to have mended this very thing, and nobody undid it. */
async function mendedBefore(tx: Tx, finding: Finding, playbook: Playbook, target: Target): Promise<number> {
  const actions = await tx.actions.list({ finding: finding.id, state: ['verified'], limit: 100 });
  return actions.filter((action) => action.playbook === playbook.id && hashOf(action.target) === hashOf(target)).length;
}

async function offerOf(cloud: Cloud, playbook: Playbook, target: Target, armed: boolean, at: number): Promise<Offer> {
  const offer = offerIn(playbook, target, armed, await liveStateOf(cloud, playbook.plan(target, at), target), at);
  const seen = offer.liveState === 'gone' ? [] : await surveyed(cloud, playbook, target, at);
  return { ...offer, blastRadius: [offer.blastRadius, ...seen].join(' ') };
}

/** What the playbook reads of whom its plan would hit, in sentences. */
async function surveyed(cloud: Cloud, { surveys }: Playbook, target: Target, at: number): Promise<readonly string[]> {
  const said: string[] = [];
  for (const { name, region, read, says } of surveys?.(target, at) ?? []) {
    const got = await attemptRead(cloud, { account: target.account, region, ...read, role: 'reader' });
    said.push(got.ok ? says(got.answer) : `${name}: not known, since ${read.action} failed (${got.kind}).`);
  }
  return said;
}

/** What a playbook can do about a target whose live state is known. */
export function offerIn(playbook: Playbook, target: Target, armed: boolean, liveState: Offer['liveState'], at: number): Offer {
  const steps = playbook.plan(target, at);
  const touches = [...new Set(steps.flatMap((step) => step.on))].filter((arn) => arn !== target.uid).sort();
  return {
    playbook: playbook.id,
    version: playbook.version,
    target,
    ...(touches.length === 0 ? {} : { touches }),
    approval: playbook.approval,
    reversible: steps.every(isReversible),
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
  around: Around = { management: null, root: null, atRoot: [] },
): readonly (readonly [Playbook, Target])[] {
  return playbooks
    .filter((playbook) => handles(playbook, finding.rule.id) || (playbook.cutsOff === true && isSuspect(finding)))
    .flatMap((playbook) =>
      playbook
        .targets(finding, around)
        .slice(0, mostTargets)
        .map((target) => [playbook, target] as const),
    );
}

/** Is it reason enough to ask who did it? */
function isSuspect({ kind, severity }: Finding): boolean {
  return kind === 'detection' && severityIds[severity] >= severityIds.Medium;
}

function distinct(targets: readonly (readonly [Playbook, Target])[]): readonly (readonly [Playbook, Target])[] {
  return [...new Map(targets.map((one) => [canonicalJson([one[0].id, one[1]]), one])).values()];
}

/** Is what a playbook would change still to be changed? */
async function liveStateOf(cloud: Cloud, steps: ReturnType<Playbook['plan']>, target: Target): Promise<Offer['liveState']> {
  const states = new Set<Offer['liveState']>();
  for (const step of steps) {
    const { action, input, fill } = step.verify;
    if (fill !== undefined) {
      states.add('unknown');
      continue;
    }
    const read = await attemptRead(cloud, { account: target.account, region: step.region ?? target.region, action, input, role: 'reader' });
    states.add(!read.ok ? 'unknown' : step.verify.expect(read.answer) ? 'gone' : 'present');
  }
  if (states.has('present')) return 'present';
  return states.has('unknown') ? 'unknown' : 'gone';
}
