import type { Decision } from '../../core/model/decision.ts';
import type { Finding, FindingState, LifeEvent } from '../../core/model/finding.ts';
import type { FindingRow } from '../../core/ports/store.ts';
import type { AboutRow } from './about-rows.ts';
import type { ActionView } from './action-view.ts';
import type { GuardrailView, JudgementView } from './judgement-view.ts';
import type { PossibleAction } from './possible-actions.ts';
import type { ToldBy } from './told-by.ts';
import type { Station } from './way-of-finding.ts';

export interface DecisionView {
  readonly id: string;
  readonly at: number;
  /** SHA-256 of the engine bundle that decided. */
  readonly engine: string;
  readonly decisionHash: string;
  readonly decision: Decision;
  readonly guardrails: readonly GuardrailView[];
}

export interface FindingDetail {
  readonly finding: Finding;
  readonly state: FindingState;
  readonly updatedAt: number;
  readonly life: readonly {
    readonly event: LifeEvent;
    readonly at: number;
    readonly by: string;
    readonly note: string;
    readonly revision: string;
  }[];
  /** The newest last. */
  readonly decisions: readonly DecisionView[];
  readonly judgement: JudgementView | null;
  readonly actions: readonly ActionView[];
  /** What was proposed and may be started by a person. */
  readonly possible: readonly (PossibleAction & { readonly title: string; readonly asks: string | null })[];
  /** What else the same principal did around that time, the gravest first. */
  readonly alsoDone: readonly FindingRow[];
  /** The incident that it belongs to, with others or alone. */
  readonly incident: { readonly id: string; readonly title: string; readonly pages: boolean } | null;
  /** All who tell of the same weakness, this finding too, ours first; empty where nobody else does. */
  readonly told: readonly ToldBy[];
  /** The finding under which this one is shown and decided; null where it stands for itself. */
  readonly ledBy: string | null;
  /** One sentence where ours and AWS's services say different things of it. */
  readonly disagreement: string | null;
  /** What was known of what it is about when it was decided last; empty where it was not. */
  readonly about: readonly AboutRow[];
  readonly way: readonly Station[];
}
