import { listActions } from '../../app/console/list-actions.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import type { ActionState } from '../../core/model/plan.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showTime } from '../show.ts';
import { table } from '../table.ts';

export interface ActionsOptions {
  readonly state?: string;
  readonly format: PlainFormat;
  readonly limit: number;
}

export const actionStates: readonly ActionState[] = [
  'planned',
  'running',
  'verified',
  'unverified',
  'failed',
  'refused',
  'dry-run',
  'undoing',
  'undone',
  'undo-asks',
  'undo-failed',
];

export async function actions(io: Io, wires: Wires, options: ActionsOptions): Promise<ExitCode> {
  const state = actionStates.find((known) => known === options.state);
  if (options.state !== undefined && state === undefined) throw new InputError(`the states are ${actionStates.join(', ')}`, options.state);
  const views = await wires.withConsole((deps) => listActions(deps, { ...(state === undefined ? {} : { state }), limit: options.limit }));
  const { colours, columns } = io.out;
  if (options.format === 'json') await printJson(io, views);
  else if (views.length > 0) {
    await io.out.write(
      table(
        [
          { title: 'ACTION' },
          { title: 'PLANNED' },
          { title: 'STATE' },
          { title: 'BY' },
          { title: 'WHAT', flexible: true },
          { title: 'FINDING' },
        ],
        views.map(({ action, title }) => [
          { text: shortId(action.id) },
          { text: showTime(action.plannedAt) },
          { text: action.state, paint: statePaint(action.state, colours) },
          { text: printable(action.by) },
          { text: printable(`${title}: ${action.target.uid}`) },
          { text: shortId(action.finding), paint: colours.dim },
        ]),
        columns,
        colours.dim,
      ),
    );
  }
  await io.out.flush();
  await io.err.write(`${plural(views.length, 'action')}\n`);
  return exitCodes.ok.code;
}

export function statePaint(state: ActionState, colours: Io['out']['colours']): (text: string) => string {
  if (state === 'verified' || state === 'undone') return colours.green;
  if (state === 'failed' || state === 'undo-failed' || state === 'unverified') return colours.red;
  if (state === 'undo-asks' || state === 'refused') return colours.yellow;
  return (text) => text;
}
