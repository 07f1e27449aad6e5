import type { BacktestSummary, Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { findingTable, severityLine } from '../print-list.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural, showCount, showSeconds } from '../show.ts';
import { table } from '../table.ts';

export interface BacktestOptions {
  readonly from?: number;
  readonly to?: number;
  readonly logs: readonly string[];
  readonly limit: number;
  readonly format: PlainFormat;
  readonly strict?: boolean;
}

export async function backtest(io: Io, wires: Wires, rules: readonly string[], options: BacktestOptions): Promise<ExitCode> {
  const bar = await progressBar(io);
  let summary: BacktestSummary;
  try {
    summary = await wires.backtest({
      rules,
      logs: options.logs,
      from: options.from ?? 0,
      to: options.to ?? Number.MAX_SAFE_INTEGER,
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
  if (options.format === 'json') await printJson(io, summary);
  else if (summary.findings > 0) await printTables(io, summary, options.limit);
  await io.out.flush();
  const severities = severityLine(io, summary.bySeverity);
  const lines = [
    `${plural(summary.rules, 'rule')} on ${plural(summary.stored, 'event')} (${showCount(summary.looked)} looked at): ` +
      `${io.err.colours.bold(plural(summary.findings, 'finding'))}${severities === '' ? '' : ` (${severities})`}, ` +
      `${showSeconds(summary.seconds)}, ${showSeconds(summary.cpuSeconds)} of CPU`,
    ...summary.faults.map(
      ({ file, line, reason }) => `${io.err.colours.yellow('rule refused')} ${printable(file)}:${line}: ${printable(reason)}`,
    ),
  ];
  await io.err.write(lines.map((line) => `${line}\n`).join(''));
  return options.strict && summary.faults.length > 0 ? exitCodes.partial.code : exitCodes.ok.code;
}

async function printTables(io: Io, { byDay, byAccount, byRule, examples }: BacktestSummary, limit: number): Promise<void> {
  const { colours, columns } = io.out;
  const counts = [
    { title: 'RULE', rows: byRule },
    { title: 'DAY', rows: byDay },
    { title: 'ACCOUNT', rows: byAccount },
  ];
  for (const { title, rows } of counts) {
    if (title === 'RULE' && rows.length === 1) continue;
    await io.out.write(
      `${table(
        [
          { title, flexible: true },
          { title: 'FINDINGS', align: 'right' },
        ],
        rows.slice(0, limit).map(({ name, findings }) => [{ text: printable(name) }, { text: showCount(findings) }]),
        columns,
        colours.dim,
      )}${rows.length > limit ? `${colours.dim(`and ${showCount(rows.length - limit)} more`)}\n` : ''}\n`,
    );
  }
  await io.out.write(
    findingTable(
      io,
      examples.slice(0, limit).map((finding) => ({
        ...finding,
        message: finding.message === '' ? finding.rule.title : finding.message,
        times: `${finding.count.n}${finding.count.atLeast ? '+' : ''}`,
      })),
    ),
  );
}
