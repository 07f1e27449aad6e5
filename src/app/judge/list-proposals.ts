import { valueAt } from '../../core/lib/json-at.ts';
import type { Assignment, Exemption, Grant } from '../../core/model/tolerance.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { readTolerance } from '../read-tolerance.ts';
import { readAdopted } from '../tolerance-of.ts';
import { changeWords } from './change-words.ts';
import { type Proposal, proposalKind, proposalOf } from './proposals.ts';

export interface ProposalView extends Proposal {
  readonly id: string;
  readonly state: 'new' | 'testing' | 'proposed' | 'adopted' | 'rejected' | 'lapsed' | 'revoked';
  /** The person who reads has judged it, so another reviews it. */
  readonly own: boolean;
  /** Each change in a sentence. */
  readonly says: readonly string[];
}

type Deps = Pick<ConsoleDeps, 'store' | 'tenant'>;

const open = ['new', 'testing', 'proposed'];
const most = 10_000;

/** Proposals that wait for a review, or all, the latest first. */
export function listProposals(deps: Deps, who: string, all: boolean, limit: number): Promise<readonly ProposalView[]> {
  return deps.store.within(deps.tenant, async (tx) =>
    (await tx.items.list({ kind: proposalKind, ...(all ? {} : { state: open }), limit: most }))
      .map((item) => {
        const proposal = proposalOf(item);
        return {
          id: item.id,
          state: item.state as ProposalView['state'],
          own: proposal.by.includes(who),
          says: proposal.changes.map(changeWords),
          ...proposal,
        };
      })
      .toSorted((a, b) => b.proposedAt - a.proposedAt || (a.id < b.id ? -1 : 1))
      .slice(0, limit),
  );
}

/** Holes and liberties that hold: those of the file, and those that were adopted from judgements. */
export interface ToleranceView {
  readonly exemptions: readonly (Exemption & { readonly proposal: string | null })[];
  readonly grants: readonly (Grant & { readonly proposal: string })[];
  readonly assignments: readonly (Assignment & { readonly proposal: string })[];
  /** When what was adopted changed last; null when it never did. */
  readonly changedAt: number | null;
}

export function readHoles(deps: Deps): Promise<ToleranceView> {
  return deps.store.within(deps.tenant, async (tx) => {
    const text = await tx.settings.get('tolerance');
    const written = readTolerance(typeof text === 'string' ? text : '', 'tolerance');
    const adopted = await readAdopted(tx);
    const [row] = (await tx.settings.list('tolerance/adopted')).filter(({ value }) => valueAt(value, 'adopted') !== null);
    return {
      exemptions: [
        ...written.exemptions.map((exemption) => ({ ...exemption, proposal: null })),
        ...adopted.flatMap(({ proposal, change }) => (change.kind === 'exemption' ? [{ ...change.exemption, proposal }] : [])),
      ],
      grants: adopted.flatMap(({ proposal, change }) => (change.kind === 'grant' ? [{ ...change.grant, proposal }] : [])),
      assignments: adopted.flatMap(({ proposal, change }) => (change.kind === 'assignment' ? [{ ...change.assignment, proposal }] : [])),
      changedAt: row?.at ?? null,
    };
  });
}
