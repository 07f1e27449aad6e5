import { riskOf } from '../../core/decide/risk.ts';
import { hashOf } from '../../core/lib/hash.ts';
import type { Decision } from '../../core/model/decision.ts';
import type { DecisionRow } from '../../core/ports/store.ts';
import type { ExerciseItem } from '../exercise/exercise-tx.ts';
import { engineVersion } from '../generated/decide-bundle.ts';
import { viewExercise } from './exercise-view.ts';
import type { FoundLeaf } from './find-leaf.ts';
import type { FindingDetail } from './finding-detail.ts';
import { explainGuardrails } from './judgement-view.ts';
import { wayOfFinding } from './way-of-finding.ts';

/** The page of an exercise's finding, as that of a real one would look: the card leads to it, and it must not tell them apart. */
export function exerciseFinding(tenant: string, item: ExerciseItem, found: FoundLeaf): FindingDetail | null {
  const { card, askedAt } = item.exercise;
  const view = viewExercise(tenant, item);
  if (card === null || view === null) return null;
  const { finding, guardrails } = card;
  const decision: Decision = {
    format: 'jobzero.decision/1',
    finding: finding.id,
    revision: finding.revision,
    verdict: 'ask',
    guardrails,
    reason: card.options.length === 0 ? 'No playbook answers this finding: a person has to look.' : 'Automation may not act alone.',
    actions: view.judgement.options,
    risk: riskOf(finding, { offers: [] }, 0),
  };
  const row: DecisionRow = {
    id: hashOf([item.id, finding.id]).slice(0, 32),
    finding: finding.id,
    revision: finding.revision,
    at: askedAt,
    findingHash: hashOf(finding),
    contextHash: hashOf(guardrails),
    toleranceHash: hashOf(item.id),
    engine: engineVersion,
    decisionHash: hashOf(decision),
    decision,
  };
  return {
    finding,
    state: 'open',
    updatedAt: askedAt,
    life: [{ event: 'raised', at: askedAt, by: 'automation', note: '', revision: finding.revision }],
    decisions: [
      {
        id: row.id,
        at: askedAt,
        engine: engineVersion,
        decisionHash: row.decisionHash,
        decision,
        guardrails: explainGuardrails(guardrails),
      },
    ],
    judgement: view,
    actions: [],
    possible: [],
    alsoDone: [],
    incident: null,
    told: [],
    ledBy: null,
    disagreement: null,
    about: view.about,
    way: wayOfFinding(finding, askedAt, [row], view.judgement, [], found),
  };
}
