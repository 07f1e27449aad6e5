import type { AccountKind } from '../../core/model/campaign.ts';
import type { AccountState, RangeState } from '../state.ts';

/** The accounts of these kinds; where there are none, the one that plays production: the second of the organisation, else the first. */
export function accountsOf(state: RangeState, kinds: readonly AccountKind[]): readonly AccountState[] {
  const all = Object.values(state.accounts);
  const found = all.filter(({ kind }) => kind !== undefined && kinds.includes(kind));
  if (found.length > 0) return found;
  return [all[1] ?? all[0]].filter((account) => account !== undefined);
}
