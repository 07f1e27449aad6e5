import { readAudit, sampleFor } from '../../app/judge/audit-samples.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { plural, shortId, showCount } from '../show.ts';
import { table } from '../table.ts';

export interface AuditSampleOptions {
  readonly draw?: boolean;
  readonly as: string;
  readonly format: PlainFormat;
}

const percent = (share: number) => `${(share / 100).toFixed(2)} %`;

/** Wrong closures with their bound; `draw` draws a sample for this person first. */
export async function auditSample(io: Io, wires: Wires, { draw, as, format }: AuditSampleOptions): Promise<ExitCode> {
  const { report, drawn } = await wires.withConsole(async (deps) => {
    const drawn = draw === true ? await sampleFor(deps, [as], `drawn ${as} ${deps.clock.now()}`) : null;
    return { report: await readAudit(deps), drawn };
  });
  const { colours, columns } = io.out;
  if (format === 'json') await printJson(io, report);
  else if (report.strata.length > 0)
    await io.out.write(
      table(
        [
          { title: 'RISK, HOW CLOSED' },
          { title: 'CLOSED', align: 'right' },
          { title: 'JUDGED', align: 'right' },
          { title: 'WRONG', align: 'right' },
          { title: 'AT MOST (95 %)', align: 'right' },
        ],
        report.strata.map(({ stratum, closed, judged, wrong, atMost }) => [
          { text: stratum },
          { text: showCount(closed) },
          { text: showCount(judged) },
          { text: showCount(wrong) },
          { text: percent(atMost) },
        ]),
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  const wrong = report.findings.length === 0 ? '' : `: ${report.findings.map(shortId).join(', ')}`;
  await io.err.write(
    `${drawn === null ? '' : `${plural(drawn, 'card')} put among your questions\n`}` +
      `${showCount(report.wrong)} of ${plural(report.judged, 'judged closure')} wrong${wrong}; of ${showCount(report.closed)} closed at most ${percent(report.atMost)} (95 %); ` +
      `${plural(report.waiting, 'card')} waiting\n`,
  );
  return exitCodes.ok.code;
}
