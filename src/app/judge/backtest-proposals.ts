import { touches } from '../../core/decide/propose.ts';
import type { Json } from '../../core/model/json.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { EngineLoader } from '../../core/ports/engine.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { replayPolicy } from '../replay-policy.ts';
import { type Adopted, withChange } from '../tolerance-of.ts';
import { caseKind, caseOf } from './cases.ts';
import { type Proposal, type ProposalBacktest, proposalKind, proposalLeaf, proposalOf } from './proposals.ts';

export interface ProposalDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
  readonly engines: EngineLoader;
}

/** So far back a change is tried. */
const history = 90 * 86_400_000;
/** A worker that began and did not end has died. */
const leaseMs = 30 * 60_000;
/** Nobody wanted it. */
const lapsesAfter = 14 * 86_400_000;
const mostAtOnce = 200;
const mostNamed = 20;

/**
 * Tries new proposals on history, and lets those lapse that nobody reviewed. Returns how many moved on. Any number of workers may do it at
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
      if (await store.within(tenant, (tx) => lapse(tx, item, now))) moved++;
      continue;
    }
    const testing: Item = { ...item, state: 'testing', dueAt: now + leaseMs, at: now };
    if (!(await store.within(tenant, (tx) => tx.items.move(testing, [item.state])))) continue;
    const backtest = await tryOnHistory(deps, proposalOf(item), now);
    const tried: Item = {
      ...item,
      state: 'proposed',
      dueAt: proposalOf(item).proposedAt + lapsesAfter,
      at: clock.now(),
      doc: { ...proposalOf(item), backtest } as unknown as Json,
    };
    if (await store.within(tenant, (tx) => tx.items.move(tried, ['testing']))) moved++;
  }
  return moved;
}

async function lapse(tx: Tx, item: Item, at: number): Promise<boolean> {
  if (!(await tx.items.move({ ...item, state: 'lapsed', dueAt: null, at }, ['proposed']))) return false;
  await proposalLeaf(tx, item.id, 'lapsed', at, {});
  return true;
}

/** What else the changes would have closed or done, had they held for the last 90 days. */
async function tryOnHistory({ store, tenant, engines }: ProposalDeps, proposal: Proposal, at: number): Promise<ProposalBacktest> {
  const changes = proposal.changes.flatMap((change): Adopted['change'][] =>
    change.kind === 'exemption' || change.kind === 'grant' ? [change] : [],
  );
  if (changes.length === 0) return { at, decisions: 0, expired: 0, closes: 0, acts: 0, tooWide: false, attacks: 0, findings: [] };
  const report = await replayPolicy(
    tenant,
    store,
    engines,
    {
      change: (tolerance) => changes.reduce((now, change) => withChange(now, change), tolerance),
      touches: (finding) => changes.some((change) => touches(change, finding)),
    },
    { from: at - history, to: at + 1 },
  );
  const other = report.changed.filter(({ was, would }) => was !== would && (would === 'close' || would === 'act'));
  const closed = [...new Set(other.filter(({ would }) => would === 'close').map(({ finding }) => finding))];
  const acted = new Set(other.filter(({ would }) => would === 'act').map(({ finding }) => finding));
  return {
    at,
    decisions: report.decisions,
    expired: report.expired,
    closes: closed.length,
    acts: acted.size,
    tooWide: report.moves.reduce((sum, { n }) => sum + n, 0) > report.changed.length,
    attacks: await store.within(tenant, (tx) => countAttacks(tx, new Set(closed))),
    findings: [...closed, ...acted].slice(0, mostNamed),
  };
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
