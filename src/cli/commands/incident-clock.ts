import { clocksOf } from '../../app/incident-mode/read-declared-incident.ts';
import type { Contract } from '../../app/incident-mode/take-wish.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { moments as knownMoments, type Moment, type Obligation } from '../../core/model/obligation.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { clockTable } from '../print-declared.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { table } from '../table.ts';
import { command, type IncidentOptions, pick, type Time } from './incident.ts';

/** The clocks that run, and the obligations whose clocks can be started. */
export async function listClocks(io: Io, wires: Wires, options: IncidentOptions): Promise<ExitCode> {
  const { clocks, obligations, now } = await wires.withConsole(async (deps) => {
    // Before anything is declared, what could be started is of interest too.
    const incident = await pick(deps, options.id).catch((error: unknown) => {
      if (error instanceof InputError && options.id === undefined) return null;
      throw error;
    });
    const time = deps.clock.now();
    return { clocks: incident === null ? [] : clocksOf(incident, time), obligations: deps.obligations ?? [], now: time };
  });
  if (options.format === 'json') await printJson(io, { clocks, obligations });
  else await io.out.write(`${clocks.length === 0 ? '' : `${clockTable(io, clocks, now)}\n`}${obligationTable(io, obligations)}`);
  await io.out.flush();
  await io.err.write('Clocks are a help to keep time by, and no legal advice: docs/reference/obligations.md\n');
  return exitCodes.ok.code;
}

function obligationTable({ out: { colours, columns } }: Io, obligations: readonly Obligation[]): string {
  return table(
    [{ title: 'OBLIGATION' }, { title: 'RUNS FROM' }, { title: 'SOURCE' }, { title: 'WHAT', flexible: true }],
    obligations.map(({ id, title, source, duties }) => [
      { text: id, paint: colours.bold },
      {
        text: [...new Set(duties.flatMap(({ ends }) => ends.map(({ from }) => from)))].filter((from) => !from.startsWith('met:')).join(' '),
      },
      { text: printable(source.cites) },
      { text: printable(title) },
    ]),
    columns,
    colours.dim,
  );
}

export interface StartOptions extends IncidentOptions {
  readonly aware?: Time;
  readonly discovered?: Time;
  readonly classified?: Time;
  readonly determined?: Time;
  readonly contract?: string;
  readonly to: string;
  readonly hours?: number;
}

export function startClocks(io: Io, wires: Wires, obligation: string | undefined, options: StartOptions): Promise<ExitCode> {
  const { contract: name, hours, to } = options;
  if ((obligation === undefined) === (name === undefined))
    throw new InputError('say an obligation, or --contract with --hours', 'clock start');
  if (name !== undefined && hours === undefined) throw new InputError('--hours is wanted: how many the contract gives', name);
  const contract: Contract | null = name === undefined ? null : { name, to, hours: hours ?? 0 };
  return command(io, wires, options, (_, { clock }) => ({
    do: 'start-clocks',
    obligation: obligation ?? null,
    contract,
    moments: Object.fromEntries(
      (Object.keys(knownMoments) as Moment[]).flatMap((moment) => {
        const time = options[moment];
        return time === undefined ? [] : [[moment, time === 'now' ? clock.now() : time]];
      }),
    ),
  }));
}

export function setMoment(
  io: Io,
  wires: Wires,
  obligation: string,
  moment: string,
  time: Time,
  options: IncidentOptions,
): Promise<ExitCode> {
  return command(io, wires, options, (_, { clock }) => ({
    do: 'set-moment',
    obligation,
    moment,
    time: time === 'now' ? clock.now() : time,
  }));
}

export function meet(
  io: Io,
  wires: Wires,
  id: string,
  { at, note, ...options }: IncidentOptions & { readonly at: Time; readonly note: string },
) {
  return command(io, wires, options, () => ({ do: 'meet', clock: id, time: at === 'now' ? null : at, note }));
}
