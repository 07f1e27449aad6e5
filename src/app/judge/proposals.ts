import type { Hunch } from '../../core/decide/hunch.ts';
import { proposalFor } from '../../core/decide/propose.ts';
import { hashOf, idOf } from '../../core/lib/hash.ts';
import type { Judgement } from '../../core/model/decision.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { GivenOpinion, Nature } from '../../core/model/judging.ts';
import type { ProposedChange } from '../../core/model/proposal.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import { partsOf } from '../triage/question-of.ts';
import { contextOf } from './context-of.ts';
import { natureOfAnswer } from './opinions.ts';

/**
 * What a judgement would change, so that the same is not asked again: an item of kind `proposal`. States: `new` until it was tried
 * on history, `proposed` while it waits for a second person, then `adopted`, `rejected` or `lapsed`; what was adopted may be `revoked`.
 */
export interface Proposal {
  readonly case: string;
  readonly question: string;
  /** What it was judged to be, and by whom. */
  readonly nature: Nature;
  readonly by: readonly string[];
  readonly changes: readonly ProposedChange[];
  /** Names and ARNs of who did what was judged: they do not review it. */
  readonly actors: readonly string[];
  readonly proposedAt: number;
  /** Not before: nobody reviews in the shift in which it was judged. */
  readonly reviewFrom: number;
  readonly backtest: ProposalBacktest | null;
  readonly reviews: readonly ProposalReview[];
  /** Sigma rules or filters that somebody wrote for it, and whether less may be found by them; absent where nobody did. Who wrote them is among `by`. */
  readonly written?: { readonly text: string; readonly by: string; readonly at: number; readonly narrows: boolean };
  /** When those were told who may review it; absent before. */
  readonly toldAt?: number;
}

/** What the changes would have meant over history. */
export interface ProposalBacktest {
  readonly at: number;
  readonly decisions: number;
  /** Decisions whose arguments retention removed: of these nothing is known. */
  readonly expired: number;
  /** Findings that would have been closed, and that automation would have answered alone, and were not. */
  readonly closes: number;
  readonly acts: number;
  /** Findings about which an assigned playbook would have been offered, and those that would have been questions and were not; absent where none is assigned. */
  readonly offers?: number;
  readonly asks?: number;
  /** So much would change that not all of it was looked at. */
  readonly tooWide: boolean;
  /** Of the closed ones, those that turned out to be attacks. */
  readonly attacks: number;
  /** The first of them. */
  readonly findings: readonly string[];
  /** What the rules that were written would have found; absent where none were. */
  readonly rules?: RulesTried;
}

export interface RulesTried {
  /** Rules that would be others, with those that count them. */
  readonly rules: readonly string[];
  /** So many days back, on so many events. */
  readonly days: number;
  readonly events: number;
  /** Findings as the rules are, and as they would be. */
  readonly before: number;
  readonly after: number;
  readonly lost: number;
  /** Of the lost ones, those that turned out to be attacks. */
  readonly attacks: number;
  readonly found: number;
}

export interface ProposalReview {
  readonly by: string;
  readonly at: number;
  readonly verdict: 'adopted' | 'rejected' | 'revoked';
  readonly note: string;
}

export const proposalKind = 'proposal';
/** A shift. */
const reviewAfter = 12 * 3_600_000;
const mostChanges = 5;

export function proposalOf(item: Item): Proposal {
  return item.doc as unknown as Proposal;
}

/** Proposes what would keep the same from being asked again. Nothing holds until a second person has adopted it. */
export async function propose(tx: Tx, judgement: Judgement, opinions: readonly GivenOpinion[], paged: boolean, at: number): Promise<void> {
  const { state, answeredBy } = judgement;
  if (state !== 'approved' && state !== 'denied') return;
  const nature = natureSaid(judgement, opinions);
  const changes: ProposedChange[] = [];
  const actors = new Set<string>();
  for (const part of partsOf(judgement)) {
    const finding = (await tx.findings.get(part.finding))?.finding;
    if (finding === undefined || finding.revision !== part.revision) continue;
    for (const { uid, name, issuer } of [finding.actor, ...finding.evidence.map(({ actor }) => actor)].flatMap((one) => one ?? []))
      for (const one of [uid, name, issuer]) if (one !== undefined && one !== '') actors.add(one);
    const context = await contextOf(tx, part.finding, part.revision);
    changes.push(
      proposalFor({
        finding,
        guardrails: part.guardrails,
        actions: part.options,
        evidence: part.guardrails.includes('evidence-unvalidated') ? 'unvalidated' : (context?.evidence ?? 'unknown'),
        pages: paged,
        nature,
        answer: state,
        by: answeredBy,
        at,
      }),
    );
  }
  const different = [...new Map(changes.map((change) => [hashOf(change), change])).values()].slice(0, mostChanges);
  if (different.length === 0) return;
  await addProposal(tx, judgement.id, {
    case: judgement.id,
    question: judgement.question,
    nature,
    by: [...new Set([...answeredBy, ...opinions.map(({ by }) => by)])],
    changes: different,
    actors: [...actors].sort(),
    proposedAt: at,
    reviewFrom: at + reviewAfter,
    backtest: null,
    reviews: [],
  });
}

/** What a hunch showed and no rule did: a rule is wanted where it was an attack. What was nothing proposes nothing. */
export async function proposeAfterHunch(
  tx: Tx,
  ended: {
    readonly id: string;
    readonly question: string;
    readonly hunch: Hunch;
    readonly nature: Nature;
    readonly by: string;
    readonly at: number;
  },
): Promise<void> {
  const { id, question, hunch, nature, by, at } = ended;
  if (nature === 'benign') return;
  await addProposal(tx, id, {
    case: id,
    question,
    nature,
    by: [by],
    changes: [{ kind: 'rule', says: `A person found an attack about ${hunch.value} that no rule had told of: one is wanted.` }],
    actors: [hunch.value],
    proposedAt: at,
    reviewFrom: at + reviewAfter,
    backtest: null,
    reviews: [],
  });
}

async function addProposal(tx: Tx, judged: string, proposal: Proposal): Promise<void> {
  const id = idOf(tx.tenant, 'proposal', judged);
  const { proposedAt: at } = proposal;
  const item: Item = { kind: proposalKind, id, state: 'new', dueAt: at, at, doc: proposal as unknown as Json };
  if (await tx.items.add(item)) await proposalLeaf(tx, id, 'proposed', at, { case: judged, changes: hashOf(proposal.changes) });
}

/** All who judged it took it for ordinary work, or nobody said and the answer does; one who took it for an attack is enough. */
function natureSaid(judgement: Judgement, opinions: readonly GivenOpinion[]): Nature {
  const said = opinions.map(({ nature }) => nature);
  if (said.length === 0) return natureOfAnswer(judgement, judgement.state === 'approved' ? 'approve' : 'deny');
  return said.every((nature) => nature === 'benign') ? 'benign' : 'true-positive';
}

export function proposalLeaf(tx: Tx, subject: string, state: string, at: number, data: JsonObject): Promise<void> {
  return tx.ledger.append({ format: 'jobzero.ledger/1', type: 'proposal', subject, at, data: { state, ...data } });
}
