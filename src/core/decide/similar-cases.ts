import type { CaseKey } from '../model/judging.ts';

/** How alike two cases are: 0 for nothing that counts, the same rule first. */
export function likeness(a: CaseKey, b: CaseKey): number {
  if (a.rule !== b.rule) return 0;
  const sharesResource =
    a.resourceTypes.some((type) => b.resourceTypes.includes(type)) || a.resourceTypes.length + b.resourceTypes.length === 0;
  return 4 + (a.account === b.account ? 1 : 0) + (a.actorType === b.actorType ? 1 : 0) + (sharesResource ? 1 : 0);
}

/** Of cases the most alike, then the latest, then by id; of another rule none. */
export function similarCases<T extends { readonly id: string; readonly at: number; readonly key: CaseKey }>(
  key: CaseKey,
  cases: readonly T[],
  most: number,
): readonly T[] {
  return cases
    .map((one) => ({ one, like: likeness(key, one.key) }))
    .filter(({ like }) => like > 0)
    .sort((a, b) => b.like - a.like || b.one.at - a.one.at || (a.one.id < b.one.id ? -1 : 1))
    .slice(0, most)
    .map(({ one }) => one);
}
