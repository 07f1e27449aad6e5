import { hashOf } from '../../core/lib/hash.ts';
import type { ExerciseItem } from '../exercise/exercise-tx.ts';
import { aboutRows } from './about-rows.ts';
import { explainGuardrails, type JudgementView } from './judgement-view.ts';

/** An exercise as its card is read: nothing on it tells it from a real one. Null while its card is not made. */
export function viewExercise(tenant: string, { id, exercise, state }: ExerciseItem): JudgementView | null {
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
    cases: [],
    intruder: false,
    opinion: opinion === null ? null : { nature: opinion.nature, confidence: opinion.confidence },
    advice: state === 'judged' || state === 'answered' ? advice : null,
  };
}
