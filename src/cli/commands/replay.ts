import type { ReplaySummary, Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural, shortId, showCount, showSeconds } from '../show.ts';
import { table } from '../table.ts';

export async function replay(io: Io, wires: Wires, options: { readonly format: PlainFormat }): Promise<ExitCode> {
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
      `${showCount(summary.expired)} expired, ${verdict}\n`,
  );
  return good ? exitCodes.ok.code : exitCodes.no.code;
}
