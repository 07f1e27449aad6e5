import type { Severity } from './severity.ts';

/** What was found is an attack, or it is nothing of the kind. */
export type Nature = 'true-positive' | 'benign';

/** What somebody takes a finding for, before it is known how it turned out. */
export interface Opinion {
  readonly nature: Nature;
  /** How sure, in whole per cent: 50 (a coin) to 99. */
  readonly confidence: number;
}

/** What automation recommends on a question. Bytes are canonical; a replay compares them. */
export interface Recommendation {
  readonly format: 'jobzero.recommendation/1';
  readonly opinion: Opinion;
  readonly answer: 'approve' | 'deny';
  /** A few sentences for people. */
  readonly because: string;
}

/** All that a recommendation is made of. Stored by hash, so that it can be made again. */
export interface RecommendArguments {
  readonly format: 'jobzero.recommend-arguments/1';
  /** What the question asks about, in its order. */
  readonly parts: readonly RecommendPart[];
  /** How many different findings its incident has, and whether it wakes somebody; null for a finding in none. */
  readonly incident: { readonly findings: number; readonly pages: boolean } | null;
  /** Earlier cases that are like it and whose end is known. */
  readonly cases: { readonly truePositive: number; readonly benign: number };
}

export interface RecommendPart {
  readonly finding: string;
  readonly revision: string;
  /** What the rule says of itself. */
  readonly why: string;
  readonly severity: Severity;
  readonly tactics: readonly string[];
  readonly root: boolean;
  /** Does AWS itself say so? `unknown` where nobody looked. */
  readonly evidence: 'validated' | 'unvalidated' | 'unknown';
  /** Open weaknesses of High and above at the same resource. */
  readonly standing: number;
  readonly options: number;
  readonly irreversible: boolean;
}

/** What is compared of two cases. */
export interface CaseKey {
  readonly rule: string;
  readonly account: string;
  /** `userIdentity.type` of who did it; empty where nobody is named. */
  readonly actorType: string;
  /** CloudFormation type names, sorted. */
  readonly resourceTypes: readonly string[];
}

/** How a case turned out, who or what says so, and when, in milliseconds since 1970. */
export interface Outcome {
  readonly nature: Nature;
  readonly source: OutcomeSource;
  /** A person's name, or `automation`. */
  readonly by: string;
  readonly at: number;
}

/** `review`: a person who had not judged it; `undo-review`, `retracted`, `incident`: what followed; `known`: a drill's truth. */
export type OutcomeSource = 'review' | 'undo-review' | 'retracted' | 'incident' | 'known';

/** One person's opinion in a case. */
export interface GivenOpinion extends Opinion {
  readonly by: string;
  readonly at: number;
  /** It was given with the recommendation in sight: while an intruder was active. */
  readonly afterAdvice: boolean;
}
