import type { Assessed, AssessResult } from '../../app/assess.ts';
import type { Wires } from '../../app/wires.ts';
import { type Severity, severityIds } from '../../core/model/severity.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { FindingFormat } from '../formats.ts';
import { type Io, severityPaint } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printFindings, reaches, severityLine } from '../print-list.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural, showCount, showSeconds } from '../show.ts';
import { table } from '../table.ts';

export interface AssessOptions {
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly regions?: readonly string[];
  readonly format: FindingFormat | 'json';
  readonly all?: boolean;
  readonly failOn?: Severity;
  readonly strict?: boolean;
}

export async function assess(io: Io, wires: Wires, options: AssessOptions): Promise<ExitCode> {
  const bar = await progressBar(io);
  let result: AssessResult;
  try {
    result = await wires.assess({
      profile: options.profile ?? null,
      endpointUrl: options.endpointUrl ?? null,
      regions: options.regions ?? null,
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
  const bySeverity: Record<Severity, number> = { Critical: 0, High: 0, Medium: 0, Low: 0, Informational: 0 };
  for (const { severity } of result.findings) bySeverity[severity]++;
  if (options.format === 'json') await printJson(io, { format: 'jobzero.assessment/1', outcomes: result.outcomes, unread: result.unread });
  else if (options.format === 'table') await io.out.write(outcomeTable(io, result, options.all === true));
  else
    await printFindings(
      io,
      result.findings.map((finding) => ({ finding })),
      options.format,
      Number.POSITIVE_INFINITY,
    );
  await io.out.flush();
  const count = (status: Assessed['outcome']['status']): number =>
    result.outcomes.filter(({ outcome }) => outcome.status === status).length;
  const unknown = count('Unknown');
  const severities = severityLine(io, bySeverity);
  await io.err.write(
    `${plural(result.outcomes.length, 'judgement')} in ${showSeconds(result.seconds)}: ${showCount(count('Pass'))} Pass, ` +
      `${io.err.colours.bold(`${showCount(count('Fail'))} Fail`)}${severities === '' ? '' : ` (${severities})`}, ${showCount(unknown)} Unknown` +
      `${result.unread.length === 0 ? '' : `, ${plural(result.unread.length, 'list')} unread`}\n`,
  );
  if (options.strict && (unknown > 0 || result.unread.length > 0)) return exitCodes.partial.code;
  return reaches(bySeverity, options.failOn) ? exitCodes.no.code : exitCodes.ok.code;
}

const ranks = { Fail: 0, Unknown: 1, Pass: 2 } as const;

function outcomeTable(io: Io, { outcomes, unread }: AssessResult, all: boolean): string {
  const { colours, columns } = io.out;
  const paints = { Fail: colours.red, Unknown: colours.yellow, Pass: colours.green };
  const rows = outcomes
    .filter(({ outcome }) => all || outcome.status !== 'Pass')
    .toSorted(
      (a, b) =>
        ranks[a.outcome.status] - ranks[b.outcome.status] ||
        severityIds[b.severity] - severityIds[a.severity] ||
        compare(a.control, b.control) ||
        compare(a.resource, b.resource),
    );
  const judged = table(
    [{ title: 'RESULT' }, { title: 'SEVERITY' }, { title: 'CONTROL' }, { title: 'REGION' }, { title: 'WHY', flexible: true }],
    rows.map(({ outcome, severity, control, region, resource }) => [
      { text: outcome.status, paint: paints[outcome.status] },
      { text: severity, paint: severityPaint(colours, severity) },
      { text: printable(control) },
      { text: printable(region) },
      { text: printable(outcome.status === 'Unknown' ? `${resource}: needs ${outcome.missing}` : outcome.reason) },
    ]),
    columns,
    colours.dim,
  );
  const missing = table(
    [{ title: 'UNREAD' }, { title: 'REGION' }, { title: 'ANSWER' }, { title: 'UNSEEN', flexible: true }],
    unread.map(({ permission, region, code, types }) => [
      { text: printable(permission), paint: colours.yellow },
      { text: printable(region) },
      { text: printable(code) },
      { text: printable(types.join(', ')) },
    ]),
    columns,
    colours.dim,
  );
  return `${rows.length === 0 ? '' : judged}${unread.length === 0 ? '' : `${rows.length === 0 ? '' : '\n'}${missing}`}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
