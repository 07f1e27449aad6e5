import { type LoadReport, readLoad } from '../../app/on-call/read-load.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, showCount, showTime } from '../show.ts';
import { table } from '../table.ts';

const day = 86_400_000;
const minute = 60_000;

export interface LoadOptions {
  readonly days: number;
  readonly format: PlainFormat;
  readonly strict?: boolean;
}

export async function load(io: Io, wires: Wires, options: LoadOptions): Promise<ExitCode> {
  const report = await wires.withConsole((deps) => readLoad(deps, options.days * day));
  if (options.format === 'json') await printJson(io, report);
  else await io.out.write(loadText(io, report));
  await io.out.flush();
  const over = report.shifts.filter(({ beyond }) => beyond > 0).length;
  await io.err.write(`${plural(report.shifts.length, 'shift')}, ${showCount(over)} with more than ${plural(report.budget, 'judgement')}\n`);
  return options.strict && over > 0 ? exitCodes.no.code : exitCodes.ok.code;
}

type Row = Omit<LoadReport['whole'], never>;

function loadText({ out: { colours, columns } }: Io, { shifts, whole, budget }: LoadReport): string {
  const cells = (name: string, row: Row) => [
    { text: name },
    {
      text: `${showCount(row.judgements)}${row.apart > 0 ? ` + ${showCount(row.apart)}` : ''}`,
      ...(row.beyond > 0 ? { paint: colours.red } : {}),
    },
    { text: showCount(row.repeats) },
    { text: showCount(row.pages) },
    { text: row.takenWithin === null ? '-' : minutes(row.takenWithin) },
    { text: minutes(row.worked) },
    { text: showCount(row.decided) },
    { text: showCount(row.open) },
    { text: share(row) },
    { text: showCount(row.events) },
    { text: perMillion(row) },
  ];
  const right = 'right' as const;
  const head = [
    { title: 'SHIFT FROM' },
    { title: 'JUDGEMENTS', align: right },
    { title: 'REPEATS', align: right },
    { title: 'PAGES', align: right },
    { title: 'TAKEN IN', align: right },
    { title: 'MINUTES', align: right },
    { title: 'FINDINGS', align: right },
    { title: 'OPEN', align: right },
    { title: 'WITHOUT A PERSON', align: right },
    { title: 'EVENTS', align: right },
    { title: 'PER MILLION', align: right },
  ];
  const rows = shifts.filter(isBusy).map((row) => cells(showTime(row.shift.from).slice(0, 16), row));
  const causes = shifts
    .filter(({ beyond }) => beyond > 0)
    .map(({ shift, judgements, causes: why }) => {
      const told = why.map(
        ({ rule, guardrails, n }) => `${printable(rule)} (${showCount(n)}: ${guardrails.map(printable).join(', ') || 'nothing'})`,
      );
      return `Beyond the budget of ${showCount(budget)}: ${showCount(judgements)} in the shift from ${showTime(shift.from).slice(0, 16)}, by ${told.join('; ')}.\n`;
    });
  return `${table(head, [...rows, cells('all', whole)], columns, colours.dim)}${causes.join('')}`;
}

function isBusy({ judgements, apart, pages, decided, open, events }: Row): boolean {
  return judgements + apart + pages + decided + open + events > 0;
}

const minutes = (ms: number): string => (ms / minute).toFixed(1);

/** Of the findings that were decided about and are over, those of which no person was asked. */
function share({ decided, open, alone }: Row): string {
  const over = decided - open;
  return over <= 0 ? '-' : `${((100 * alone) / over).toFixed(1)}%`;
}

/** Judgements, those of incidents too, in a million events. */
function perMillion({ judgements, apart, events }: Row): string {
  return events === 0 ? '-' : ((1e6 * (judgements + apart)) / events).toFixed(2);
}
