import { recommend } from '../../core/decide/recommend.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { DecideContext } from '../../core/model/decide-context.ts';
import type { Judgement, JudgementPart } from '../../core/model/decision.ts';
import type { RecommendArguments, RecommendPart } from '../../core/model/judging.ts';
import type { Tx } from '../../core/ports/store.ts';
import { engineBundle, engineVersion } from '../generated/decide-bundle.ts';
import { partsOf } from '../triage/question-of.ts';
import { countCases } from './cases.ts';
import { contextOf } from './context-of.ts';

/**
 * The question with what is recommended on it. Argument and recommendation are stored by hash, as those of decisions are, so that a replay
 * can make it again.
 */
export async function withAdvice(tx: Tx, question: Judgement): Promise<Judgement> {
  const given = await argumentsOf(tx, question);
  const recommended = recommend(given);
  const text = canonicalJson(given);
  const advice = {
    opinion: recommended.opinion,
    arguments: await tx.documents.put('recommend-arguments', text),
    document: await tx.documents.put('recommendation', canonicalJson(recommended)),
    engine: engineVersion,
  };
  await tx.documents.put('engine', engineBundle);
  return { ...question, recommendation: recommended.answer, because: recommended.because, advice };
}

async function argumentsOf(tx: Tx, question: Judgement): Promise<RecommendArguments> {
  const parts: RecommendPart[] = [];
  for (const part of partsOf(question)) parts.push(await factsOf(tx, part));
  const row = question.incident == null ? null : await tx.incidents.get(question.incident);
  return {
    format: 'jobzero.recommend-arguments/1',
    parts,
    incident: row === null ? null : { findings: row.incident.members.length, pages: row.incident.pages },
    cases: await countCases(tx, question),
  };
}

async function factsOf(tx: Tx, { finding: id, revision, guardrails, options }: JudgementPart): Promise<RecommendPart> {
  const finding = (await tx.findings.get(id))?.finding;
  const context = await contextOf(tx, id, revision);
  return {
    finding: id,
    revision,
    why: finding?.rule.description ?? '',
    severity: finding?.severity ?? 'Medium',
    tactics: finding?.rule.tactics ?? [],
    root: finding?.actor?.type === 'Root',
    evidence: guardrails.includes('evidence-unvalidated') ? 'unvalidated' : evidenceOf(context),
    standing: context?.about?.standing.length ?? 0,
    options: options.length,
    irreversible: guardrails.includes('irreversible'),
  };
}

function evidenceOf(context: DecideContext | null): RecommendPart['evidence'] {
  return context === null ? 'unknown' : context.evidence;
}
