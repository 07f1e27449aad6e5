import type { Clock } from '../../model/declared-incident.ts';

/** Somebody is told that a clock ends. */
export interface Reminder {
  /** `third`: a third of the time is left; `last`: a twelfth; `over`: it has ended. */
  readonly mark: 'third' | 'last' | 'over';
  readonly at: number;
}

/** The reminders of a clock, in their order; none of one that does not run. What is due at once has only its end. */
export function remindersOf({ end, from, met, waived }: Pick<Clock, 'end' | 'from' | 'met' | 'waived'>): readonly Reminder[] {
  if (end === null || from === null || met !== null || waived !== null) return [];
  const length = Math.max(0, end - from);
  if (length === 0) return [{ mark: 'over', at: end }];
  return [
    { mark: 'third', at: end - Math.floor(length / 3) },
    { mark: 'last', at: end - Math.floor(length / 12) },
    { mark: 'over', at: end },
  ];
}
