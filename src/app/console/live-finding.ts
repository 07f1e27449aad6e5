import type { FindingState } from '../../core/model/finding.ts';
import { endFinding } from '../end-finding.ts';
import { sealPerson, sealValue } from '../ledger/seals.ts';
import type { ConsoleDeps } from './console-deps.ts';

/** What a person may say of a finding. */
export type LifeWord = 'acknowledged' | 'suppressed' | 'resolved' | 'reopened';

export type Lived =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'not-now'; readonly state: FindingState }
  | { readonly outcome: 'why' }
  | { readonly outcome: 'recorded'; readonly state: FindingState };

const from: { readonly [word in LifeWord]: readonly FindingState[] } = {
  acknowledged: ['open'],
  suppressed: ['open', 'acknowledged'],
  resolved: ['open', 'acknowledged'],
  reopened: ['acknowledged', 'suppressed', 'resolved'],
};
/** What takes a finding out of sight says why. */
const needsWhy: readonly LifeWord[] = ['suppressed', 'resolved'];

/**
 * Records what a person says of a finding, with a leaf in the ledger. A finding that comes back in a new revision, or a setting
 * that still stands at the next reading, opens a resolved one again.
 */
export function liveFinding(
  deps: Pick<ConsoleDeps, 'store' | 'clock' | 'tenant'>,
  id: string,
  by: string,
  word: LifeWord,
  note: string,
): Promise<Lived> {
  return deps.store.within(deps.tenant, async (tx): Promise<Lived> => {
    const row = await tx.findings.get(id);
    if (row === null) return { outcome: 'unknown' };
    if (!from[word].includes(row.state)) return { outcome: 'not-now', state: row.state };
    if (needsWhy.includes(word) && note.trim() === '') return { outcome: 'why' };
    const at = deps.clock.now();
    if (word === 'resolved' || word === 'suppressed') await endFinding(tx, row.finding, word, at, by, note.trim());
    else await tx.findings.live(id, word, at, by, note.trim());
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'finding',
      subject: id,
      at,
      data: { life: word, revision: row.finding.revision, bySeal: await sealPerson(tx, by), noteSeal: await sealValue(tx, note.trim()) },
    });
    const after = await tx.findings.get(id);
    return { outcome: 'recorded', state: after?.state ?? row.state };
  });
}
