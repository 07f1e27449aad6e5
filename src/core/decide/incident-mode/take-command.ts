import type {
  Clock,
  ClockEnd,
  DeclaredIncident,
  IncidentChange,
  IncidentCommand,
  IncidentEvent,
  Moments,
  RunningObligation,
} from '../../model/declared-incident.ts';
import type { TimeZones } from '../../model/time-zones.ts';
import { closingConditions, type StillGoing } from './closing.ts';
import { deadline } from './deadline.ts';

/** Why a command was not taken. */
export interface Refusal {
  readonly refused: 'state' | 'commander' | 'unknown' | 'taken' | 'over' | 'empty' | 'time' | 'conditions' | 'renewed' | 'many' | 'same';
  /** One sentence for people. */
  readonly says: string;
}

/** Who commands, when, and what has to be known for it. */
export interface Given {
  readonly by: string;
  readonly at: number;
  readonly zones: TimeZones;
  readonly going: StillGoing;
}

/** What every declared incident is to reach, unless the commander gives it up. */
const standing = [
  'The intruder cannot act any more, with these credentials or with what they made.',
  'It is known what was taken, changed and destroyed.',
  'What was changed is taken back, or somebody has accepted it.',
] as const;

/** So many of a kind are kept: more is no incident but a flood. */
const most = 500;
/** Longer ago than this nothing is reported any more. */
const oldest = 366 * 86_400_000;

/**
 * What a command makes of a declared incident (null: of none): an event, or why not. A pure function; commands come one after another, and
 * each finds what those before it left.
 */
export function takeCommand(
  incident: DeclaredIncident | null,
  command: IncidentCommand,
  given: Given,
): { readonly event: IncidentEvent } | Refusal {
  const change = incident === null ? begin(command) : changeOf(incident, command, given);
  if ('refused' in change) return change;
  // A clock that is behind, here or on another machine, does not turn the order around.
  return { event: { n: (incident?.version ?? 0) + 1, at: Math.max(given.at, incident?.lastAt ?? given.at), by: given.by, ...change } };
}

const refuse = (refused: Refusal['refused'], says: string): Refusal => ({ refused, says });

function begin(command: IncidentCommand): IncidentChange | Refusal {
  if (command.do !== 'propose' && command.do !== 'declare') return refuse('unknown', 'There is no such declared incident.');
  const { title, severity, incidents } = command;
  if (title.trim() === '') return refuse('empty', 'It needs a title.');
  if (command.do === 'propose') return { type: 'proposed', title, severity, incidents };
  if (command.commander.trim() === '') return refuse('empty', 'It needs a commander.');
  return { type: 'declared', title, severity, incidents, commander: command.commander, objectives: standing };
}

/** What can still be done when it is closed: its clocks run on, and what follows is told and learnt. */
const afterwards: ReadonlySet<IncidentCommand['do']> = new Set(['meet', 'waive', 'keep', 'set-moment', 'say', 'tell', 'learn', 'review']);
const commanders: ReadonlySet<IncidentCommand['do']> = new Set([
  'close',
  'contain',
  'uncontain',
  'aim',
  'reach',
  'give-up',
  'attach',
  'detach',
  'waive',
]);

