import type { CostOfWaiting } from '../../core/decide/cost-of-waiting.ts';
import type { About } from '../../core/model/decide-context.ts';
import type { Guardrail } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Nature, Opinion, Recommendation } from '../../core/model/judging.ts';

/**
 * What an exercise offers. It reads like an action that is proposed and is none: it has no version of a playbook and no parameters of a
 * target, so nothing can be planned of it.
 */
export interface RehearsedOption {
  readonly rehearsed: true;
  readonly title: string;
  readonly playbook: string;
  readonly account: string;
  readonly region: string;
  readonly uid: string;
  readonly blastRadius: string;
  readonly inverse: string;
  readonly dryRun: boolean;
}

/** A card that looks like a real one and asks about nothing that is: made up from a campaign, or a case of before in disguise. */
export interface ExerciseCard {
  readonly finding: Finding;
  readonly question: string;
  readonly guardrails: readonly Guardrail[];
  readonly options: readonly RehearsedOption[];
  readonly waiting: CostOfWaiting;
  /** What was known of what it is about; null for nothing. Absent on cards of before. */
  readonly about?: About | null;
  readonly advice: Pick<Recommendation, 'answer' | 'because' | 'opinion'>;
}

/** `drill`: known beforehand how it turns out. `repeat`: a case that the same person has judged before. `sample`: what automation closed. */
export type ExerciseKind = 'drill' | 'repeat' | 'sample';

/** An item of kind `exercise`. States: `wanted` until its card is made, `waiting`, `judged` after the opinion, `answered`; or `withdrawn`. */
export interface Exercise {
  readonly kind: ExerciseKind;
  /** Whose it is: nobody else sees it. */
  readonly for: string;
  /** The case or the campaign that it was made of; null until that is chosen. */
  readonly of:
    | { readonly case: string }
    | { readonly campaign: string; readonly title: string }
    | { readonly finding: string; readonly stratum: string }
    | null;
  /** How it turned out, where that is known; of a repeat and a sample it is not. */
  readonly truth: Nature | null;
  /** Null until it is made. */
  readonly card: ExerciseCard | null;
  readonly askedAt: number;
  readonly opinion: (Opinion & { readonly at: number }) | null;
  readonly answer: { readonly verdict: 'approve' | 'deny'; readonly at: number } | null;
}
