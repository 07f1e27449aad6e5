import { withAssigned } from '../core/act/with-assigned.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { asObject } from '../core/lib/json-at.ts';
import type { DecideContext, Offer } from '../core/model/decide-context.ts';
import type { Decision, Verdict } from '../core/model/decision.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Around, Playbook } from '../core/model/plan.ts';
import type { Assignment, Tolerance } from '../core/model/tolerance.ts';
import type { EngineLoader } from '../core/ports/engine.ts';
import type { DecisionRow, Store } from '../core/ports/store.ts';
import { engineBundle } from './generated/decide-bundle.ts';
import { carefulTolerance } from './read-tolerance.ts';
import { type StoredDecisions, storedDecisions } from './stored-decisions.ts';
import { offerIn, targetsIn } from './triage/read-the-world.ts';

/** What is decided anew with: what is left out stays as it was for each decision. */
export interface NewPolicy {
  readonly tolerance?: Tolerance;
  /** The tolerance of now, by which what was never decided is. */
  readonly now?: Tolerance;
  /** Changes the tolerance of each decision. */
  readonly change?: (tolerance: Tolerance) => Tolerance;
  /** Only what is about these can come out otherwise: all else is the same without being decided anew. */
  readonly touches?: (finding: Finding) => boolean;
  /** Their offers take the place of those of then. */
  readonly playbooks?: readonly Playbook[];
  /** Playbooks that would have been offered beside those of then. */
  readonly assigned?: Assigned;
  /** What other rules would have found and not found. */
  readonly rules?: OtherRules;
}

export interface Assigned {
  readonly assignments: readonly Assignment[];
  readonly playbooks: readonly Playbook[];
}

export interface OtherRules {
  /** Ids of findings that would not have been. */
  readonly lost: ReadonlySet<string>;
  /** Those that would have been, and were not. */
  readonly found: readonly Finding[];
  /** Those that would have been others under the same id. */
  readonly other: readonly Finding[];
  /** Which playbooks could have answered them, and whether one is armed in an account. */
  readonly playbooks: readonly Playbook[];
  readonly armed: (playbook: string, account: string) => boolean;
}

/** `none`: there is no decision, since nothing was found. */
export type Verdicts = Verdict | 'none';

/** A decision that would have been another. */
export interface Changed {
  /** Empty where there was none. */
  readonly decision: string;
  readonly finding: string;
  readonly rule: string;
  readonly account: string;
  readonly at: number;
  readonly was: Verdicts;
  readonly would: Verdicts;
  /** Why it would have been so. */
  readonly reason: string;
}

export interface PolicyReport {
  readonly decisions: number;
  /** The same verdict with the same actions. */
  readonly same: number;
  /** An argument was removed by retention: nothing can be said. */
  readonly expired: number;
  /** From verdict to verdict: how often. The same to the same: other actions or guardrails. */
  readonly moves: readonly { readonly was: Verdicts; readonly would: Verdicts; readonly n: number }[];
  /** Actions that automation would have taken, and took by these decisions; dry runs are not among them. */
  readonly actions: { readonly was: number; readonly would: number };
  /** Findings about which an assigned playbook would have been offered. */
  readonly alsoOffered: readonly string[];
  /** The first of those that change. */
  readonly changed: readonly Changed[];
}

const toldChanges = 1_000;

/**
 * Decides the stored decisions of a time (milliseconds since 1970, half-open) anew, with the engine of now and a policy that is not
 * in force: what it would have meant over history. Nothing is written. Findings and what was known of the world are those of then; of
 * a target that no playbook named then nobody looked at the live state, so it counts as standing.
 */
export async function replayPolicy(
  tenant: string,
  store: Store,
  engines: EngineLoader,
  policy: NewPolicy,
  { from, to }: { readonly from: number; readonly to: number },
  onProgress?: (done: number) => void,
): Promise<PolicyReport> {
  const decide = engines.load(engineBundle);
  const policed = policy.change ?? ((tolerance: Tolerance) => tolerance);
  const moves = new Map<string, { was: Verdicts; would: Verdicts; n: number }>();
  const changed: Changed[] = [];
  const moved = (change: Changed) => {
    const key = `${change.was} ${change.would}`;
    const move = moves.get(key) ?? { was: change.was, would: change.would, n: 0 };
    move.n++;
    moves.set(key, move);
    if (changed.length < toldChanges) changed.push(change);
  };
  const others = new Map((policy.rules?.other ?? []).map((finding) => [finding.id, finding]));
  const actions = { was: 0, would: 0 };
  const alsoOffered = new Set<string>();
  let [decisions, same, expired] = [0, 0, 0];
  for await (const { rows, texts } of storedDecisions(tenant, store)) {
    for (const row of rows) {
      if (row.at < from || row.at >= to) continue;
      decisions++;
      const stored = argumentsOf(row, texts);
      if (stored === null) {
        expired++;
        continue;
      }
      const { context, tolerance } = stored;
      const finding = others.get(row.finding) ?? stored.finding;
      const told = { decision: row.id, finding: row.finding, rule: finding.rule.id, account: finding.account, at: row.at };
      if (policy.rules?.lost.has(row.finding) === true) {
        actions.was += taken(row.decision);
        moved({ ...told, was: row.decision.verdict, would: 'none', reason: 'It would not have been found.' });
        continue;
      }
      if (policy.touches?.(finding) === false) {
        same++;
        actions.was += taken(row.decision);
        actions.would += taken(row.decision);
        continue;
      }
      const offered = policy.playbooks === undefined ? context.offers : offersOf(policy.playbooks, finding, context);
      const more = policy.assigned === undefined ? [] : offersMore(policy.assigned, finding, { ...context, offers: offered });
      if (more.length > 0) alsoOffered.add(finding.id);
      const known = { ...context, offers: [...offered, ...more] };
      const text = decide(canonicalJson(finding), canonicalJson(known), canonicalJson(policed(policy.tolerance ?? tolerance)));
      const would = JSON.parse(text) as Decision;
      const was = row.decision;
      actions.was += taken(was);
      actions.would += taken(would);
      if (canonicalJson(essence(was)) === canonicalJson(essence(would))) {
        same++;
        continue;
      }
      moved({ ...told, was: was.verdict, would: would.verdict, reason: would.reason });
    }
    onProgress?.(decisions);
  }
  for (const finding of policy.rules?.found ?? []) {
    const context = unseen(finding, policy.rules as OtherRules);
    const text = decide(
      canonicalJson(finding),
      canonicalJson(context),
      canonicalJson(policed(policy.tolerance ?? policy.now ?? carefulTolerance)),
    );
    const would = JSON.parse(text) as Decision;
    actions.would += taken(would);
    const { id, rule, account, lastTime: at } = finding;
    moved({ decision: '', finding: id, rule: rule.id, account, at, was: 'none', would: would.verdict, reason: would.reason });
  }
  return {
    decisions,
    same,
    expired,
    moves: [...moves.values()].sort((a, b) => b.n - a.n),
    actions,
    changed,
    alsoOffered: [...alsoOffered],
  };
}

