import type { ReplaySummary, Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural, shortId, showCount, showSeconds } from '../show.ts';
import { table } from '../table.ts';

export interface ReplayOptions {
  readonly format: PlainFormat;
  readonly policy?: string;
  readonly playbooks: boolean;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export async function replay(io: Io, wires: Wires, options: ReplayOptions): Promise<ExitCode> {
  if (options.policy !== undefined || options.playbooks) return withPolicy(io, wires, options);
  const bar = await progressBar(io);
  let summary: ReplaySummary;
  try {
    summary = await wires.replay({ onProgress: bar.onProgress });
  } finally {
    bar.stop();
  }
  const { colours, columns } = io.out;
  if (options.format === 'json') await printJson(io, summary);
  else if (summary.differences.length > 0) {
    await io.out.write(
      table(
        [{ title: 'DECISION' }, { title: 'FINDING' }, { title: 'WHY', flexible: true }],
        summary.differences.map(({ decision, finding, reason }) => [
          { text: shortId(decision) },
          { text: shortId(finding) },
          { text: printable(reason) },
        ]),
        columns,
        colours.dim,
      ),
    );
  }
  await io.out.flush();
  const good = summary.different === 0;
  const verdict = good ? io.err.colours.green('the same bytes') : io.err.colours.red(`${showCount(summary.different)} different`);
  await io.err.write(
    `${plural(summary.decisions, 'decision')} replayed in ${showSeconds(summary.seconds)}: ${showCount(summary.same)} the same, ` +
      `${showCount(summary.expired)} expired; ${plural(summary.recommendations.n, 'recommendation')}: ` +
      `${showCount(summary.recommendations.same)} the same, ${showCount(summary.recommendations.expired)} expired; ${verdict}\n`,
  );
  return good ? exitCodes.ok.code : exitCodes.no.code;
}

/** What another policy would have decided: verdicts that move, and the first decisions behind them. */
async function withPolicy(io: Io, wires: Wires, { format, policy, playbooks, from, to }: ReplayOptions): Promise<ExitCode> {
  const bar = await progressBar(io);
  let report: Awaited<ReturnType<Wires['replayPolicy']>>;
  try {
    report = await wires.replayPolicy({
      policy: policy ?? null,
      playbooks,
      from: from ?? 0,
      to: to ?? Number.MAX_SAFE_INTEGER,
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
  const { colours, columns } = io.out;
  if (format === 'json') await printJson(io, report);
  else if (report.changed.length > 0) {
    await io.out.write(
      table(
        [{ title: 'WAS' }, { title: 'WOULD BE' }, { title: 'DECISIONS' }],
        report.moves.map(({ was, would, n }) => [{ text: was }, { text: would }, { text: showCount(n) }]),
        columns,
        colours.dim,
      ),
    );
    await io.out.write('\n');
    await io.out.write(
      table(
        [
          { title: 'FINDING' },
          { title: 'RULE' },
          { title: 'ACCOUNT' },
          { title: 'WAS' },
          { title: 'WOULD BE' },
          { title: 'WHY', flexible: true },
        ],
        report.changed
          .slice(0, shownChanges)
          .map(({ finding, rule, account, was, would, reason }) => [
            { text: shortId(finding) },
            { text: printable(rule) },
            { text: printable(account) },
            { text: was },
            { text: would },
            { text: printable(reason) },
          ]),
        columns,
        colours.dim,
      ),
    );
  }
  await io.out.flush();
  if (report.rules !== null) await io.err.write(rulesLines(io, report.rules));
  await io.err.write(
    `${plural(report.decisions, 'decision')} decided anew in ${showSeconds(report.seconds)}: ${showCount(report.same)} the same, ` +
      `${showCount(report.decisions - report.same - report.expired)} other, ${showCount(report.expired)} expired; ` +
      `actions of automation ${showCount(report.actions.was)} -> ${showCount(report.actions.would)}. Nothing was changed.\n`,
  );
  return exitCodes.ok.code;
}

/** What other rules would have found, and what of the policy was refused. */
function rulesLines(io: Io, { rules, events, before, after, lost, foundN, found, otherN, lostAttacks, faults }: TriedRules): string {
  const more = foundN > found.length ? ` (of which the first ${showCount(found.length)} were decided)` : '';
  const attacks = lostAttacks === 0 ? '' : io.err.colours.red(`, ${showCount(lostAttacks)} of them attacks`);
  return [
    ...faults.map(({ file, line, reason }) => `${io.err.colours.yellow('rule refused')} ${printable(file)}:${line}: ${printable(reason)}`),
    rules.length === 0
      ? 'No rule is other than now.'
      : `${plural(rules.length, 'rule')} other than now, on ${plural(events, 'event')} of the lake: ${plural(before, 'finding')} -> ${showCount(after)}; ` +
        `${showCount(lost.length)} not found any more${attacks}, ${showCount(foundN)} new${more}, ${showCount(otherN)} with other content`,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

type TriedRules = NonNullable<Awaited<ReturnType<Wires['replayPolicy']>>['rules']>;

const shownChanges = 40;
