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

/** The reminder that holds now: the latest whose time has come. Who starts a clock late is not reminded of what is past. */
export function reminderAt(clock: Parameters<typeof remindersOf>[0], now: number): Reminder | null {
  return remindersOf(clock).findLast(({ at }) => at <= now) ?? null;
}

/** When somebody has to look at these clocks: at the next reminder, or now where one is near its end or over; null for none that runs. */
export function nextLook(clocks: readonly Parameters<typeof remindersOf>[0][], now: number): number | null {
  const times = clocks.flatMap((clock) => {
    const reminders = remindersOf(clock);
    const pressing = reminders.find(({ mark, at }) => mark !== 'third' && at <= now);
    return pressing === undefined ? (reminders.find(({ at }) => at > now) ?? []) : pressing;
  });
  return times.length === 0 ? null : Math.min(...times.map(({ at }) => at));
}
