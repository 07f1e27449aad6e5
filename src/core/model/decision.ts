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
  | 'duplicate';

/** What `decide` says of one finding. Bytes are canonical; a replay compares them. */
export interface Decision {
  readonly format: 'jobzero.decision/1';
  readonly finding: string;
  readonly revision: string;
  readonly verdict: Verdict;
  /** Sorted; empty when the verdict is `act`. */
  readonly guardrails: readonly Guardrail[];
  /** One sentence for people. */
  readonly reason: string;
  /** What to do, or what is recommended. */
  readonly actions: readonly ProposedAction[];
  /** Integer 0 to 1000: likelihood x impact, irreversibility weighted. */
  readonly risk: number;
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

/** A question for the engineer. */
export interface Judgement {
  /** hash(tenant, finding id): one question a finding. */
  readonly id: string;
  readonly tenant: string;
  readonly finding: string;
  readonly revision: string;
  readonly question: string;
  readonly options: readonly ProposedAction[];
  readonly guardrails: readonly Guardrail[];
  readonly recommendation: 'approve' | 'deny';
  readonly because: string;
  readonly state: 'waiting' | 'approved' | 'denied' | 'withdrawn';
  readonly askedAt: number;
  readonly answeredAt: number | null;
  readonly answeredBy: readonly string[];
  readonly approvalsNeeded: number;
}
