import { textAt } from '../../core/lib/json-at.ts';
import type { Tx } from '../../core/ports/store.ts';
import { sealPerson, sealValue } from '../ledger/seals.ts';
import { isStopped } from '../settings.ts';
import type { ConsoleDeps } from './console-deps.ts';

export interface Stop {
  readonly by: string;
  readonly reason: string;
  readonly at: number;
}

/** Who pressed the stop button and why, or null while automation may work. */
export async function readStop(tx: Tx): Promise<Stop | null> {
  if (!(await isStopped(tx))) return null;
  const row = (await tx.settings.list('stop')).find((setting) => setting.name === 'stop');
  return { by: row?.by ?? '', reason: textAt(row?.value ?? null, 'reason') ?? '', at: row?.at ?? 0 };
}

/** Presses or releases the stop button; a leaf of the ledger says so. */
export function pressStop(deps: ConsoleDeps, by: string, on: boolean, reason: string): Promise<Stop | null> {
  return deps.store.within(deps.tenant, async (tx) => {
    const at = deps.clock.now();
    await tx.settings.set('stop', { on, by, reason }, at, by);
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'setting',
      subject: 'stop',
      at,
      data: { on, bySeal: await sealPerson(tx, by), reasonSeal: await sealValue(tx, reason) },
    });
    return readStop(tx);
  });
}
