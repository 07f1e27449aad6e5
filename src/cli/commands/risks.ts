import { type Risks, type RisksChoice, readRisks } from '../../app/risk/read-risks.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import { type Io, severityPaint } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, showCount, showTime } from '../show.ts';
import { table } from '../table.ts';

const day = 86_400_000;

export interface RisksOptions extends RisksChoice {
  readonly format: PlainFormat;
}

/** The risk register and its trend. */
export async function risks(io: Io, wires: Wires, { format, ...choice }: RisksOptions): Promise<ExitCode> {
  const report = await wires.withConsole((deps) => readRisks(deps, choice));
  if (format === 'json') await printJson(io, report);
  else await io.out.write(risksText(io, report));
  await io.out.flush();
  const findings = report.risks.reduce((sum, row) => sum + row.findings, 0);
  await io.err.write(`${plural(report.risks.length, 'risk')} of ${plural(findings, 'finding')}\n`);
  return exitCodes.ok.code;
}

function risksText({ out: { colours, columns } }: Io, { at, risks: rows, trend }: Risks): string {
  const right = 'right' as const;
  const head = [
    { title: 'RISK', align: right },
    { title: 'L x I', align: right },
    { title: 'UNIT' },
    { title: 'ACCOUNT' },
    { title: 'LOSS' },
    { title: 'FINDINGS', align: right },
    { title: 'TREATMENT' },
    { title: 'OWNER' },
    { title: 'DAYS', align: right },
    { title: 'GRAVEST', flexible: true as const },
  ];
  const cells = rows.map((row) => [
    { text: String(row.risk), paint: severityPaint(colours, row.severity) },
    { text: `${row.likelihood} x ${row.impact}` },
    { text: printable(row.unit ?? '-') },
    { text: printable(row.account) },
    { text: row.loss },
    { text: showCount(row.findings) },
    { text: treatmentText(row.treatments) },
    { text: printable(row.owners.join(', ') || 'nobody') },
    { text: showCount(Math.floor((at - row.since) / day)) },
    { text: printable(row.gravest.title) },
  ]);
  const accepted = rows.flatMap(({ account, accepted: all }) =>
    all.map(
      ({ rule, owner, reason, expires }) =>
        `Accepted in ${printable(account)}: ${printable(rule)} by ${printable(owner)} until ${showTime(expires).slice(0, 10)}: ${printable(reason)}\n`,
    ),
  );
  const list = rows.length === 0 ? 'No finding is open.\n' : table(head, cells, columns, colours.dim);
  // A bar a day, as far back as there is room.
  const shown = trend.slice(-Math.max(14, (columns ?? 130) - 40));
  return [list, accepted.join(''), trendText(shown)].filter((part) => part !== '').join('\n');
}

/** `2 open, 1 accepted` */
function treatmentText(treatments: Risks['risks'][number]['treatments']): string {
  return Object.entries(treatments)
    .filter(([, n]) => n > 0)
    .map(([treatment, n]) => `${showCount(n)} ${treatment}`)
    .join(', ');
}

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** `Critical  ▁▁▂█  0 .. 3, now 3`: one bar a day, of at most so many days as fit. */
function trendText(trend: Risks['trend']): string {
  const [first, last] = [trend[0], trend.at(-1)];
  if (first === undefined || last === undefined) return '';
  const most = Math.max(1, ...trend.flatMap(({ open }) => Object.values(open)));
  const lines = Object.keys(last.open).flatMap((name) => {
    const severity = name as keyof typeof last.open;
    const counts = trend.map(({ open }) => open[severity]);
    if (counts.every((n) => n === 0)) return [];
    const line = counts.map((n) => bars[n === 0 ? 0 : Math.ceil((n / most) * (bars.length - 1))] ?? '').join('');
    return [`${severity.padEnd(13)} ${line} ${showCount(last.open[severity])}, most ${showCount(Math.max(...counts))}\n`];
  });
  const title = `Open at the end of each day since ${showTime(first.day).slice(0, 10)}:\n`;
  return lines.length === 0 ? '' : `${title}${lines.join('')}`;
}
