import { reminderAt } from '../../core/decide/incident-mode/reminders.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { Tx } from '../../core/ports/store.ts';
import { declaredKind, declaredOf } from './declared.ts';
import { clockTitle, utc } from './event-words.ts';
import { pathOf } from './send-what-was-said.ts';

/** A clock that ends soon, or has ended, and was not met: somebody has to take it. */
export interface PressingClock {
  /** Of the incident, the clock, its end, and whether that is past: what changes is another. */
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  readonly path: string;
  readonly since: number;
}

const most = 200;

/** The clocks of declared incidents, closed ones too, of which a twelfth of the time is left or nothing. */
export async function pressingClocks(tx: Pick<Tx, 'items'>, now: number): Promise<readonly PressingClock[]> {
  const due = await tx.items.list({ kind: declaredKind, state: ['open', 'closed'], dueBy: now, limit: most });
  return due.map(declaredOf).flatMap((incident) =>
    incident.duties
      .flatMap(({ clocks }) => clocks)
      .flatMap((clock) => {
        const reminder = reminderAt(clock, now);
        if (reminder === null || reminder.mark === 'third' || clock.end === null) return [];
        const { mark, at } = reminder;
        const title = clockTitle(incident, clock.id);
        const keeper = clock.keeper ?? incident.commander ?? '';
        return [
          {
            id: `${incident.id}/${clock.id}/${clock.end}/${mark}`,
            severity: 'High' as const,
            title: mark === 'over' ? `A clock has ended: ${title}` : `A clock ends at ${utc(clock.end)}: ${title}`,
            text: `It belongs to "${incident.title}", and ${keeper} keeps it. Report, and say that it was met, or that it does not apply.`,
            path: pathOf(incident.id),
            since: at,
          },
        ];
      }),
  );
}
