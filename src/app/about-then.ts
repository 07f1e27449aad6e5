import type { About, DecideContext } from '../core/model/decide-context.ts';
import type { DecisionRow, Tx } from '../core/ports/store.ts';

/** What was known of a finding's resources when this was decided; null where that is kept no more, and in decisions of before. */
export async function aboutThen(tx: Pick<Tx, 'documents'>, { contextHash }: Pick<DecisionRow, 'contextHash'>): Promise<About | null> {
  const text = await tx.documents.get(contextHash);
  return text === null ? null : ((JSON.parse(text) as DecideContext).about ?? null);
}
