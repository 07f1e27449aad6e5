import { type CostOfWaiting, costOfWaiting } from '../../core/decide/cost-of-waiting.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { Judgement, ProposedAction } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Tx } from '../../core/ports/store.ts';
import { partsOf } from '../triage/question-of.ts';
import { type SimilarCase, similarTo } from './cases.ts';
import { decisionOn } from './context-of.ts';
import { isIntruderActive } from './intruder.ts';

/** Hashes of the stored documents that one finding's part in a question rests on; null where it was not decided. */
export interface EvidenceHashes {
  readonly finding: string;
  readonly revision: string;
  /** SHA-256 of the finding's document, of what was known of the world, and of the decision. */
  readonly document: string | null;
  readonly context: string | null;
  readonly decision: string | null;
}

/** What a person reads before saying anything. Its canonical bytes are stored, so that it can be shown later what was read. */
export interface Card {
  readonly format: 'jobzero.card/1';
  readonly judgement: string;
  readonly revision: string;
  readonly question: string;
  readonly evidence: readonly EvidenceHashes[];
  /** With what may break and the way back. */
  readonly options: readonly ProposedAction[];
  readonly waiting: CostOfWaiting;
  readonly cases: readonly SimilarCase[];
}

/** The card of a question as it stands now. What is recommended is not on it. */
export async function cardOf(tx: Tx, judgement: Judgement): Promise<Card> {
  const evidence: EvidenceHashes[] = [];
  const findings: Finding[] = [];
  for (const { finding: id, revision } of partsOf(judgement)) {
    const row = await decisionOn(tx, id, revision);
    evidence.push({
      finding: id,
      revision,
      document: row?.findingHash ?? null,
      context: row?.contextHash ?? null,
      decision: row?.decisionHash ?? null,
    });
    const finding = (await tx.findings.get(id))?.finding;
    if (finding !== undefined) findings.push(finding);
  }
  return {
    format: 'jobzero.card/1',
    judgement: judgement.id,
    revision: judgement.revision,
    question: judgement.question,
    evidence,
    options: judgement.options,
    waiting: costOfWaiting({
      kinds: findings.map(({ kind }) => kind),
      tactics: [...new Set(findings.flatMap(({ rule }) => rule.tactics))].sort(),
      root: findings.some(({ actor }) => actor?.type === 'Root'),
      containable: judgement.options.length > 0,
      pages: await isIntruderActive(tx, judgement),
    }),
    // What was answered needs none, and a list has many of it.
    cases: judgement.state === 'waiting' ? await similarTo(tx, judgement) : [],
  };
}

/** Stores the card and returns its hash. */
export function storeCard(tx: Tx, card: Card): Promise<string> {
  return tx.documents.put('card', canonicalJson(card));
}