function argumentsOf(row: DecisionRow, texts: StoredDecisions['texts']) {
  const [finding, context, tolerance] = [row.findingHash, row.contextHash, row.toleranceHash].map((hash) => texts.get(hash) ?? null);
  if (finding == null || context == null || tolerance == null) return null;
  return {
    finding: JSON.parse(finding) as Finding,
    context: JSON.parse(context) as DecideContext,
    tolerance: ofThen(JSON.parse(tolerance) as Tolerance),
  };
}

/** What nobody looked at then: it counts as confirmed and as standing, with nothing known beside it. */
function unseen(finding: Finding, { playbooks, armed }: OtherRules): DecideContext {
  const at = finding.lastTime;
  return {
    format: 'jobzero.context/1',
    at,
    stopped: false,
    evidence: 'validated',
    ownAction: null,
    startedLastHour: { everywhere: 0, account: 0 },
    own: [],
    offers: targetsIn(playbooks, finding).map(([playbook, target]) =>
      offerIn(playbook, target, armed(playbook.id, target.account), 'present', at),
    ),
    incident: null,
  };
}

function offersOf(playbooks: readonly Playbook[], finding: Finding, { offers, at }: DecideContext): readonly Offer[] {
  return targetsIn(playbooks, finding, aroundIn(offers)).map(([playbook, target]) => {
    const known = offers.find((offer) => offer.playbook === playbook.id && canonicalJson(offer.target) === canonicalJson(target));
    return offerIn(playbook, target, known?.armed ?? false, known?.liveState ?? 'present', at);
  });
}

/** What assigned playbooks would have been offered about, beside what was offered. Assignments of now are tried as if they had held then. */
function offersMore({ assignments, playbooks }: Assigned, finding: Finding, context: DecideContext): readonly Offer[] {
  const named = new Set(assignments.map(({ playbook }) => playbook));
  const own = withAssigned(playbooks, assignments, finding, context.at).filter(({ id }) => named.has(id));
  const known = new Set(context.offers.map(({ playbook, target }) => canonicalJson([playbook, target])));
  return offersOf(own, finding, context).filter(({ playbook, target }) => !known.has(canonicalJson([playbook, target])));
}

/** The management account, the root, permission sets, stores of people and deleted trails, where what was offered then tells them. */
function aroundIn(offers: readonly Offer[]): Around {
  const targetsOf = (prefix: string) => offers.flatMap(({ playbook, target }) => (playbook.startsWith(prefix) ? [target] : []));
  const organisation = targetsOf('aws.organizations.');
  const inManagement = targetsOf('aws.sso.deny-person-in-management');
  const root = organisation.map(({ params }) => params['member']).find((member) => typeof member === 'string' && member.startsWith('r-'));
  const permissionSets = inManagement.map(({ region, params }) => ({
    name: String(params['permissionSet']),
    region,
    instanceArn: String(params['instanceArn']),
    permissionSetArn: String(params['permissionSetArn']),
  }));
  const identityStores = targetsOf('aws.sso.remove-from-group').flatMap(({ region, params: { identityStoreId, instanceArn } }) =>
    typeof identityStoreId === 'string' && typeof instanceArn === 'string' ? [{ identityStoreId, region, instanceArn }] : [],
  );
  const trails = targetsOf('aws.cloudtrail.make-trail-again').map(({ uid, params }) => ({
    uid,
    props: asObject(params['props'] ?? null) ?? {},
  }));
  const management = (organisation[0] ?? inManagement[0] ?? targetsOf('aws.iam.remove-root-credentials')[0])?.account ?? null;
  return { management, root: typeof root === 'string' ? root : null, atRoot: [], permissionSets, identityStores, trails };
}

function taken({ verdict, actions }: Decision): number {
  return verdict === 'act' ? actions.filter(({ mode }) => mode === 'live').length : 0;
}

/** What matters of a decision: not how its reason is worded, nor how risky it is called. */
function essence({ verdict, guardrails, actions }: Decision) {
  return { verdict, guardrails, actions: actions.map(({ playbook, target, mode, approvals }) => ({ playbook, target, mode, approvals })) };
}

/** A tolerance that was stored before some of its keys were there: then nobody was asked first. */
function ofThen(stored: Tolerance): Tolerance {
  const careful = { ...carefulTolerance.default, askActorFor: 0 };
  return { ...carefulTolerance, ...stored, default: { ...careful, ...stored.default } };
}
