import type { Sieve } from '../../model/sieve.ts';
import type { FlowColumn, OpenSifters, Sift } from '../../ports/line-sifter.ts';
import { largest } from './fields.ts';

/**
 * Passes over lines of flows that are plainly good and that no rule can match. Null where that cannot be told from these
 * columns: one of the times must be there.
 */
export function flowSifter(fields: readonly string[], sieve: Sieve, open: OpenSifters): Sift | null {
  const columns = fields.map((field): FlowColumn => ({ kind: kindOf(field), most: mostOf(field), sieve: sieve.ofField(field) }));
  return columns.some(({ kind }) => kind === 'time') ? open.flows(columns, sieve.all) : null;
}

function kindOf(field: string): FlowColumn['kind'] {
  if (field === 'start' || field === 'end') return 'time';
  if (field === 'srcaddr' || field === 'dstaddr') return 'address';
  if (field === 'log-status') return 'status';
  return Object.hasOwn(largest, field) ? 'number' : 'text';
}

function mostOf(field: string): number {
  return (Object.hasOwn(largest, field) ? largest[field] : undefined) ?? 0;
}