function changeOf(incident: DeclaredIncident, command: IncidentCommand, given: Given): IncidentChange | Refusal {
  if (incident.state !== 'open' && incident.state !== 'closed') return ofProposal(incident, command);
  if (command.do === 'declare' || command.do === 'propose') return refuse('same', 'It is declared already.');
  if (command.do === 'dismiss' || command.do === 'lapse') return refuse('state', 'It is declared: it is closed, and not dismissed.');
  if (incident.state === 'closed' && !afterwards.has(command.do)) return refuse('state', 'It is closed.');
  if (commanders.has(command.do) && given.by !== incident.commander)
    return refuse('commander', `Only the commander does this: ${incident.commander}.`);
  switch (command.do) {
    case 'join':
      return isIn(incident, given.by) ? refuse('same', 'You are in it already.') : { type: 'joined' };
    case 'leave':
      if (given.by === incident.commander) return refuse('commander', 'The commander hands over first.');
      return isIn(incident, given.by) ? { type: 'left' } : refuse('same', 'You are not in it.');
    case 'hand-over':
      return handOver(incident, command, given.by);
    case 'attach':
      if (incident.incidents.includes(command.incident)) return refuse('same', 'It is about that already.');
      if (incident.incidents.length >= most) return refuse('many', 'It is about too many incidents.');
      return { type: 'attached', incident: command.incident, note: command.note };
    case 'detach':
      if (!incident.incidents.includes(command.incident)) return refuse('unknown', 'It is not about that.');
      return command.note.trim() === '' ? noWhy : { type: 'detached', incident: command.incident, note: command.note };
    case 'aim':
    case 'reach':
    case 'give-up':
      return ofObjective(incident, command);
    case 'add-task':
    case 'claim':
    case 'release':
    case 'finish':
    case 'drop':
      return ofTask(incident, command, given.by);
    case 'say':
      return command.text.trim() === '' ? refuse('empty', 'Say something.') : { type: 'said', text: command.text };
    case 'tell':
      if (command.text.trim() === '' || command.audience.trim() === '') return refuse('empty', 'Say whom, and what.');
      if (command.means.trim() === '') return refuse('empty', 'Say how: by a channel, by phone, in person.');
      return { type: 'told', audience: command.audience, text: command.text, means: command.means, addresses: command.addresses };
    case 'start-clocks':
    case 'set-moment':
    case 'meet':
    case 'waive':
    case 'keep':
      return ofClock(incident, command, given);
    case 'contain':
      return incident.contained === null ? { type: 'contained', note: command.note } : refuse('same', 'It is contained already.');
    case 'uncontain':
      if (incident.contained === null) return refuse('same', 'Nobody has said that it is contained.');
      return command.note.trim() === '' ? noWhy : { type: 'not-contained', note: command.note };
    case 'learn':
      if (command.text.trim() === '') return refuse('empty', 'Say what is to be done about it.');
      if (incident.lessons.length >= most) return refuse('many', 'There are too many lessons.');
      return { type: 'lesson', text: command.text, addresses: command.addresses };
    case 'review':
      return { type: 'reviewed', document: command.document };
    case 'close':
      return close(incident, command, given.going);
    default:
      return command satisfies never;
  }
}

const noWhy = refuse('empty', 'Say why.');

function ofProposal({ state, title, severity, incidents }: DeclaredIncident, command: IncidentCommand): IncidentChange | Refusal {
  switch (command.do) {
    case 'declare': {
      const named = command.title.trim() === '' ? title : command.title;
      const about = [...new Set([...incidents, ...command.incidents])];
      if (command.commander.trim() === '') return refuse('empty', 'It needs a commander.');
      return {
        type: 'declared',
        title: named,
        severity: command.severity ?? severity,
        incidents: about,
        commander: command.commander,
        objectives: standing,
      };
    }
    case 'dismiss':
      if (state !== 'proposed') return refuse('state', `It is ${state}.`);
      return command.note.trim() === '' ? noWhy : { type: 'dismissed', note: command.note };
    case 'lapse':
      return state === 'proposed' ? { type: 'lapsed' } : refuse('state', `It is ${state}.`);
    case 'propose':
      return state === 'lapsed'
        ? { type: 'proposed', title: command.title, severity: command.severity, incidents: command.incidents }
        : refuse('same', `It is ${state}.`);
    default:
      return refuse('state', 'It has not been declared.');
  }
}

function isIn({ responders }: DeclaredIncident, person: string): boolean {
  return responders.some((one) => one.person === person && one.leftAt === null);
}

