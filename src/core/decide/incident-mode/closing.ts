import type { DeclaredIncident } from '../../model/declared-incident.ts';

/** What of the incidents that it is about still goes on, as the store knows it. */
export interface StillGoing {
  /** Findings of High or above that nobody and nothing has taken in hand. */
  readonly findings: number;
  /** Actions that wait for a worker, run, or are being undone. */
  readonly actions: number;
}

/** One of the things that have to be so before it is closed. */
export interface Condition {
  readonly id: 'contained' | 'findings' | 'actions' | 'objectives' | 'tasks' | 'clocks';
  readonly met: boolean;
  readonly says: string;
}

/** What has to be so before a declared incident is closed; that somebody signs is the closing itself. */
export function closingConditions(incident: DeclaredIncident, { findings, actions }: StillGoing): readonly Condition[] {
  const objectives = incident.objectives.filter(({ state }) => state === 'open');
  const tasks = incident.tasks.filter(({ state }) => state === 'open');
  const unkept = incident.duties
    .flatMap(({ clocks }) => clocks)
    .filter(({ met, waived, keeper }) => met === null && waived === null && keeper === null);
  const condition = (id: Condition['id'], met: boolean, yes: string, no: string): Condition => ({ id, met, says: met ? yes : no });
  return [
    condition(
      'contained',
      incident.contained !== null,
      'The commander has said that it is contained.',
      'Nobody has said that it is contained.',
    ),
    condition(
      'findings',
      findings === 0,
      'No finding of High or above is open.',
      `${findings === 1 ? 'One finding' : `${findings} findings`} of High or above ${findings === 1 ? 'is' : 'are'} open.`,
    ),
    condition(
      'actions',
      actions === 0,
      'No action is under way.',
      `${actions === 1 ? 'One action is' : `${actions} actions are`} under way.`,
    ),
    condition(
      'objectives',
      objectives.length === 0,
      'Every objective is reached or given up.',
      `Open objectives: ${objectives.map(({ id }) => id).join(', ')}.`,
    ),
    condition('tasks', tasks.length === 0, 'Every task is done or dropped.', `Open tasks: ${tasks.map(({ id }) => id).join(', ')}.`),
    condition(
      'clocks',
      unkept.length === 0,
      'Every clock is met, does not apply, or has somebody who keeps it.',
      `Nobody keeps ${unkept.map(({ id }) => id).join(', ')}.`,
    ),
  ];
}
