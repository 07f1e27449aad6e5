import type {
  Clock,
  ClockEnd,
  DeclaredIncident,
  IncidentEvent,
  Objective,
  RunningObligation,
  Task,
} from '../../model/declared-incident.ts';
import { InvariantError } from '../../model/errors.ts';

/** Who the machine is, among persons. */
export const automation = 'automation';

/** What a declared incident is after an event; of none, its first. Throws InvariantError for an event that does not follow. */
export function applyEvent(before: DeclaredIncident | null, id: string, event: IncidentEvent): DeclaredIncident {
  if (event.n !== (before?.version ?? 0) + 1) throw new InvariantError(`event ${event.n} of the declared incident ${id} does not follow`);
  const changed = changedBy(before, id, event);
  return { ...withResponder(changed, event), version: event.n, lastAt: Math.max(event.at, before?.lastAt ?? event.at) };
}

/** All events in their order. */
export function foldEvents(id: string, events: readonly IncidentEvent[]): DeclaredIncident | null {
  return events.reduce<DeclaredIncident | null>((incident, event) => applyEvent(incident, id, event), null);
}

function changedBy(before: DeclaredIncident | null, id: string, event: IncidentEvent): DeclaredIncident {
  const { at, by } = event;
  if (event.type === 'proposed' || event.type === 'declared') {
    const { title, severity, incidents } = event;
    const base = { ...(before ?? empty(id)), title, severity, incidents };
    if (event.type === 'proposed') return { ...base, state: 'proposed' };
    const objectives = event.objectives.map((text, i) => objective(i, text));
    return { ...base, state: 'open', commander: event.commander, declaredAt: at, objectives };
  }
  if (before === null) throw new InvariantError(`the declared incident ${id} begins with ${event.type}`);
  switch (event.type) {
    case 'dismissed':
      return { ...before, state: 'dismissed' };
    case 'lapsed':
      return { ...before, state: 'lapsed' };
    case 'joined':
    case 'said':
    case 'told':
    case 'reviewed':
      return before;
    case 'left':
      return {
        ...before,
        responders: before.responders.map((one) => (one.person === by ? { ...one, leftAt: at } : one)),
        // What nobody works on is nobody's.
        tasks: before.tasks.map((task) => (task.state === 'open' && task.claimer === by ? { ...task, claimer: null } : task)),
      };
    case 'handed-over':
      return { ...before, commander: event.to };
    case 'attached':
      return { ...before, incidents: [...before.incidents, event.incident] };
    case 'detached':
      return { ...before, incidents: before.incidents.filter((one) => one !== event.incident) };
    case 'objective-set':
      return { ...before, objectives: [...before.objectives, objective(before.objectives.length, event.text)] };
    case 'objective-reached':
    case 'objective-given-up': {
      const state = event.type === 'objective-reached' ? 'reached' : 'given-up';
      const ended = { at, by, note: event.note };
      return {
        ...before,
        objectives: before.objectives.map((one) => (one.id === event.objective ? { ...one, state, ended } : one)),
      };
    }
    case 'task-added': {
      const { text, draft, path } = event;
      const task: Task = { id: `t${before.tasks.length + 1}`, text, draft, path, state: 'open', claimer: null, ended: null };
      return { ...before, tasks: [...before.tasks, task] };
    }
    case 'task-claimed':
      return withTask(before, event.task, (task) => ({ ...task, claimer: by }));
    case 'task-released':
      return withTask(before, event.task, (task) => ({ ...task, claimer: null }));
    case 'task-done':
    case 'task-dropped': {
      const state = event.type === 'task-done' ? 'done' : 'dropped';
      // Who does a task that nobody has, has it.
      const claimer = (task: Task) => task.claimer ?? (state === 'done' ? by : null);
      return withTask(before, event.task, (task) => ({ ...task, state, claimer: claimer(task), ended: { at, by, note: event.note } }));
    }
    case 'clocks-started': {
      const { obligation, moments, ends } = event;
      const clocks = obligation.duties.map(
        ({ id: duty }): Clock => ({
          id: `${obligation.id}/${duty}`,
          duty,
          end: null,
          from: null,
          keeper: null,
          met: null,
          waived: null,
        }),
      );
      return { ...before, duties: [...before.duties, withEnds({ obligation, moments, clocks }, ends)] };
    }
    case 'moment-set':
      return {
        ...before,
        duties: before.duties.map((one) =>
          one.obligation.id === event.obligation
            ? withEnds({ ...one, moments: { ...one.moments, [event.moment]: event.time } }, event.ends)
            : one,
        ),
      };
    case 'clock-met': {
      const met = { at, by, note: event.note, time: event.time };
      return withClock(before, event.clock, (clock) => ({ ...clock, met }), event.ends, event.time);
    }
    case 'clock-waived':
      return withClock(before, event.clock, (clock) => ({ ...clock, waived: { at, by, note: event.note } }));
    case 'clock-kept':
      return withClock(before, event.clock, (clock) => ({ ...clock, keeper: event.keeper }));
    case 'contained':
      return { ...before, contained: { at, by, note: event.note } };
    case 'not-contained':
      return { ...before, contained: null };
    case 'lesson': {
      const lesson = { id: `l${before.lessons.length + 1}`, text: event.text, by, tickets: event.addresses };
      return { ...before, lessons: [...before.lessons, lesson] };
    }
    case 'closed':
      return { ...before, state: 'closed', closed: { at, by, note: event.note, of: event.of } };
    default:
      return event satisfies never;
  }
}