/** The commander gives the command to somebody; whoever is in it takes it, and says why, since a commander may be gone. */
function handOver(
  incident: DeclaredIncident,
  { to, note }: Extract<IncidentCommand, { do: 'hand-over' }>,
  by: string,
): IncidentChange | Refusal {
  if (to.trim() === '') return refuse('empty', 'Say to whom.');
  if (to === incident.commander) return refuse('same', `${to} commands already.`);
  if (by !== incident.commander) {
    if (to !== by)
      return refuse('commander', `Only the commander gives it to somebody else: ${incident.commander}. You can take it yourself.`);
    if (!isIn(incident, by)) return refuse('commander', 'Join it first.');
    if (note.trim() === '') return refuse('empty', 'Say why you take it.');
  }
  return { type: 'handed-over', to, note };
}

function ofObjective(
  { objectives }: DeclaredIncident,
  command: Extract<IncidentCommand, { do: 'aim' | 'reach' | 'give-up' }>,
): IncidentChange | Refusal {
  if (command.do === 'aim') {
    if (command.text.trim() === '') return refuse('empty', 'Say what is to be reached.');
    return objectives.length >= most ? refuse('many', 'There are too many objectives.') : { type: 'objective-set', text: command.text };
  }
  const one = objectives.find(({ id }) => id === command.objective);
  if (one === undefined) return refuse('unknown', 'There is no such objective.');
  if (one.state !== 'open') return refuse('over', `It is ${one.state}.`);
  if (command.do === 'reach') return { type: 'objective-reached', objective: one.id, note: command.note };
  return command.note.trim() === '' ? noWhy : { type: 'objective-given-up', objective: one.id, note: command.note };
}

function ofTask(
  { tasks, commander }: DeclaredIncident,
  command: Extract<IncidentCommand, { do: 'add-task' | 'claim' | 'release' | 'finish' | 'drop' }>,
  by: string,
): IncidentChange | Refusal {
  if (command.do === 'add-task') {
    const { text, draft, path } = command;
    if (text.trim() === '') return refuse('empty', 'Say what is to be done.');
    if (tasks.length >= most) return refuse('many', 'There are too many tasks.');
    if (draft !== null && tasks.some((task) => task.draft === draft)) return refuse('same', 'It is a task already.');
    return { type: 'task-added', text, draft, path };
  }
  const task = tasks.find(({ id }) => id === command.task);
  if (task === undefined) return refuse('unknown', 'There is no such task.');
  if (task.state !== 'open') return refuse('over', `It is ${task.state}.`);
  const isOthers = task.claimer !== null && task.claimer !== by;
  switch (command.do) {
    case 'claim':
      if (task.claimer === by) return refuse('same', 'It is yours already.');
      return isOthers ? refuse('taken', `${task.claimer} has it.`) : { type: 'task-claimed', task: task.id };
    case 'release':
      if (task.claimer === null) return refuse('same', 'Nobody has it.');
      return isOthers && by !== commander ? refuse('taken', `${task.claimer} has it.`) : { type: 'task-released', task: task.id };
    case 'finish':
    case 'drop':
      if (isOthers && by !== commander) return refuse('taken', `${task.claimer} has it.`);
      if (command.do === 'finish') return { type: 'task-done', task: task.id, note: command.note };
      return command.note.trim() === '' ? noWhy : { type: 'task-dropped', task: task.id, note: command.note };
    default:
      return command satisfies never;
  }
}

