import { touches } from '../../core/decide/propose.ts';
import type { RuleFile } from '../../core/detect/sigma/parse-rules.ts';
import type { Json } from '../../core/model/json.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { EngineLoader } from '../../core/ports/engine.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { isOfficeHours } from '../on-call/office-hours.ts';
import { replayPolicy } from '../replay-policy.ts';
import { isAdoptable, withChange } from '../tolerance-of.ts';
import type { Reachable } from '../triage/ask-actor.ts';
import type { RulesTrial } from '../try-rules.ts';
import { caseKind, caseOf } from './cases.ts';
import { type Proposal, type ProposalBacktest, proposalKind, proposalLeaf, proposalOf, type RulesTried } from './proposals.ts';
import { tellReviewers } from './tell-reviewers.ts';
import { writtenFile } from './write-rules.ts';

export interface ProposalDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
  readonly engines: EngineLoader;
  readonly playbooks: readonly Playbook[];
  /** Runs rules on the lake's history, beside those that hold; without it, proposals with rules wait for a worker that can. */
  readonly tryRules?: (file: RuleFile, from: number, to: number) => Promise<RulesTrial>;
  /** Who is told that something waits for a review; without it, nobody. */
  readonly reachable?: () => Promise<Reachable>;
}

const day = 86_400_000;
/** So far back a change is tried; rules, which read events anew, less far. */
const history = 90 * day;
const historyOfRules = 30 * day;
/** A worker that began and did not end has died. */
const leaseMs = 30 * 60_000;
/** Nobody wanted it. */
const lapsesAfter = 14 * day;
/** Nobody at work: the next look. */
const tellAgain = 3_600_000;
const mostAtOnce = 200;
const mostNamed = 20;

/**
 * Tries new proposals on history, tells who may review them when that is possible and people are at work, and lets those lapse that nobody
 * reviewed. Returns how many moved on. Any number of workers may do it at
 * once: who moves a proposal to `testing` has it.
 */
export async function followProposals(deps: ProposalDeps): Promise<number> {
  const { store, tenant, clock } = deps;
  const now = clock.now();
  const due = await store.within(tenant, (tx) =>
    tx.items.list({ kind: proposalKind, state: ['new', 'testing', 'proposed'], dueBy: now, limit: mostAtOnce }),
  );
  let moved = 0;
  for (const item of due) {
    if (item.state === 'proposed') {
      if (await follow(deps, item, now)) moved++;
      continue;
    }
    if (proposalOf(item).written !== undefined && deps.tryRules === undefined) continue;
    const testing: Item = { ...item, state: 'testing', dueAt: now + leaseMs, at: now };
    if (!(await store.within(tenant, (tx) => tx.items.move(testing, [item.state])))) continue;
    const backtest = await tryOnHistory(deps, proposalOf(item), now);
    const tried: Item = {
      ...item,
      state: 'proposed',
      dueAt: proposalOf(item).toldAt === undefined ? proposalOf(item).reviewFrom : lapsing(proposalOf(item)),
      at: clock.now(),
      doc: { ...proposalOf(item), backtest } as unknown as Json,
    };
    if (await store.within(tenant, (tx) => tx.items.move(tried, ['testing']))) moved++;
  }
  return moved;
}

function lapsing({ proposedAt }: Proposal): number {
  return proposedAt + lapsesAfter;
}

/** It is due: who may review it is told, once; or nobody wanted it. */
async function follow({ store, tenant, reachable }: ProposalDeps, item: Item, now: number): Promise<boolean> {
  const proposal = proposalOf(item);
  if (now >= lapsing(proposal)) return store.within(tenant, (tx) => lapse(tx, item, now));
  const reach = (await reachable?.()) ?? {};
  return store.within(tenant, async (tx) => {
    const isOffice = (await isOfficeHours(tx, now)) ?? true;
    const dueAt = isOffice ? lapsing(proposal) : Math.min(now + tellAgain, lapsing(proposal));
    const doc: Proposal = isOffice ? { ...proposal, toldAt: now } : proposal;
    if (!(await tx.items.move({ ...item, dueAt, doc: doc as unknown as Json }, ['proposed']))) return false;
    if (isOffice) await tellReviewers(tx, item.id, proposal, reach, now);
    return isOffice;
  });
}

