import type { Json } from '../core/model/json.ts';
import type { ProposedChange } from '../core/model/proposal.ts';
import type { Assignment, Exemption, Grant, Tolerance } from '../core/model/tolerance.ts';
import type { Tx } from '../core/ports/store.ts';
import { readTolerance } from './read-tolerance.ts';

/** What two persons made of a judgement, and which proposal it came from. */
export interface Adopted {
  readonly proposal: string;
  readonly change: Extract<ProposedChange, { readonly kind: 'exemption' | 'grant' | 'assignment' }>;
}

/** The name of the setting; its history is that of the tolerance beside the file. */
const name = 'tolerance/adopted';

/** What was adopted and not taken back; what has expired counts no more, and goes at the next change. */
export async function readAdopted(tx: Tx): Promise<readonly Adopted[]> {
  const value = (await tx.settings.get(name)) as { readonly adopted?: readonly Adopted[] } | null;
  return value?.adopted ?? [];
}

/** Writes what is adopted from now on, without what has expired. The leaf is the caller's. */
export async function writeAdopted(tx: Tx, adopted: readonly Adopted[], at: number, by: string): Promise<Json> {
  const value = { adopted: adopted.filter(({ change }) => endOf(change) > at) } as unknown as Json;
  await tx.settings.set(name, value, at, by);
  return value;
}

/** Is it something that may be adopted, and not work for who writes rules and playbooks? */
export function isAdoptable(change: ProposedChange): change is Adopted['change'] {
  return change.kind !== 'rule' && change.kind !== 'playbook';
}

/** Playbooks that are offered about what they were not made for. */
export async function readAssignments(tx: Tx): Promise<readonly Assignment[]> {
  return (await readAdopted(tx)).flatMap(({ change }) => (change.kind === 'assignment' ? [change.assignment] : []));
}

export function endOf(change: Adopted['change']): number {
  return heldBy(change).expires;
}

/** What holds, whichever kind it is: a rule, an owner and an end. */
export function heldBy(change: Adopted['change']): Exemption | Grant | Assignment {
  return change.kind === 'exemption' ? change.exemption : change.kind === 'grant' ? change.grant : change.assignment;
}

/** The tolerance that holds: the text that somebody set, or the careful one, and what was adopted from judgements beside it. */
export async function toleranceOf(tx: Tx): Promise<Tolerance> {
  const text = await tx.settings.get('tolerance');
  const written = readTolerance(typeof text === 'string' ? text : '', 'tolerance');
  return (await readAdopted(tx)).reduce((tolerance, { change }) => withChange(tolerance, change), written);
}

/** The tolerance with one change more. */
export function withChange(tolerance: Tolerance, change: Adopted['change']): Tolerance {
  switch (change.kind) {
    case 'exemption':
      return { ...tolerance, exemptions: [...tolerance.exemptions, change.exemption] };
    case 'grant':
      return { ...tolerance, grants: [...(tolerance.grants ?? []), change.grant] };
    case 'assignment':
      return { ...tolerance, assignments: [...(tolerance.assignments ?? []), change.assignment] };
    default:
      return change satisfies never;
  }
}
