import { table } from '../bench/print.ts';
import { severities } from '../src/core/model/severity.ts';
import type { CorpusResult, OrdinaryResult } from './corpus.ts';
import type { RangeResult } from './range.ts';

export interface EvalReport {
  readonly format: 'jobzero.eval/1';
  readonly rules: number;
  readonly corpus: CorpusResult | null;
  readonly ranges: readonly RangeResult[];
  /** Parts that could not be measured. */
  readonly errors: readonly string[];
  readonly lines: readonly Line[];
}

/** What must hold. */
export interface Line {
  readonly name: string;
  readonly value: string;
  readonly wanted: string;
  readonly met: boolean;
}

/** One figure of a report, to be put beside that of another run. */
type Figures = ReadonlyMap<string, string>;

export function linesOf(corpus: CorpusResult | null, ranges: readonly RangeResult[]): readonly Line[] {
  const lines: Line[] = [];
  const ordinary = corpus?.ordinary ?? [];
  // Each task is judged alone, too; here all of them count together, once.
  const together = ordinary.filter(({ name }) => !isTask(name));
  if (together.length > 0) {
    const read = ordinary.every(({ error }) => error === null);
    const pages = ordinary.reduce((sum, one) => sum + one.pages, 0);
    const events = together.reduce((sum, one) => sum + one.events, 0);
    const loud = together.reduce((sum, one) => sum + loudOf(one), 0);
    lines.push(
      { name: 'ordinary: pages', value: String(pages), wanted: '0', met: read && pages === 0 },
      {
        name: 'ordinary: findings of medium or above per 1,000 events',
        value: perThousand(loud, events),
        wanted: 'at most 1',
        met: read && events > 0 && loud * 1000 <= events,
      },
    );
  }
  for (const { name, campaigns, falsePages, falsePagesADay } of ranges) {
    const missed = campaigns.filter(({ severity }) => severity === null);
    lines.push({
      name: `pages a day that are no incident (${name})`,
      value: `${falsePagesADay.toFixed(2)} (${falsePages.length} in all)`,
      wanted: 'at most 1',
      met: falsePagesADay <= 1,
    });
    lines.push({
      name: `campaigns found (${name})`,
      value: `${campaigns.length - missed.length} of ${campaigns.length}`,
      wanted: 'all',
      met: missed.length === 0 && campaigns.length > 0,
    });
  }
  return lines;
}

/** The whole report as text. Figures that differ from the other run's have it in brackets. */
export function reportText(report: EvalReport, before: EvalReport | null): string {
  const old = before === null ? new Map<string, string>() : figuresOf(before);
  const now = figuresOf(report);
  const show = (key: string): string => {
    const value = now.get(key) ?? '';
    const was = old.get(key);
    if (before === null || was === value) return value;
    return `${value} (${was ?? 'new'})`;
  };
  const parts: string[] = [`${report.rules} rules${before === null ? '' : '; in brackets what the other run said'}\n`];
  if (report.corpus !== null) parts.push(...corpusParts(report.corpus, show));
  for (const result of report.ranges) parts.push(...rangeParts(result, show));
  const gone = [...old.keys()].filter((key) => !now.has(key));
  if (gone.length > 0) parts.push(`only in the other run: ${gone.length} figures, such as ${gone.slice(0, 3).join('; ')}\n`);
  for (const error of report.errors) parts.push(`could not be measured: ${error}\n`);
  parts.push(
    table(
      ['line', 'measured', 'wanted', ''],
      report.lines.map(({ name, value, wanted, met }) => [name, value, wanted, met ? 'met' : 'MISSED']),
    ),
  );
  return parts.join('\n');
}

function corpusParts({ techniques, ordinary, cases }: CorpusResult, show: (key: string) => string): readonly string[] {
  const known = techniques.filter(({ verdict }) => verdict !== 'unknown');
  const found = known.filter(({ verdict }) => verdict === 'found');
  const loud = found.filter(({ severity }) => severity !== null && severity !== 'Low' && severity !== 'Informational');
  const caseTotals = cases.reduce(
    (sum, one) => ({
      expected: sum.expected + one.expected,
      found: sum.found + one.found,
      loud: sum.loud + one.loud,
      others: sum.others + one.others,
      loudOthers: sum.loudOthers + one.loudOthers,
    }),
    { expected: 0, found: 0, loud: 0, others: 0, loudOthers: 0 },
  );
  return [
    table(
      ['recorded attack', 'events', 'verdict', 'severity', 'worst of any', 'pages', 'by'],
      techniques.map((one) => [
        one.file.replace(/^aws\.|\.json\.gz$/g, ''),
        String(one.events),
        show(`${one.file} verdict`),
        show(`${one.file} severity`),
        show(`${one.file} worst`),
        show(`${one.file} pages`),
        one.reason === '' ? (one.rules[0] ?? '') + (one.rules.length > 1 ? ` +${one.rules.length - 1}` : '') : one.reason,
      ]),
    ),
    `recall: ${found.length} of ${known.length} by any finding, ${loud.length} by medium or above; ${techniques.length - known.length} of a name that is not in the list\n`,
    table(
      ['ordinary', 'events', ...severities, 'medium+ per 1,000', 'pages', 'loud rules'],
      ordinary
        .filter((one) => !isTask(one.name) || loudOf(one) > 0 || one.error !== null)
        .map((one) => [
          one.name,
          String(one.events),
          ...severities.map((severity) => show(`${one.name} ${severity}`)),
          perThousand(loudOf(one), one.events),
          show(`${one.name} pages`),
          one.error ??
            Object.entries(one.loud)
              .map(([rule, n]) => `${rule} x${n}`)
              .join(', '),
        ]),
    ),
    `tasks one by one: ${ordinary.filter((one) => isTask(one.name)).length}, with a finding of medium or above ${ordinary.filter((one) => isTask(one.name) && loudOf(one) > 0).length}\n`,
    table(
      ["another engine's rules", 'should fire', 'we find', 'medium+', 'should not', 'medium+'],
      [
        ...cases.map((one) => [
          one.rule,
          String(one.expected),
          show(`${one.rule} found`),
          show(`${one.rule} loud`),
          String(one.others),
          show(`${one.rule} loud others`),
        ]),
        [
          'all',
          String(caseTotals.expected),
          String(caseTotals.found),
          String(caseTotals.loud),
          String(caseTotals.others),
          String(caseTotals.loudOthers),
        ],
      ],
    ),
  ];
}