async function lapse(tx: Tx, item: Item, at: number): Promise<boolean> {
  if (!(await tx.items.move({ ...item, state: 'lapsed', dueAt: null, at }, ['proposed']))) return false;
  await proposalLeaf(tx, item.id, 'lapsed', at, {});
  return true;
}

/** What else the changes would have closed or done, had they held for the last 90 days. */
async function tryOnHistory(deps: ProposalDeps, proposal: Proposal, at: number): Promise<ProposalBacktest> {
  const { store, tenant, engines, playbooks } = deps;
  const changes = proposal.changes.filter(isAdoptable);
  const assignments = changes.flatMap((change) => (change.kind === 'assignment' ? [change.assignment] : []));
  const { written } = proposal;
  const rules = written === undefined ? {} : { rules: await tryWritten(deps, written.text, at) };
  if (changes.length === 0) return { at, decisions: 0, expired: 0, closes: 0, acts: 0, tooWide: false, attacks: 0, findings: [], ...rules };
  const report = await replayPolicy(
    tenant,
    store,
    engines,
    {
      change: (tolerance) => changes.reduce((now, change) => withChange(now, change), tolerance),
      touches: (finding) => changes.some((change) => touches(change, finding)),
      assigned: { assignments, playbooks },
    },
    { from: at - history, to: at + 1 },
  );
  const other = report.changed.filter(({ was, would }) => was !== would && (would === 'close' || would === 'act'));
  const closed = [...new Set(other.filter(({ would }) => would === 'close').map(({ finding }) => finding))];
  const asked = report.changed.filter(({ was, would }) => was !== 'ask' && would === 'ask').map(({ finding }) => finding);
  const acted = new Set(other.filter(({ would }) => would === 'act').map(({ finding }) => finding));
  return {
    at,
    decisions: report.decisions,
    expired: report.expired,
    closes: closed.length,
    acts: acted.size,
    tooWide: report.moves.reduce((sum, { n }) => sum + n, 0) > report.changed.length,
    attacks: await store.within(tenant, (tx) => countAttacks(tx, new Set(closed))),
    ...(assignments.length === 0 ? {} : { offers: report.alsoOffered.length, asks: new Set(asked).size }),
    findings: [...new Set([...closed, ...acted, ...report.alsoOffered])].slice(0, mostNamed),
    ...rules,
  };
}

async function tryWritten({ store, tenant, tryRules }: ProposalDeps, text: string, at: number): Promise<RulesTried> {
  if (tryRules === undefined) throw new Error('rules were to be tried without a lake');
  const trial = await tryRules({ file: writtenFile, text }, at - historyOfRules, at + 1);
  const { rules, events, before, after, lost, foundN: found } = trial;
  const attacks = await store.within(tenant, (tx) => countAttacks(tx, new Set(lost)));
  return { rules, days: historyOfRules / day, events, before, after, lost: lost.length, attacks, found };
}

/** Of these findings, those in a case that was an attack, and those in an incident that pages. */
export async function countAttacks(tx: Tx, findings: ReadonlySet<string>): Promise<number> {
  const attacks = new Set<string>();
  for (const item of await tx.items.list({ kind: caseKind, state: ['true-positive'], limit: 20_000 }))
    if (findings.has(caseOf(item).finding)) attacks.add(caseOf(item).finding);
  for (const { member, incident } of await tx.incidents.members([...findings])) {
    const row = incident === null ? null : await tx.incidents.get(incident);
    if (row?.incident.pages === true) attacks.add(member.finding);
  }
  return attacks.size;
}
