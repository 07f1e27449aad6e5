import type { DeclaredIncident, IncidentEvent } from '../../core/model/declared-incident.ts';

/** What happened, in a sentence without its subject: `took the task t1: look at the bucket`. `incident`: as it is now. */
export function eventWords(event: IncidentEvent, incident: DeclaredIncident): string {
  const task = (id: string) => `${id}, ${incident.tasks.find((one) => one.id === id)?.text ?? ''}`;
  const objective = (id: string) => `${id}, ${incident.objectives.find((one) => one.id === id)?.text ?? ''}`;
  const why = (note: string) => (note === '' ? '' : `: ${note}`);
  switch (event.type) {
    case 'proposed':
      return `proposed to declare it: ${event.title}`;
    case 'declared':
      return event.commander === event.by
        ? `declared it, and commands: ${event.title}`
        : `declared it, and ${event.commander} commands: ${event.title}`;
    case 'dismissed':
      return `dismissed it${why(event.note)}`;
    case 'lapsed':
      return 'took the proposal back: what it was about is over, or part of another';
    case 'joined':
      return 'joined';
    case 'left':
      return 'left';
    case 'handed-over':
      return event.to === event.by ? `took the command${why(event.note)}` : `handed the command over to ${event.to}${why(event.note)}`;
    case 'attached':
      return `said that the incident ${event.incident.slice(0, 8)} belongs to it${why(event.note)}`;
    case 'detached':
      return `said that the incident ${event.incident.slice(0, 8)} does not belong to it${why(event.note)}`;
    case 'objective-set':
      return `set an objective: ${event.text}`;
    case 'objective-reached':
      return `called reached: ${objective(event.objective)}${why(event.note)}`;
    case 'objective-given-up':
      return `gave up: ${objective(event.objective)}${why(event.note)}`;
    case 'task-added':
      return `added a task: ${event.text}`;
    case 'task-claimed':
      return `took the task ${task(event.task)}`;
    case 'task-released':
      return `let go of the task ${task(event.task)}`;
    case 'task-done':
      return `did the task ${task(event.task)}${why(event.note)}`;
    case 'task-dropped':
      return `dropped the task ${task(event.task)}${why(event.note)}`;
    case 'said':
      return `said: ${event.text}`;
    case 'told':
      return `told ${event.audience} (${event.means}): ${event.text}`;
    case 'clocks-started':
      return `started the clocks of ${event.obligation.title}`;
    case 'moment-set':
      return `said when it was ${event.moment}, for ${titleOf(incident, event.obligation)}: ${utc(event.time)}`;
    case 'clock-met':
      return `called met: ${clockTitle(incident, event.clock)}, at ${utc(event.time)}${why(event.note)}`;
    case 'clock-waived':
      return `said that it does not apply: ${clockTitle(incident, event.clock)}${why(event.note)}`;
    case 'clock-kept':
      return `gave to ${event.keeper}: ${clockTitle(incident, event.clock)}`;
    case 'contained':
      return `called it contained${why(event.note)}`;
    case 'not-contained':
      return `called it contained no more${why(event.note)}`;
    case 'lesson':
      return `noted a lesson: ${event.text}`;
    case 'reviewed':
      return 'drafted the review';
    case 'closed':
      return `closed and signed it${why(event.note)}`;
    default:
      return event satisfies never;
  }
}

export function clockTitle(incident: DeclaredIncident, id: string): string {
  for (const { obligation } of incident.duties)
    for (const { id: duty, what } of obligation.duties) if (`${obligation.id}/${duty}` === id) return `${obligation.title}, ${what}`;
  return id;
}

function titleOf({ duties }: DeclaredIncident, id: string): string {
  return duties.find(({ obligation }) => obligation.id === id)?.obligation.title ?? id;
}

/** `2026-03-01 02:00Z`. */
export function utc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