function rangeParts(result: RangeResult, show: (key: string) => string): readonly string[] {
  const key = result.name;
  return [
    `range: ${result.name}: ${result.events} events read, ${result.attackEvents} of attacks\n`,
    table(
      ['campaign', 'events', 'traffic', 'seen', 'severity', 'pages', 'first finding', 'first page'],
      result.campaigns.map((one) => [
        one.campaign,
        String(one.events),
        String(one.traffic),
        ...['seen', 'severity', 'pages', 'first finding', 'first page'].map((figure) => show(`${key} ${one.campaign} ${figure}`)),
      ]),
    ),
    table(
      ['technique', 'campaigns', 'found in'],
      result.techniques.map((one) => [one.technique, String(one.campaigns), show(`${key} ${one.technique} found`)]),
    ),
    table(
      ['ordinary life of the range', ...severities, 'per 1,000 medium+', 'pages', 'pages a day'],
      [
        [
          'findings',
          ...severities.map((severity) => show(`${key} ${severity}`)),
          perThousand(result.benign.Critical + result.benign.High + result.benign.Medium, result.events),
          show(`${key} pages`),
          result.falsePagesADay.toFixed(2),
        ],
      ],
    ),
    Object.keys(result.loud).length === 0
      ? ''
      : table(
          ['loud on ordinary life', 'findings'],
          Object.entries(result.loud)
            .sort((a, b) => b[1] - a[1])
            .map(([rule, n]) => [rule, String(n)]),
        ),
    result.falsePages.length === 0
      ? ''
      : table(
          ['woken for nothing', 'campaign', 'why'],
          result.falsePages.slice(0, 20).map(({ title, campaign, why }) => [title.slice(0, 80), campaign, why.slice(0, 100)]),
        ),
    `from event to delivery: p50 ${showSpan(result.delivery.p50)}, p99 ${showSpan(result.delivery.p99)}\n`,
  ];
}

function figuresOf({ corpus, ranges }: EvalReport): Figures {
  const figures = new Map<string, string>();
  for (const one of corpus?.techniques ?? []) {
    figures.set(`${one.file} verdict`, one.verdict);
    figures.set(`${one.file} severity`, one.severity ?? '-');
    figures.set(`${one.file} worst`, one.worst ?? '-');
    figures.set(`${one.file} pages`, String(one.pages));
  }
  for (const one of corpus?.ordinary ?? []) {
    for (const severity of severities) figures.set(`${one.name} ${severity}`, String(one.bySeverity[severity]));
    figures.set(`${one.name} pages`, String(one.pages));
  }
  for (const one of corpus?.cases ?? []) {
    figures.set(`${one.rule} found`, String(one.found));
    figures.set(`${one.rule} loud`, String(one.loud));
    figures.set(`${one.rule} loud others`, String(one.loudOthers));
  }
  for (const result of ranges) {
    const key = result.name;
    for (const one of result.campaigns) {
      figures.set(`${key} ${one.campaign} seen`, String(one.seen));
      figures.set(`${key} ${one.campaign} severity`, one.severity ?? 'MISSED');
      figures.set(`${key} ${one.campaign} pages`, String(one.pages));
      figures.set(`${key} ${one.campaign} first finding`, showSpan(one.firstFinding));
      figures.set(`${key} ${one.campaign} first page`, showSpan(one.firstPage));
    }
    for (const one of result.techniques) figures.set(`${key} ${one.technique} found`, String(one.found));
    for (const severity of severities) figures.set(`${key} ${severity}`, String(result.benign[severity]));
    figures.set(`${key} pages`, String(result.falsePages.length));
  }
  return figures;
}

function isTask(name: string): boolean {
  return name.startsWith('task ');
}

function loudOf({ bySeverity }: OrdinaryResult): number {
  return bySeverity.Critical + bySeverity.High + bySeverity.Medium;
}

function perThousand(findings: number, events: number): string {
  return events === 0 ? '-' : ((findings * 1000) / events).toFixed(2);
}

function showSpan(seconds: number | null): string {
  if (seconds === null) return '-';
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
