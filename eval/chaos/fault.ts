import type { Dice } from '../../src/range/dice.ts';

/** What goes wrong at the n-th call of a phase (1 is the first), or at the n-th operation of its workflow. */
export type Fault =
  /** AWS says "slow down" so many times. */
  | { readonly kind: 'throttled'; readonly call: number; readonly times: number }
  /** A 5xx before the call took effect, or after: the effect is there, and its answer is lost. */
  | { readonly kind: 'lost-before'; readonly call: number; readonly times: number }
  | { readonly kind: 'lost-after'; readonly call: number; readonly times: number }
  | { readonly kind: 'denied'; readonly call: number }
  /** From this call on whatever is asked for is not there. */
  | { readonly kind: 'missing'; readonly call: number }
  /** The executor dies after its n-th operation did its work and before that is recorded; another one recovers the workflow. */
  | { readonly kind: 'dies'; readonly operation: number }
  /** jobzero's clock is wrong from this call on. */
  | { readonly kind: 'clock'; readonly call: number; readonly hours: -1 | 24 }
  /** Nobody hears of it at first; then several workers do at once, and again during this call. */
  | { readonly kind: 'told'; readonly call: number };

export type Kind = Fault['kind'];
export const kinds = [
  'throttled',
  'lost-before',
  'lost-after',
  'denied',
  'missing',
  'dies',
  'clock',
  'told',
] as const satisfies readonly Kind[];

/** Faults while the plan is carried out, and while it is undone. */
export interface Case {
  readonly doing: readonly Fault[];
  readonly undoing: readonly Fault[];
}

/** More than this many refusals of one call in a row and it is given up: see `persist` in src/app/cloud-attempt.ts. */
export const patience = 6;

/** Does it have to come to its usual end all the same? */
export function isSurvivable(faults: readonly Fault[]): boolean {
  const refusals = faults.reduce((sum, fault) => sum + ('times' in fault ? fault.times : 0), 0);
  return refusals <= patience && faults.every(({ kind }) => kind !== 'denied' && kind !== 'missing');
}

/** May a call reach the cloud twice? Then it must have set the same. */
export function mayRepeat(faults: readonly Fault[]): boolean {
  return faults.some(({ kind }) => kind === 'lost-after' || kind === 'dies');
}

/** Every fault that comes at one of so many calls. Deaths come at operations, of which nobody knows beforehand how many there are. */
export function faultsAt(calls: number): readonly Fault[] {
  return Array.from({ length: calls }, (_, i) => i + 1).flatMap((call): readonly Fault[] => [
    { kind: 'throttled', call, times: 1 },
    { kind: 'throttled', call, times: patience },
    { kind: 'throttled', call, times: patience + 1 },
    { kind: 'lost-before', call, times: 1 },
    { kind: 'lost-before', call, times: patience + 1 },
    { kind: 'lost-after', call, times: 1 },
    { kind: 'lost-after', call, times: patience + 1 },
    { kind: 'denied', call },
    { kind: 'missing', call },
    { kind: 'clock', call, hours: -1 },
    { kind: 'clock', call, hours: 24 },
    { kind: 'told', call },
  ]);
}

/** One or two faults, chosen by dice. */
export function anyFaults(dice: Dice, calls: number): readonly Fault[] {
  return Array.from({ length: 1 + dice.int(2) }, (): Fault => {
    const all = faultsAt(calls);
    const picked = all[dice.int(all.length + calls)];
    return picked ?? { kind: 'dies', operation: 1 + dice.int(3 * calls + 6) };
  });
}
