import { incidentLine } from '../app/print-findings.ts';
import { tactics } from '../core/model/attack.ts';
import type { Incident } from '../core/model/incident.ts';
import { severityIds } from '../core/model/severity.ts';
import { type Io, severityPaint } from './io.ts';
import { printable } from './printable.ts';
import { plural, shortId, showTime } from './show.ts';
import { table } from './table.ts';

/** Incidents as OCSF lines, or as a table of the gravest `limit`, those that page first. */
export async function printIncidents(io: Io, incidents: readonly Incident[], format: 'table' | 'ocsf', limit: number): Promise<void> {
  if (format === 'ocsf') {
    for (const incident of incidents) await io.out.write(incidentLine(incident));
    return;
  }
  const shown = [...incidents].sort(gravestFirst).slice(0, limit);
  if (shown.length === 0) return;
  await io.out.write(incidentTable(io, shown));
  if (incidents.length > shown.length)
    await io.out.write(io.out.colours.dim(`and ${plural(incidents.length - shown.length, 'more', 'more')}; --limit shows them\n`));
}

export function incidentTable(io: Io, incidents: readonly Incident[]): string {
  const { colours, columns } = io.out;
  return table(
    [
      { title: 'SEVERITY' },
      { title: 'PAGES' },
      { title: 'BEGAN' },
      { title: 'ACCOUNTS' },
      { title: 'TACTICS', align: 'right' },
      { title: 'FINDINGS', align: 'right' },
      { title: 'WHAT', flexible: true },
      { title: 'ID' },
    ],
    incidents.map((incident) => [
      { text: incident.severity, paint: severityPaint(colours, incident.severity) },
      { text: incident.pages ? 'yes' : 'no' },
      { text: showTime(incident.firstTime).slice(0, 16) },
      { text: printable(accountsOf(incident)) },
      { text: String(incident.tactics.length) },
      { text: String(incident.members.length + incident.left.members) },
      { text: printable(incident.title) },
      { text: shortId(incident.id), paint: colours.dim },
    ]),
    columns,
    colours.dim,
  );
}

function accountsOf({ accounts, left }: Incident): string {
  const [first = '', ...others] = accounts;
  const more = others.length + left.accounts;
  return more === 0 ? first : `${first} and ${more} more`;
}

function gravestFirst(a: Incident, b: Incident): number {
  return (
    Number(b.pages) - Number(a.pages) ||
    severityIds[b.severity] - severityIds[a.severity] ||
    b.lastTime - a.lastTime ||
    (a.id < b.id ? -1 : 1)
  );
}

const mark = { Informational: '·', Low: '○', Medium: '●', High: '◆', Critical: '◆' } as const;

/** The picture of an incident: its tactics from above to below, its findings from left to right by time. */
export function timelinePicture(io: Io, incident: Incident): string {
  const { colours, columns } = io.out;
  const reached = [...tactics.keys()].filter((tactic) => incident.timeline.some((entry) => entry.tactics.includes(tactic)));
  const names = reached.map((tactic) => tactics.get(tactic)?.name ?? tactic);
  const margin = Math.max(0, ...names.map((name) => name.length)) + 2;
  const width = Math.max(10, Math.min(72, (columns ?? 100) - margin - 2));
  const span = Math.max(1, incident.lastTime - incident.firstTime);
  const at = (time: number) => Math.round(((time - incident.firstTime) / span) * (width - 1));
  const rows = reached.map((tactic, i) => {
    const cells: string[] = Array.from({ length: width }, () => colours.dim('─'));
    // The gravest of one place is drawn last.
    const entries = incident.timeline.filter((entry) => entry.tactics.includes(tactic));
    for (const entry of entries.sort((a, b) => severityIds[a.severity] - severityIds[b.severity]))
      cells[at(entry.time)] = severityPaint(colours, entry.severity)(mark[entry.severity]);
    return `${(names[i] ?? '').padEnd(margin)}${cells.join('')}`;
  });
  if (rows.length === 0) return '';
  const [from, to] = [showTime(incident.firstTime), showTime(incident.lastTime)];
  const foot = `${' '.repeat(margin)}${from}${to.padStart(Math.max(to.length + 1, width - from.length))}`;
  return `${[...rows, colours.dim(foot), colours.dim(`${' '.repeat(margin)}◆ High and Critical  ● Medium  ○ Low  · Informational`)].join('\n')}\n`;
}
