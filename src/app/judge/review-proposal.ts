import { expiresAfter } from '../../core/decide/propose.ts';
import { hashOf } from '../../core/lib/hash.ts';
import { meetsWildcard } from '../../core/lib/wildcard.ts';
import type { Json } from '../../core/model/json.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { sealPerson, sealValue } from '../ledger/seals.ts';
import { type AdoptedRules, readAdoptedRules, writeAdoptedRules } from '../rules-of.ts';
import { type Adopted, isAdoptable, readAdopted, toleranceOf, writeAdopted } from '../tolerance-of.ts';
import { caseKind } from './cases.ts';
import { type Proposal, type ProposalReview, proposalKind, proposalLeaf, proposalOf } from './proposals.ts';
import { resolveCase } from './resolve-case.ts';

export type Reviewed =
  | { readonly outcome: 'unknown' | 'judged-it' | 'did-it' | 'was-an-attack' | 'too-wide' | 'not-tried' }
  | { readonly outcome: 'too-early'; readonly from: number }
  | { readonly outcome: 'not-now'; readonly state: string }
  | { readonly outcome: 'recorded'; readonly state: string };

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>;

/**
 * A second person adopts or rejects what a judgement proposed: never who judged it, never who did it, and not in the same shift. What
 * would have closed an attack is not adopted. Adopted, it holds beside the tolerance file, with a leaf of its own.
 */
export function reviewProposal(deps: Deps, id: string, by: string, adopt: boolean, note: string): Promise<Reviewed> {
  return deps.store.within(deps.tenant, async (tx): Promise<Reviewed> => {
    const item = await tx.items.get(proposalKind, id);
    if (item === null) return { outcome: 'unknown' };
    const at = deps.clock.now();
    const proposal = proposalOf(item);
    if (item.state !== 'proposed' && item.state !== 'new' && item.state !== 'testing') return { outcome: 'not-now', state: item.state };
    if (proposal.by.includes(by)) return { outcome: 'judged-it' };
    if (await isOfThePerson(tx, proposal, by)) return { outcome: 'did-it' };
    if (at < proposal.reviewFrom) return { outcome: 'too-early', from: proposal.reviewFrom };
    if (!adopt) return end(tx, item, { by, at, verdict: 'rejected', note });
    if (item.state !== 'proposed' || proposal.backtest === null) return { outcome: 'not-tried' };
    if (proposal.backtest.tooWide) return { outcome: 'too-wide' };
    if (await wasAnAttack(tx, proposal)) return { outcome: 'was-an-attack' };
    const own = held(proposal).map((change) => ({ proposal: id, change: reviewedBy(change, by) }));
    if (own.length > 0) await setAdopted(tx, [...(await readAdopted(tx)), ...own], at, by);
    if (proposal.written !== undefined) {
      const rules = {
        proposal: id,
        file: { file: `proposal ${id.slice(0, 8)}`, text: proposal.written.text },
        // What may find less ends by itself, as exemptions do; what only finds more stays.
        until: proposal.written.narrows ? at + expiresAfter : null,
      };
      await setAdoptedRules(tx, [...(await readAdoptedRules(tx)), rules], at, by);
    }
    // Who adopts it says of the case what was said of it.
    await resolveCase(tx, proposal.case, { nature: proposal.nature, source: 'review', by, at });
    return end(tx, item, { by, at, verdict: 'adopted', note });
  });
}

/** Takes back what was adopted. Anybody may: a hole is closed by who sees it first. */
export function revokeProposal(deps: Deps, id: string, by: string, note: string): Promise<Reviewed> {
  return deps.store.within(deps.tenant, async (tx): Promise<Reviewed> => {
    const item = await tx.items.get(proposalKind, id);
    if (item === null) return { outcome: 'unknown' };
    if (item.state !== 'adopted') return { outcome: 'not-now', state: item.state };
    const at = deps.clock.now();
    const left = (await readAdopted(tx)).filter((one) => one.proposal !== id);
    await setAdopted(tx, left, at, by);
    const rules = await readAdoptedRules(tx);
    if (rules.some(({ proposal }) => proposal === id))
      await setAdoptedRules(
        tx,
        rules.filter(({ proposal }) => proposal !== id),
        at,
        by,
      );
    return end(tx, item, { by, at, verdict: 'revoked', note });
  });
}

async function end(tx: Tx, item: Item, review: ProposalReview): Promise<Reviewed> {
  const { verdict, at, by, note } = review;
  const proposal = proposalOf(item);
  const doc = { ...proposal, reviews: [...proposal.reviews, review] } as unknown as Json;
  await tx.items.move({ ...item, state: verdict, dueAt: null, at, doc }, [item.state]);
  await proposalLeaf(tx, item.id, verdict, at, {
    case: proposal.case,
    changes: hashOf(proposal.changes),
    bySeal: await sealPerson(tx, by),
    noteSeal: await sealValue(tx, note),
  });
  return { outcome: 'recorded', state: verdict };
}

async function setAdopted(tx: Tx, adopted: readonly Adopted[], at: number, by: string): Promise<void> {
  const value = await writeAdopted(tx, adopted, at, by);
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'setting',
    subject: 'tolerance/adopted',
    at,
    data: { hash: hashOf(value), bySeal: await sealPerson(tx, by) },
  });
}

async function setAdoptedRules(tx: Tx, adopted: readonly AdoptedRules[], at: number, by: string): Promise<void> {
  const value = await writeAdoptedRules(tx, adopted, at, by);
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'setting',
    subject: 'rules/adopted',
    at,
    data: { hash: hashOf(value), bySeal: await sealPerson(tx, by) },
  });
}

function held(proposal: Proposal): readonly Adopted['change'][] {
  return proposal.changes.flatMap((change) => (isAdoptable(change) ? [change] : []));
}

/** The owner of what is adopted is who judged and who reviewed it. */
function reviewedBy(change: Adopted['change'], by: string): Adopted['change'] {
  const owned = <T extends { readonly owner: string }>(one: T): T => ({ ...one, owner: `${one.owner}, reviewed by ${by}` });
  switch (change.kind) {
    case 'exemption':
      return { kind: 'exemption', exemption: owned(change.exemption) };
    case 'grant':
      return { kind: 'grant', grant: owned(change.grant) };
    case 'assignment':
      return { kind: 'assignment', assignment: owned(change.assignment) };
    default:
      return change satisfies never;
  }
}

/** Is the reviewer who did it, by name or by what `people` says of whose principals are whose? */
export async function isOfThePerson(tx: Tx, { actors }: Proposal, by: string): Promise<boolean> {
  const patterns = (await toleranceOf(tx)).people[by] ?? [];
  const name = by.toLowerCase();
  return actors.some((actor) => actor.toLowerCase() === name || patterns.some((pattern) => meetsWildcard(pattern, actor)));
}

/** It, or something that it would have closed with it, turned out to be an attack. */
async function wasAnAttack(tx: Tx, proposal: Proposal): Promise<boolean> {
  if ((proposal.backtest?.rules?.attacks ?? 0) > 0) return true;
  if (proposal.nature === 'true-positive') return false;
  if ((proposal.backtest?.attacks ?? 0) > 0) return true;
  return (await tx.items.get(caseKind, proposal.case))?.state === 'true-positive';
}
