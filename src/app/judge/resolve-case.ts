import type { Outcome } from '../../core/model/judging.ts';
import type { Tx } from '../../core/ports/store.ts';
import { sealPerson } from '../ledger/seals.ts';
import { caseItem, caseKind, caseOf } from './cases.ts';

export type Resolved = 'unknown' | 'own' | 'same' | 'recorded';

/**
 * Writes down how a case turned out, with a leaf. Who judged it does not say how it turned out, and what automation concludes does not
 * overrule a person's review.
 */
export async function resolveCase(tx: Tx, id: string, { nature, source, by, at }: Outcome): Promise<Resolved> {
  const item = await tx.items.get(caseKind, id);
  if (item === null) return 'unknown';
  const one = caseOf(item);
  const last = one.outcomes.at(-1);
  if (source === 'review' && (one.answeredBy.includes(by) || one.opinions.some((opinion) => opinion.by === by))) return 'own';
  if (last !== undefined && (last.nature === nature || (source !== 'review' && last.source === 'review'))) return 'same';
  const after = caseItem(id, { ...one, outcomes: [...one.outcomes, { nature, source, by, at }] }, null, at);
  await tx.items.move(after, [item.state]);
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'outcome',
    subject: id,
    at,
    data: { nature, source, finding: one.finding, bySeal: await sealPerson(tx, by) },
  });
  return 'recorded';
}
