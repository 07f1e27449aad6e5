import type { Opinion } from './judging.ts';
import type { Target } from './plan.ts';

/** act alone, ask a person, watch (record and wait), or close with a reason. */
export type Verdict = 'act' | 'ask' | 'watch' | 'close';

/** Why a guardrail did not let automation act alone. Codes are stable: they are counted over years. */
export type Guardrail =
  | 'stopped'
  | 'not-armed'
  | 'shadow-unsigned'
  | 'irreversible'
  | 'approval-required'
  | 'protected-principal'
  | 'own-path'
  | 'operator'
  | 'change-freeze'
  | 'cap-per-run'
  | 'cap-per-hour'
  | 'exempted'
  | 'legitimate-use-unknown'
  | 'legitimate-use'
  | 'serves-production'
  | 'evidence-unvalidated'
  | 'tolerance-forbids'
  | 'tolerance-asks'
  | 'severity-below-tolerance'
  | 'no-playbook'
  | 'no-target'
  | 'announced'
  | 'actor-first'
  | 'not-grave'
  | 'deed-only'
  | 'not-meant'
  | 'contained'
  | 'duplicate'
  | 'flapping';

/** What `decide` says of one finding. Bytes are canonical; a replay compares them. */
export interface Decision {
  readonly format: 'jobzero.decision/1';
  readonly finding: string;
  readonly revision: string;
  readonly verdict: Verdict;
  /** Sorted. When the verdict is `act`: `not-armed`, and those of what is asked about beside it. */
  readonly guardrails: readonly Guardrail[];
  /** One sentence for people. */
  readonly reason: string;
  /** What to do, or what is recommended. */
  readonly actions: readonly ProposedAction[];
  /** Integer 0 to 1000: likelihood x impact, irreversibility weighted. */
  readonly risk: number;
  /** What the risk is made of: 0 to 10, and 1 to 100. Absent in decisions of before. */
  readonly likelihood?: number;
  readonly impact?: number;
  /**
   * The person whose credentials did it is asked first, for so many minutes; absent: where somebody is asked, the engineer is. `enough: false`:
   * their "yes" goes to the engineer.
   */
  readonly first?: {
    readonly person: string;
    readonly minutes: number;
    readonly enough?: false;
    /** Nobody is known whose credentials did it: the person is the owner of the account, and is asked whether it is meant. */
    readonly as?: 'owner';
    /** Whose it is: after a "yes" this other person is asked whether it is meant, and that is enough in any case. */
    readonly owner?: string;
    /** Their silence lets automation contain it, as things are now; absent: it brings the question to the engineer. */
    readonly silence?: 'contain';
  };
  /** With `act`: what automation may not do alone beside it, and somebody is asked about; absent: nothing. */
  readonly asks?: readonly ProposedAction[];
}

export interface ProposedAction {
  readonly playbook: string;
  readonly version: number;
  readonly target: Target;
  readonly blastRadius: string;
  readonly inverse: string;
  readonly approvals: 0 | 1 | 2;
  /** `dry-run` when the playbook is not armed here: what would have been done. */
  readonly mode: 'live' | 'dry-run';
}

/**
 * A question for the engineer. Findings of one incident that must be asked about are one question: the first is its
 * `finding`, and each has a part in it.
 */
export interface Judgement {
  /** hash(tenant, id of the finding that was asked about first). */
  readonly id: string;
  readonly tenant: string;
  readonly finding: string;
  /** What was read by who answers: the finding's revision, or of several parts a hash over theirs. */
  readonly revision: string;
  /** The incident when the question was asked last; null for a finding that is in none. Absent in questions of before. */
  readonly incident?: string | null;
  /** Absent where the question is about its finding alone. */
  readonly parts?: readonly JudgementPart[];
  readonly question: string;
  /** Those of all parts, what is the same once. */
  readonly options: readonly ProposedAction[];
  readonly guardrails: readonly Guardrail[];
  readonly recommendation: 'approve' | 'deny';
  readonly because: string;
  /** What the recommendation rests on. Absent in questions of before, and where nothing is recommended about a finding. */
  readonly advice?: Advice;
  readonly state: 'waiting' | 'approved' | 'denied' | 'withdrawn';
  readonly askedAt: number;
  readonly answeredAt: number | null;
  readonly answeredBy: readonly string[];
  readonly approvalsNeeded: number;
}

/** Hashes of the documents that a recommendation was made from and came out as, and of the engine that made it. */
export interface Advice {
  readonly opinion: Opinion;
  readonly arguments: string;
  readonly document: string;
  readonly engine: string;
}

/** What one finding of an incident brings to its question. */
export interface JudgementPart {
  readonly finding: string;
  readonly revision: string;
  readonly question: string;
  /** What no earlier part proposes. */
  readonly options: readonly ProposedAction[];
  readonly guardrails: readonly Guardrail[];
  readonly recommendation: 'approve' | 'deny';
  readonly because: string;
}
