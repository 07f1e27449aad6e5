import type { CostOfWaiting } from '../../core/decide/cost-of-waiting.ts';
import type { Guardrail, Judgement, JudgementPart } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Opinion } from '../../core/model/judging.ts';
import type { Tx } from '../../core/ports/store.ts';
import { cardOf, type EvidenceHashes } from '../judge/card.ts';
import type { SimilarCase } from '../judge/cases.ts';
import { contextOf } from '../judge/context-of.ts';
import { isIntruderActive } from '../judge/intruder.ts';
import { opinionOf } from '../judge/opinions.ts';
import { type AboutRow, aboutRows } from './about-rows.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { guardrailWords } from './guardrail-words.ts';
import { playbookTitle } from './playbook-of.ts';

export interface GuardrailView {
  readonly code: Guardrail;
  readonly words: string;
}

type Recommended = 'recommendation' | 'because' | 'advice';

/** A question without what is recommended on it. */
export type AskedJudgement = Omit<Judgement, Recommended | 'parts'> & {
  readonly parts?: readonly Omit<JudgementPart, Recommended>[];
};

/** What is recommended: shown to a person who has said first what it is, and to everybody when it is answered or an intruder is active. */
export interface AdviceView {
  readonly answer: 'approve' | 'deny';
  readonly because: string;
  /** Null in questions of before. */
  readonly opinion: Opinion | null;
}

/** A question with all that it takes to answer it. */
export interface JudgementView {
  readonly judgement: AskedJudgement;
  readonly finding: Finding | null;
  readonly guardrails: readonly GuardrailView[];
  /** Titles of the options' playbooks, in the options' order. */
  readonly titles: readonly string[];
  /** What was known of what its first finding is about. */
  readonly about: readonly AboutRow[];
  readonly evidence: readonly EvidenceHashes[];
  readonly waiting: CostOfWaiting;
  readonly cases: readonly SimilarCase[];
  /** No time is to be lost: what is recommended is shown at once, and may be followed at once. */
  readonly intruder: boolean;
  /** What the person who reads takes it for; null until it was said. */
  readonly opinion: Opinion | null;
  readonly advice: AdviceView | null;
}

/** The question as this person may see it. */
export async function viewJudgement(
  deps: Pick<ConsoleDeps, 'playbooks'>,
  tx: Tx,
  judgement: Judgement,
  who: string,
): Promise<JudgementView> {
  const { recommendation, because, advice, parts, ...asked } = judgement;
  const intruder = await isIntruderActive(tx, judgement);
  const own = await opinionOf(tx, judgement, who);
  const mayRead = intruder || own !== null || judgement.state !== 'waiting';
  const { evidence, waiting, cases } = await cardOf(tx, judgement);
  const [first] = evidence;
  return {
    judgement: { ...asked, ...(parts === undefined ? {} : { parts: parts.map(withoutAdvice) }) },
    finding: (await tx.findings.get(judgement.finding))?.finding ?? null,
    guardrails: explainGuardrails(judgement.guardrails),
    titles: judgement.options.map((option) => playbookTitle(deps.playbooks, option.playbook)),
    about: aboutRows(first === undefined ? null : ((await contextOf(tx, first.finding, first.revision))?.about ?? null)),
    evidence,
    waiting,
    cases,
    intruder,
    opinion: own === null ? null : { nature: own.nature, confidence: own.confidence },
    advice: mayRead ? { answer: recommendation, because, opinion: advice?.opinion ?? null } : null,
  };
}

function withoutAdvice({ recommendation: _, because: __, ...part }: JudgementPart) {
  return part;
}

/** Words for codes; a code of another version stands for itself. */
export function explainGuardrails(codes: readonly Guardrail[]): readonly GuardrailView[] {
  return codes.map((code) => ({ code, words: guardrailWords[code] ?? code }));
}
