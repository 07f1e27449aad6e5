import { hashOf } from '../../core/lib/hash.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ExerciseItem } from '../exercise/exercise-tx.ts';
import { casesLike } from '../judge/cases.ts';
import { aboutRows } from './about-rows.ts';
import { explainGuardrails, type JudgementView } from './judgement-view.ts';

/** An exercise as its card is read: nothing on it tells it from a real one. Null while its card is not made. */
export function viewExercise(
  tenant: string,
  { id, exercise, state }: ExerciseItem,
  cases: JudgementView['cases'] = [],
): JudgementView | null {
  const { card, opinion, answer, askedAt, for: trainee } = exercise;
  if (card === null) return null;
  const { finding, question, guardrails, options, waiting, advice } = card;
  return {
    judgement: {
      id,
      tenant,
      finding: finding.id,
      revision: finding.revision,
      question,
      options: options.map(({ playbook, account, region, uid, blastRadius, inverse, dryRun }) => ({
        playbook,
        version: 1,
        target: { account, region, uid, params: {} },
        blastRadius,
        inverse,
        approvals: 1,
        mode: dryRun ? 'dry-run' : 'live',
      })),
      guardrails,
      state: answer === null ? 'waiting' : answer.verdict === 'approve' ? 'approved' : 'denied',
      askedAt,
      answeredAt: answer?.at ?? null,
      answeredBy: answer === null ? [] : [trainee],
      approvalsNeeded: 1,
      incident: null,
    },
    finding,
    guardrails: explainGuardrails(guardrails),
    titles: options.map(({ title }) => title),
    about: aboutRows(card.about ?? null),
    // Of documents that nobody stored: a card without them would be known by it.
    evidence: [
      {
        finding: finding.id,
        revision: finding.revision,
        document: hashOf(finding),
        context: hashOf(guardrails),
        decision: hashOf(options),
      },
    ],
    waiting,
    cases,
    intruder: false,
    opinion: opinion === null ? null : { nature: opinion.nature, confidence: opinion.confidence },
    advice: state === 'judged' || state === 'answered' ? advice : null,
  };
}

/** The same with cases like it, as a real one has while it waits: not the case of which it was made, which would tell how it turned out. */
export async function viewExerciseWithCases(tx: Tx, item: ExerciseItem): Promise<JudgementView | null> {
  const { card, answer, of } = item.exercise;
  const own = of !== null && 'case' in of ? [of.case] : [];
  return viewExercise(tx.tenant, item, card === null || answer !== null ? [] : await casesLike(tx, card.finding, new Set(own)));
}