function ofClock(
  { duties }: DeclaredIncident,
  command: Extract<IncidentCommand, { do: 'start-clocks' | 'set-moment' | 'meet' | 'waive' | 'keep' }>,
  { at, zones }: Given,
): IncidentChange | Refusal {
  const badTime = (time: number) =>
    !Number.isSafeInteger(time) || time > at
      ? refuse('time', 'That is still to come.')
      : time < at - oldest
        ? refuse('time', 'That is more than a year ago.')
        : null;
  if (command.do === 'start-clocks') {
    const { obligation, moments } = command;
    if (duties.some((one) => one.obligation.id === obligation.id)) return refuse('same', 'Its clocks run already; set a moment instead.');
    if (duties.length >= most) return refuse('many', 'There are too many clocks.');
    const known = momentsOf(obligation);
    const times = Object.entries(moments);
    if (times.length === 0) return refuse('empty', `Say from when it runs: ${[...known].join(' or ')}.`);
    const stray = times.find(([moment]) => !known.has(moment));
    if (stray !== undefined) return refuse('unknown', `It runs from ${[...known].join(' or ')}, and not from ${stray[0]}.`);
    const bad = times.map(([, time]) => badTime(time)).find((one) => one !== null);
    return bad ?? { type: 'clocks-started', obligation, moments, ends: endsOf(obligation, moments, zones) };
  }
  if (command.do === 'set-moment') {
    const running = duties.find(({ obligation }) => obligation.id === command.obligation);
    if (running === undefined) return refuse('unknown', 'Its clocks were not started.');
    const known = momentsOf(running.obligation);
    if (!known.has(command.moment)) return refuse('unknown', `It runs from ${[...known].join(' or ')}.`);
    const { obligation, moment, time } = command;
    const moments = { ...running.moments, [moment]: time };
    return badTime(time) ?? { type: 'moment-set', obligation, moment, time, ends: endsOf(running.obligation, moments, zones) };
  }
  const found = clockOf(duties, command.clock);
  if (found === null) return refuse('unknown', 'There is no such clock.');
  const { running, clock } = found;
  if (clock.met !== null || clock.waived !== null) return refuse('over', clock.met !== null ? 'It was met.' : 'It does not apply.');
  switch (command.do) {
    case 'meet': {
      const { note } = command;
      const time = command.time ?? at;
      const moments = { ...running.moments, [`met:${clock.duty}`]: time };
      if (note.trim() === '') return refuse('empty', 'Say to whom it was reported, and under which number.');
      return badTime(time) ?? { type: 'clock-met', clock: clock.id, time, note, ends: endsOf(running.obligation, moments, zones) };
    }
    case 'waive':
      return command.note.trim() === '' ? noWhy : { type: 'clock-waived', clock: clock.id, note: command.note };
    case 'keep':
      if (command.keeper.trim() === '') return refuse('empty', 'Say who keeps it.');
      if (command.keeper === clock.keeper) return refuse('same', `${clock.keeper} keeps it already.`);
      return { type: 'clock-kept', clock: clock.id, keeper: command.keeper };
    default:
      return command satisfies never;
  }
}

function clockOf(duties: DeclaredIncident['duties'], id: string): { readonly running: RunningObligation; readonly clock: Clock } | null {
  for (const running of duties) for (const clock of running.clocks) if (clock.id === id) return { running, clock };
  return null;
}

/** The moments that people say, and not those that follow from a duty that was done. */
function momentsOf({ duties }: RunningObligation['obligation']): ReadonlySet<string> {
  return new Set(duties.flatMap(({ ends }) => ends.map(({ from }) => from)).filter((from) => !from.startsWith('met:')));
}

function endsOf(obligation: RunningObligation['obligation'], moments: Moments, zones: TimeZones): readonly ClockEnd[] {
  return obligation.duties.map((duty) => {
    const until = deadline(duty, moments, obligation.calendar, zones);
    return { clock: `${obligation.id}/${duty.id}`, end: until?.end ?? null, from: until?.from ?? null };
  });
}

function close(
  incident: DeclaredIncident,
  { note, of }: Extract<IncidentCommand, { do: 'close' }>,
  going: StillGoing,
): IncidentChange | Refusal {
  if (of !== incident.version) return refuse('renewed', 'More has happened since you read it. Look again, then sign.');
  if (note.trim() === '') return refuse('empty', 'Say why it is over: that is what you sign.');
  const missing = closingConditions(incident, going).filter(({ met }) => !met);
  if (missing.length > 0) return refuse('conditions', missing.map(({ says }) => says).join(' '));
  return { type: 'closed', note, of };
}
