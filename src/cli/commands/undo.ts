import { setTimeout as pause } from 'node:timers/promises';
import { askUndo } from '../../app/console/ask-undo.ts';
import type { ConsoleDeps } from '../../app/console/console-deps.ts';
import { listActions } from '../../app/console/list-actions.ts';
import { type ActionDetail, readAction } from '../../app/console/read-action.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural } from '../show.ts';
import { statePaint } from './actions.ts';

export interface UndoOptions {
  readonly overwrite?: boolean;
  readonly wait: number;
  readonly as: string;
  readonly format: PlainFormat;
}

export async function undo(io: Io, wires: Wires, typed: string, options: UndoOptions): Promise<ExitCode> {
  return wires.withConsole(async (deps) => {
    const { action } = pickById(await listActions(deps, { limit: 10_000 }), (view) => view.action.id, typed, 'action');
    const asked = await askUndo(deps, action.id, options.as, options.overwrite === true);
    if (asked.outcome !== 'asked') {
      if (options.format === 'json') await printJson(io, asked);
      await io.out.flush();
      await io.err.write(`cannot be undone: ${asked.outcome === 'not-now' ? `the action is ${asked.state}` : asked.outcome}\n`);
      return exitCodes.no.code;
    }
    const more = asked.needed - asked.persons.length;
    if (more > 0) {
      if (options.format === 'json') await printJson(io, asked);
      await io.out.flush();
      await io.err.write(`noted; ${plural(more, 'more person', 'more persons')} must ask for it, since its incident is open\n`);
      return exitCodes.ok.code;
    }
    const detail = await waitFor(deps, action.id, options.wait * 1000);
    if (options.format === 'json') await printJson(io, detail ?? asked);
    else if (detail !== null) await io.out.write(differences(detail));
    await io.out.flush();
    const state = detail?.action.state ?? action.state;
    await io.err.write(`${statePaint(state, io.err.colours)(says(detail, options.wait))}\n`);
    return state === 'undone' || options.wait === 0 ? exitCodes.ok.code : exitCodes.no.code;
  });
}

/** A worker does it. Looks until it is done, or the time is over; null when it was not to wait. */
async function waitFor(deps: ConsoleDeps, id: string, milliseconds: number): Promise<ActionDetail | null> {
  const steps = Math.ceil(milliseconds / 250);
  for (let step = 0; step < steps; step++) {
    await pause(250);
    const detail = await readAction(deps, id);
    if (detail === null || ['undone', 'undo-failed'].includes(detail.action.state)) return detail;
    // The request is taken away when the worker has compared and must ask.
    if (detail.action.state === 'undo-asks' && (detail.undo.requested === null || detail.undo.difference.length > 0)) return detail;
  }
  return milliseconds === 0 ? null : readAction(deps, id);
}

function says(detail: ActionDetail | null, waited: number): string {
  if (detail === null) return 'asked; a worker undoes it';
  const { state, reason } = detail.action;
  if (state === 'undone') return 'undone: the captured state is back';
  if (state === 'undo-asks') return 'somebody has changed it since; --overwrite brings the old state back all the same';
  if (state === 'undo-failed') return `not undone: ${printable(reason)}`;
  return `not undone after ${waited} s: the action is ${state}. Is a worker running (jobzero up)?`;
}

function differences({ undo: { difference } }: ActionDetail): string {
  return difference
    .map(({ name, before, left, live }) => {
      const line = (word: string, value: unknown): string => `  ${word.padEnd(7)} ${printable(JSON.stringify(value))}\n`;
      return `${printable(name)}\n${line('before', before)}${line('left', left)}${line('now', live)}`;
    })
    .join('');
}
