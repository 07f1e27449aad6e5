import { expiresAfter } from '../../core/decide/propose.ts';
import { handles } from '../../core/lib/handles.ts';
import { hashOf } from '../../core/lib/hash.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { ProposedChange } from '../../core/model/proposal.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { sealPerson } from '../ledger/seals.ts';
import { caseKind, caseOf } from './cases.ts';
import { type Proposal, proposalKind, proposalLeaf, proposalOf } from './proposals.ts';

/** A playbook that could be assigned to what was judged. */
export interface Candidate {
  readonly id: string;
  readonly title: string;
  /** What it would be done to, and what that may stop: of the first that it names. */
  readonly asks: string;
  readonly blastRadius: string;
}

export type AssignedTo =
  | { readonly outcome: 'unknown' | 'no-attack' | 'names-nothing' }
  | { readonly outcome: 'not-now'; readonly state: string }
  | { readonly outcome: 'assigned' };

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock' | 'playbooks'>;

/** Playbooks that were not made for what was judged and name something in it all the same, sorted; none for what was ordinary work, and where the finding is gone. */
export function candidatesFor(deps: Pick<Deps, 'store' | 'tenant' | 'playbooks'>, id: string): Promise<readonly Candidate[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const item = await tx.items.get(proposalKind, id);
    const finding = item === null ? null : await attackJudged(tx, proposalOf(item));
    return finding === null
      ? []
      : deps.playbooks.flatMap((playbook) => candidateOf(playbook, finding) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  });
}

/**
 * Proposes that a playbook is offered about the rule that found what was judged, in its account, in place of one that was proposed before. It holds nowhere: a
 * worker tries it on history, and another person reviews it. Who assigned it does not.
 */
export function assignPlaybook(deps: Deps, id: string, by: string, playbook: string): Promise<AssignedTo> {
  return deps.store.within(deps.tenant, async (tx): Promise<AssignedTo> => {
    const item = await tx.items.get(proposalKind, id);
    const found = deps.playbooks.find((one) => one.id === playbook);
    if (item === null || found === undefined) return { outcome: 'unknown' };
    if (item.state !== 'proposed' && item.state !== 'new') return { outcome: 'not-now', state: item.state };
    const proposal = proposalOf(item);
    const finding = await attackJudged(tx, proposal);
    if (finding === null) return { outcome: 'no-attack' };
    if (candidateOf(found, finding) === null) return { outcome: 'names-nothing' };
    const at = deps.clock.now();
    const { rule, account } = finding;
    const owner = [...new Set([...proposal.by, by])];
    const reason = 'It was judged to be an attack, and this is what would have helped.';
    const change: ProposedChange = {
      kind: 'assignment',
      assignment: { rule: rule.id, account, playbook, owner: owner.join(', '), reason, expires: at + expiresAfter },
    };
    const changes = [...proposal.changes.filter(({ kind }) => kind !== 'assignment'), change];
    const doc: Proposal = { ...proposal, by: owner, changes, backtest: null };
    const moved: Item = { ...item, state: 'new', dueAt: at, at, doc: doc as unknown as Json };
    await tx.items.move(moved, [item.state]);
    await proposalLeaf(tx, id, 'assigned', at, { changes: hashOf(changes), bySeal: await sealPerson(tx, by) });
    return { outcome: 'assigned' };
  });
}

/** The finding that was judged to be an attack, as it is now. */
async function attackJudged(tx: Tx, proposal: Proposal): Promise<Finding | null> {
  if (proposal.nature !== 'true-positive') return null;
  const judged = await tx.items.get(caseKind, proposal.case);
  return judged === null ? null : ((await tx.findings.get(caseOf(judged).finding))?.finding ?? null);
}

/** Null for one that answers the rule already, that is offered for whatever somebody did, or that names nothing here. */
function candidateOf(playbook: Playbook, finding: Finding): Candidate | null {
  if (playbook.cutsOff === true || handles(playbook, finding.rule.id)) return null;
  const [target] = playbook.targets(finding);
  if (target === undefined) return null;
  return { id: playbook.id, title: playbook.title, asks: playbook.asks(target), blastRadius: playbook.blastRadius(target) };
}
