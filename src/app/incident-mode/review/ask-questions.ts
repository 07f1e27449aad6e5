import type { DeclaredIncident, IncidentEvent } from '../../../core/model/declared-incident.ts';
import type { Chronicle } from '../chronicle.ts';
import { clockTitle } from '../event-words.ts';
import type { Cost, Moments } from './measure-incident.ts';
import { span } from './span.ts';

/** What to talk about, drafted from what is stored: questions, since only people can answer them. */
export interface Questions {
  readonly well: readonly string[];
  readonly badly: readonly string[];
}

const minute = 60_000;
/** Slower than this is asked about. */
const slow = { detected: 10 * minute, acted: 15 * minute, taken: 5 * minute, contained: 60 * minute } as const;
const most = 12;

export function askQuestions(
  incident: DeclaredIncident,
  events: readonly IncidentEvent[],
  { actions, findings, judgements }: Chronicle,
  at: Moments,
  cost: Cost,
): Questions {
  const well: string[] = [];
  const badly: string[] = [];
  const took = (from: number | null, to: number | null) => (from === null || to === null || to < from ? null : to - from);
  const timed = (length: number | null, limit: number, good: (text: string) => string, bad: (text: string) => string): void => {
    if (length === null) return;
    if (length > limit) badly.push(bad(span(length)));
    else well.push(good(span(length)));
  };
  timed(
    took(at.began, at.detected),
    slow.detected,
    (text) => `It was found ${text} after the first event. Which log and which rule made that possible?`,
    (text) => `It was found ${text} after the first event. Which log, rule or delivery would have told sooner?`,
  );
  timed(
    took(at.began, at.acted),
    slow.acted,
    (text) => `The first action was seen to hold ${text} after the first event. Would it have been so in every account?`,
    (text) =>
      `The first action was seen to hold ${text} after the first event. What held it back: arming, a question, evidence, a permission?`,
  );
  timed(
    took(at.called, at.taken),
    slow.taken,
    (text) => `The page was taken after ${text}. Did it say what was needed?`,
    (text) => `The page was taken after ${text}. Who was called, and why did nobody take it before?`,
  );
  timed(
    took(at.declared, at.contained),
    slow.contained,
    (text) => `It was called contained ${text} after it was declared. What did that rest on?`,
    (text) => `It was called contained ${text} after it was declared. What took the time?`,
  );
  if (at.acted === null && actions.length === 0)
    badly.push('Automation did nothing about it. Which playbook was missing, not armed, or without a target?');
  for (const { playbook, state } of actions)
    if (state === 'failed' || state === 'unverified' || state === 'undo-failed')
      badly.push(`The playbook ${playbook} ended as ${state}. Why, and where else would it?`);
  const undone = actions.filter(({ state }) => state === 'undone').length;
  if (undone > 0) badly.push(`${count(undone, 'action was', 'actions were')} taken back. Should it have been done at all, or asked first?`);
  const open = findings.filter(({ state }) => state === 'open').length;
  if (open > 0) badly.push(`${count(open, 'finding is', 'findings are')} still open. What is to become of ${open === 1 ? 'it' : 'them'}?`);
  if (judgements.length > 2) badly.push(`${judgements.length} questions were asked. Which of them should automation have answered itself?`);
  const late = incident.duties.flatMap(({ clocks }) => clocks).filter(({ met, end }) => met !== null && end !== null && met.time > end);
  for (const { id } of late)
    badly.push(`${clockTitle(incident, id)} was met late. What kept it, and what is to be told to whom about that?`);
  const inTime = incident.duties
    .flatMap(({ clocks }) => clocks)
    .filter(({ met, end }) => met !== null && (end === null || met.time <= end));
  if (inTime.length > 0)
    well.push(`${count(inTime.length, 'clock was', 'clocks were')} met in time. Was what was reported right, as is known now?`);
  if (incident.duties.length === 0) badly.push('No clock was started. Who made sure that no law and no contract asked for a report?');
  const handed = events.filter(({ type }) => type === 'handed-over').length;
  if (handed > 1) badly.push(`The command changed hands ${handed} times. Did each commander know what the one before knew?`);
  if (cost.undelivered > 0)
    badly.push(`${count(cost.undelivered, 'message', 'messages')} to others may not have arrived. Who was not told?`);
  if (!events.some(({ type }) => type === 'told')) badly.push('Nobody outside was told. Who would have had to know, and when?');
  const given = incident.objectives.filter(({ state }) => state === 'given-up');
  for (const { text } of given) badly.push(`This was given up: ${text} What would have made it possible?`);
  const dropped = incident.tasks.filter(({ state }) => state === 'dropped').length;
  if (dropped > 0) badly.push(`${count(dropped, 'task was', 'tasks were')} dropped. Is any of them still to be done?`);
  if (events.some(({ type }) => type === 'not-contained')) badly.push('It was called contained, and was not. What was overlooked?');
  return {
    well: [...well.slice(0, most), 'What else went well, and what of it was luck?'],
    badly: [...badly.slice(0, most), 'What surprised those who were there?', 'What would have made it worse, and was not checked?'],
  };
}

function count(n: number, one: string, many: string): string {
  return n === 1 ? `One ${one}` : `${n} ${many}`;
}
