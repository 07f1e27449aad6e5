import { costOfWaiting } from '../../core/decide/cost-of-waiting.ts';
import { recommend } from '../../core/decide/recommend.ts';
import type { About } from '../../core/model/decide-context.ts';
import type { Judgement } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { ExerciseCard } from './exercise.ts';

/** The card of a question, for an exercise: what it offers cannot be done any more. `titleOf` names playbooks. */
export function cardOfJudgement(
  {
    question,
    guardrails,
    options,
    recommendation,
    because,
    advice,
  }: Pick<Judgement, 'question' | 'guardrails' | 'options' | 'recommendation' | 'because' | 'advice'>,
  finding: Finding,
  titleOf: (playbook: string) => string,
  about: About | null = null,
): ExerciseCard {
  return {
    finding,
    question,
    guardrails,
    options: options.map(({ playbook, target, blastRadius, inverse, mode }) => ({
      rehearsed: true,
      title: titleOf(playbook),
      playbook,
      account: target.account,
      region: target.region,
      uid: target.uid,
      blastRadius,
      inverse,
      dryRun: mode === 'dry-run',
    })),
    waiting: costOfWaiting({
      kinds: [finding.kind],
      tactics: finding.rule.tactics,
      root: finding.actor?.type === 'Root',
      containable: options.length > 0,
      pages: false,
    }),
    about,
    advice: { answer: recommendation, because, opinion: advice?.opinion ?? opinionOf(finding, options.length) },
  };
}

/** Of a question of before, which had no opinion with its recommendation. */
function opinionOf(finding: Finding, options: number): ExerciseCard['advice']['opinion'] {
  return recommend({
    format: 'jobzero.recommend-arguments/1',
    parts: [
      {
        finding: finding.id,
        revision: finding.revision,
        why: finding.rule.description,
        severity: finding.severity,
        tactics: finding.rule.tactics,
        root: finding.actor?.type === 'Root',
        evidence: 'unknown',
        standing: 0,
        options,
        irreversible: false,
      },
    ],
    incident: null,
    cases: { truePositive: 0, benign: 0 },
  }).opinion;
}
