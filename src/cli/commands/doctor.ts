import { setTimeout as sleep } from 'node:timers/promises';
import { askDoctor, readDoctor } from '../../app/doctor/ask-doctor.ts';
import { troublesIn } from '../../app/doctor/doctor-report.ts';
import type { Wires } from '../../app/wires.ts';
import type { DoctorCheck, DoctorReport } from '../../core/model/doctor.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { showTime } from '../show.ts';
import { table } from '../table.ts';

export interface DoctorOptions {
  readonly now?: boolean;
  readonly format: PlainFormat;
}

const waitMs = 60_000;
const lookEveryMs = 500;

/** Exits with 1 when something is wrong, or nothing was examined lately. */
export async function doctor(io: Io, wires: Wires, signal: AbortSignal, options: DoctorOptions): Promise<ExitCode> {
  const { report, at } = await wires.withConsole(async (deps) => {
    let last = await readDoctor(deps);
    if (options.now === true) {
      const asked = await askDoctor(deps, 'doctor');
      for (let waited = 0; waited < waitMs && (last?.at ?? 0) < asked && !signal.aborted; waited += lookEveryMs) {
        await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
        last = await readDoctor(deps);
      }
      if ((last?.at ?? 0) < asked) last = null;
    }
    return { report: last, at: deps.clock.now() };
  });
  const troubles = troublesIn(report, at);
  if (options.format === 'json') await printJson(io, { well: troubles.length === 0, troubles, report });
  else if (report !== null) await io.out.write(shown(io, report));
  await io.out.flush();
  if (options.format !== 'json')
    await io.err.write(troubles.length === 0 ? 'well: playbooks may be armed\n' : `${troubles.map(printable).join('\n')}\n`);
  return troubles.length === 0 ? exitCodes.ok.code : exitCodes.no.code;
}

const signs: { readonly [state in DoctorCheck['state']]: string } = {
  good: 'good',
  warning: 'warning',
  bad: 'BAD',
  unknown: 'UNKNOWN',
  'not-needed': '-',
};

function shown(io: Io, report: DoctorReport): string {
  const { colours, columns } = io.out;
  const paint = (state: DoctorCheck['state']) =>
    state === 'good' ? colours.green : state === 'not-needed' ? colours.dim : state === 'warning' ? colours.yellow : colours.red;
  return `${table(
    [{ title: 'CHECK' }, { title: 'STATE' }, { title: 'WHAT', flexible: true }],
    report.checks.flatMap(({ id, state, says, fix }) => [
      [{ text: id }, { text: signs[state], paint: paint(state) }, { text: printable(says) }],
      ...(fix === '' ? [] : [[{ text: '' }, { text: '' }, { text: `→ ${printable(fix)}`, paint: colours.dim }]]),
    ]),
    columns,
    colours.dim,
  )}examined ${showTime(report.at)}\n`;
}
