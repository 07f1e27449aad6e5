import { findingPrinter } from '../app/print-findings.ts';
import type { ListedFinding } from '../app/wires.ts';
import type { Finding, FindingState } from '../core/model/finding.ts';
import { type Severity, severities, severityIds } from '../core/model/severity.ts';
import type { FindingFormat } from './formats.ts';
import { type Io, severityPaint } from './io.ts';
import { printable } from './printable.ts';
import { plural, shortId, showTime } from './show.ts';
import { type Cell, type Column, table } from './table.ts';

export interface Printed {
  readonly findings: number;
  readonly bySeverity: { readonly [S in Severity]: number };
}

/**
 * Prints findings as they come, in their order. A table holds the worst `limit` of them and no more, so that memory
 * does not grow with their number, and says how many it left out.
 */
export async function printFindings(
  io: Io,
  findings: AsyncIterable<ListedFinding> | Iterable<ListedFinding>,
  format: FindingFormat,
  limit: number,
): Promise<Printed> {
  const bySeverity: Record<Severity, number> = { Critical: 0, High: 0, Medium: 0, Low: 0, Informational: 0 };
  let count = 0;
  const note = (finding: Finding): void => {
    count++;
    bySeverity[finding.severity]++;
  };
  if (format !== 'table') {
    const printer = findingPrinter(format);
    await io.out.write(printer.begin());
    for await (const { finding, state } of findings) {
      note(finding);
      await io.out.write(printer.one(finding, state));
    }
    await io.out.write(printer.end());
    return { findings: count, bySeverity };
  }
  let worst: ListedFinding[] = [];
  for await (const listed of findings) {
    note(listed.finding);
    worst.push(listed);
    if (worst.length >= 2 * limit + 64) worst = worst.sort(worstFirst).slice(0, limit);
  }
  worst = worst.sort(worstFirst).slice(0, limit);
  if (worst.length > 0) {
    await io.out.write(findingTable(io, worst.map(rowOf)));
    if (count > worst.length)
      await io.out.write(
        io.out.colours.dim(`and ${plural(count - worst.length, 'more', 'more')}; --limit or another --format shows them\n`),
      );
  }
  return { findings: count, bySeverity };
}

/** So narrow that account and region, which the message tells as a rule, would leave no room for it. */
const narrow = 140;

export interface FindingRow {
  readonly id: string;
  readonly severity: Severity;
  readonly lastTime: number;
  readonly account: string;
  readonly region: string;
  readonly message: string;
  readonly times?: string;
  readonly state?: FindingState;
}

function rowOf({ finding, state }: ListedFinding): FindingRow {
  const { id, severity, lastTime, account, region, count, rule } = finding;
  const message = finding.message === '' ? rule.title : finding.message;
  return {
    id,
    severity,
    lastTime,
    account,
    region,
    message,
    times: `${count.n}${count.atLeast ? '+' : ''}`,
    ...(state === undefined ? {} : { state }),
  };
}

export function findingTable(io: Io, rows: readonly FindingRow[]): string {
  const { colours, columns } = io.out;
  const whole = columns === null || columns >= narrow;
  const parts: readonly { readonly column: Column; readonly cell: (row: FindingRow) => Cell; readonly when?: boolean }[] = [
    { column: { title: 'SEVERITY' }, cell: ({ severity }) => ({ text: severity, paint: severityPaint(colours, severity) }) },
    { column: { title: 'LAST SEEN' }, cell: ({ lastTime }) => ({ text: whole ? showTime(lastTime) : showTime(lastTime).slice(0, 16) }) },
    { column: { title: 'ACCOUNT' }, cell: ({ account }) => ({ text: printable(account) }), when: whole },
    { column: { title: 'REGION' }, cell: ({ region }) => ({ text: printable(region) }), when: whole },
    { column: { title: 'WHAT', flexible: true }, cell: ({ message }) => ({ text: printable(message) }) },
    {
      column: { title: 'TIMES', align: 'right' },
      cell: ({ times }) => ({ text: times ?? '' }),
      when: whole && rows.some(({ times }) => times !== undefined),
    },
    { column: { title: 'STATE' }, cell: ({ state }) => ({ text: state ?? '' }), when: rows.some(({ state }) => state !== undefined) },
    { column: { title: 'ID' }, cell: ({ id }) => ({ text: shortId(id), paint: colours.dim }) },
  ];
  const shown = parts.filter(({ when }) => when !== false);
  return table(
    shown.map(({ column }) => column),
    rows.map((row) => shown.map(({ cell }) => cell(row))),
    columns,
    colours.dim,
  );
}

export function worstFirst(a: ListedFinding, b: ListedFinding): number {
  const x = a.finding;
  const y = b.finding;
  return severityIds[y.severity] - severityIds[x.severity] || y.lastTime - x.lastTime || (x.id < y.id ? -1 : x.id > y.id ? 1 : 0);
}

/** `2 Critical, 1 High`, coloured; empty when there is none. */
export function severityLine(io: Io, bySeverity: { readonly [S in Severity]: number }): string {
  return severities
    .filter((severity) => bySeverity[severity] > 0)
    .map((severity) => severityPaint(io.err.colours, severity)(`${bySeverity[severity]} ${severity}`))
    .join(', ');
}

/** Is there a finding of this severity or above? */
export function reaches(bySeverity: { readonly [S in Severity]: number }, failOn: Severity | undefined): boolean {
  return failOn !== undefined && severities.some((severity) => severityIds[severity] >= severityIds[failOn] && bySeverity[severity] > 0);
}