function empty(id: string): DeclaredIncident {
  return {
    format: 'jobzero.declared-incident/1',
    id,
    state: 'proposed',
    title: '',
    severity: 'Critical',
    incidents: [],
    commander: null,
    responders: [],
    objectives: [],
    tasks: [],
    duties: [],
    contained: null,
    lessons: [],
    declaredAt: null,
    closed: null,
    version: 0,
    lastAt: 0,
  };
}

function objective(before: number, text: string): Objective {
  return { id: `o${before + 1}`, text, state: 'open', ended: null };
}

const outside: ReadonlySet<IncidentEvent['type']> = new Set(['left', 'proposed', 'dismissed', 'lapsed', 'reviewed']);

/** Whoever does something in it is in it, the commander too. */
function withResponder(incident: DeclaredIncident, { type, by, at }: IncidentEvent): DeclaredIncident {
  if (outside.has(type)) return incident;
  return [by, incident.commander]
    .filter((person): person is string => person !== null && person !== automation)
    .reduce((all, person) => withPerson(all, person, at), incident);
}

function withPerson(incident: DeclaredIncident, person: string, at: number): DeclaredIncident {
  const known = incident.responders.find((one) => one.person === person);
  if (known?.leftAt === null) return incident;
  const responders =
    known === undefined
      ? [...incident.responders, { person, joinedAt: at, leftAt: null }]
      : incident.responders.map((one) => (one === known ? { ...one, leftAt: null } : one));
  return { ...incident, responders };
}

function withTask(incident: DeclaredIncident, id: string, change: (task: Task) => Task): DeclaredIncident {
  return { ...incident, tasks: incident.tasks.map((task) => (task.id === id ? change(task) : task)) };
}

function withClock(
  incident: DeclaredIncident,
  id: string,
  change: (clock: Clock) => Clock,
  ends: readonly ClockEnd[] = [],
  met: number | null = null,
): DeclaredIncident {
  return {
    ...incident,
    duties: incident.duties.map((one) => {
      const clock = one.clocks.find((known) => known.id === id);
      if (clock === undefined) return one;
      const moments = met === null ? one.moments : { ...one.moments, [`met:${clock.duty}`]: met };
      return withEnds({ ...one, moments, clocks: one.clocks.map((known) => (known === clock ? change(known) : known)) }, ends);
    }),
  };
}

/** What was met or does not apply keeps its end. */
function withEnds(running: RunningObligation, ends: readonly ClockEnd[]): RunningObligation {
  return {
    ...running,
    clocks: running.clocks.map((clock) => {
      const next = ends.find((one) => one.clock === clock.id);
      if (next === undefined || clock.met !== null || clock.waived !== null) return clock;
      return { ...clock, end: next.end, from: next.from };
    }),
  };
}
