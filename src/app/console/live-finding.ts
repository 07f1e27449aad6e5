import { stillFails } from '../../core/findings/weaknesses/leads-of.ts';
import type { Finding, FindingState } from '../../core/model/finding.ts';
import type { Tx } from '../../core/ports/store.ts';
import { endFinding } from '../end-finding.ts';
import { joinWeaknesses, toldOf } from '../join-weaknesses.ts';
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
    const also =
      word === 'resolved' || word === 'suppressed'
        ? await endFinding(tx, row.finding, word, at, by, note.trim())
        : await open(tx, row.finding, word, at, by, note.trim());
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'finding',
      subject: id,
      at,
      data: {
        life: word,
        revision: row.finding.revision,
        bySeal: await sealPerson(tx, by),
        noteSeal: await sealValue(tx, note.trim()),
        ...(also.length === 0 ? {} : { also }),
      },
    });
    const after = await tx.findings.get(id);
    return { outcome: 'recorded', state: after?.state ?? row.state };
  });
}

/** Takes back what a person ended in one go, as far as its source still says it. Returns the ids of what is open again with it. */
async function open(
  tx: Tx,
  finding: Finding,
  word: 'acknowledged' | 'reopened',
  at: number,
  by: string,
  note: string,
): Promise<readonly string[]> {
  const also: string[] = [];
  const end = word === 'reopened' ? await lastOf(tx, finding.id) : undefined;
  for (const row of end === undefined ? [] : await toldOf(tx, finding)) {
    if (row.finding.id === finding.id || (row.state !== 'resolved' && row.state !== 'suppressed') || !stillFails(row.finding)) continue;
    const other = await lastOf(tx, row.finding.id);
    if (other?.at === end?.at && other?.by === end?.by) also.push(row.finding.id);
  }
  for (const id of [finding.id, ...also]) await tx.findings.live(id, word, at, by, note);
  await joinWeaknesses(tx, [finding], at);
  return also;
}

const lastOf = async (tx: Tx, id: string) => (await tx.findings.life(id)).at(-1);
