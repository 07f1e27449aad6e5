import { hashOf } from '../../core/lib/hash.ts';
import type { Json } from '../../core/model/json.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from './console-deps.ts';

export interface Stop {
  readonly by: string;
  readonly reason: string;
  readonly at: number;
}

/** Who pressed the stop button and why, or null while automation may work. What cannot be read counts as pressed. */
export async function readStop(tx: Tx): Promise<Stop | null> {
  const row = (await tx.settings.list('stop')).find((setting) => setting.name === 'stop');
  if (row === undefined) return null;
  const value = asObject(row.value);
  if (value['on'] === false) return null;
  return { by: row.by, reason: typeof value['reason'] === 'string' ? value['reason'] : '', at: row.at };
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
      data: { on, byHash: hashOf(by), reasonHash: hashOf(reason) },
    });
    return readStop(tx);
  });
}

function asObject(value: Json): { readonly [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as { readonly [key: string]: Json }) : {};
}
