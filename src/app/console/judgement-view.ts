import type { Guardrail, Judgement } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { guardrailWords } from './guardrail-words.ts';
import { playbookTitle } from './playbook-of.ts';

export interface GuardrailView {
  readonly code: Guardrail;
  readonly words: string;
}

/** A question with all that it takes to answer it. */
export interface JudgementView {
  readonly judgement: Judgement;
  readonly finding: Finding | null;
  readonly guardrails: readonly GuardrailView[];
  /** Titles of the options' playbooks, in the options' order. */
  readonly titles: readonly string[];
}

export async function viewJudgement(deps: Pick<ConsoleDeps, 'playbooks'>, tx: Tx, judgement: Judgement): Promise<JudgementView> {
  return {
    judgement,
    finding: (await tx.findings.get(judgement.finding))?.finding ?? null,
    guardrails: explainGuardrails(judgement.guardrails),
    titles: judgement.options.map((option) => playbookTitle(deps.playbooks, option.playbook)),
  };
}

/** Words for codes; a code of another version stands for itself. */
export function explainGuardrails(codes: readonly Guardrail[]): readonly GuardrailView[] {
  return codes.map((code) => ({ code, words: guardrailWords[code] ?? code }));
}
