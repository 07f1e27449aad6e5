import type { Judgement } from '../../core/model/decision.ts';
import type { Tx } from '../../core/ports/store.ts';
import { type Case, caseItem, keyOf } from './cases.ts';
import { isIntruderActive } from './intruder.ts';
import { opinionsOn } from './opinions.ts';
import { propose } from './proposals.ts';

/** Keeps an answered question as a case to learn from, and proposes what follows from it. A question whether to undo is none: it says how another turned out. */
export async function closeCase(tx: Tx, judgement: Judgement, at: number): Promise<void> {
  if (judgement.state !== 'approved' && judgement.state !== 'denied') return;
  const finding = (await tx.findings.get(judgement.finding))?.finding;
  if (finding === undefined || (judgement.options.length === 0 && judgement.guardrails.length === 0)) return;
  const opinions = await opinionsOn(tx, judgement.id);
  const paged = await isIntruderActive(tx, judgement);
  const one: Case = {
    finding: finding.id,
    revision: finding.revision,
    key: keyOf(finding),
    question: judgement.question,
    answer: judgement.state,
    answeredAt: judgement.answeredAt ?? at,
    answeredBy: judgement.answeredBy,
    advice: judgement.advice?.opinion ?? null,
    paged,
    opinions,
    outcomes: [],
  };
  await tx.items.add(caseItem(judgement.id, one, null, at));
  await propose(tx, judgement, opinions, paged, at);
}
