import { idOf } from '../core/lib/hash.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Json } from '../core/model/json.ts';
import type { Tx } from '../core/ports/store.ts';
import { joinWeaknesses, ledBy, toldOf } from './join-weaknesses.ts';

/** Findings that are to be put away where they came from, as items. */
export const closings = 'close-at-source';

export interface Closing {
  readonly finding: string;
  readonly account: string;
  readonly as: 'resolved' | 'suppressed';
}

/** A finding is put away at its source some minutes after it was here: whoever closed it by mistake may open it again. */
const waitMs = 5 * 60_000;

/**
 * Resolves or suppresses a finding. One of another service that is open there is put away there too, where somebody has allowed that for
 * the account. What a person ends is ended with all that is shown under it; what automation ends is not: when our control passes, AWS's
 * services may still say otherwise, and then they do so for themselves. Returns the ids of what ended with it.
 */
export async function endFinding(
  tx: Tx,
  finding: Finding,
  as: 'resolved' | 'suppressed',
  at: number,
  by: string,
  note: string,
): Promise<readonly string[]> {
  const told = await toldOf(tx, finding);
  const led: Finding[] = [];
  if (by !== 'automation') for (const row of told) if ((await ledBy(tx, row.finding.id)) === finding.id) led.push(row.finding);
  for (const one of [finding, ...led]) await endOne(tx, one, as, at, by, note);
  await joinWeaknesses(tx, [finding], at);
  return led.map(({ id }) => id);
}

async function endOne(tx: Tx, finding: Finding, as: 'resolved' | 'suppressed', at: number, by: string, note: string): Promise<void> {
  await tx.findings.live(finding.id, as, at, by, note);
  const { imported, account } = finding;
  if (imported === undefined || imported.state !== 'active' || !(await closesAtSource(tx, account))) return;
  const doc: Closing = { finding: finding.id, account, as };
  // An end of its own for each revision: what comes back may end again.
  const id = idOf(tx.tenant, closings, finding.id, finding.revision, as);
  const item = { kind: closings, id, state: 'waiting', dueAt: at + waitMs, at, doc: doc as unknown as Json };
  if (!(await tx.items.add(item))) await tx.items.move(item, ['left']);
}

/** May findings of this account be put away at their source? Setting `close-at-source/<account>`; off until somebody turns it on. */
export async function closesAtSource(tx: Tx, account: string): Promise<boolean> {
  const value = await tx.settings.get(`${closings}/${account}`);
  return typeof value === 'object' && value !== null && !Array.isArray(value) && (value as { readonly on?: Json }).on === true;
}
