import { type PersonScore, readScores, shareScores, sharesScores } from '../../app/judge/scores.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, showCount } from '../show.ts';
import { table } from '../table.ts';

export interface ScoresOptions {
  readonly share?: boolean;
  readonly as: string;
  /** Who runs the command: the user of the operating system. */
  readonly user: string;
  readonly format: PlainFormat;
}

type Score = PersonScore['score'];

/**
 * How well a person and the recommendation have judged, and of others what they share. `share` shows one's own, `no-share` hides them. Those of another name than
 * the user's are shown only where that person shares them, and shared by nobody else.
 */
export async function scores(io: Io, wires: Wires, { share, as, user, format }: ScoresOptions): Promise<ExitCode> {
  const read = await wires.withConsole(async (deps) => {
    if (as !== user && (share !== undefined || !(await sharesScores(deps, as))))
      throw new InputError('these scores are private: their person sees and shares them, as the user of that name or in the console', as);
    if (share !== undefined) await shareScores(deps, as, share);
    return readScores(deps, as);
  });
  const { own, others, recommendation } = read;
  const { colours, columns } = io.out;
  if (format === 'json') await printJson(io, read);
  else {
    const rows = [
      ...[own, ...others].map((one) => ({ who: one.person, score: one.score })),
      { who: 'the recommendation', score: recommendation },
    ];
    await io.out.write(
      table(
        [
          { title: 'WHO', flexible: true },
          { title: 'KNOWN', align: 'right' },
          { title: 'RIGHT', align: 'right' },
          { title: 'BRIER', align: 'right' },
        ],
        rows.map(({ who, score }) => [
          { text: printable(who) },
          { text: showCount(score.n) },
          { text: showCount(score.right) },
          { text: brier(score) },
        ]),
        columns,
        colours.dim,
      ),
    );
    for (const { who, score } of rows) if (score.bins.length > 0) await io.out.write(`\n${printable(who)}\n${calibration(io, score)}`);
  }
  await io.out.flush();
  await io.err.write(
    `${plural(own.open, 'opinion')} of yours not known yet, ${showCount(own.afterAdvice)} given after the advice and not scored; ` +
      `against the advice you were right ${plural(own.against.person, 'time')}, it ${plural(own.against.recommendation, 'time')}; ` +
      `drills ${brier(own.drills)} over ${showCount(own.drills.n)}, ${showCount(own.repeats.same)} of ${plural(own.repeats.n, 'repeat')} judged the same; ` +
      `your scores are ${own.shared ? 'shared' : 'private'}\n`,
  );
  return exitCodes.ok.code;
}

/** Brier's score: 0 is perfect, 0.25 is a coin. */
function brier({ n, squares }: Score): string {
  return n === 0 ? '-' : (squares / (10_000 * n)).toFixed(3);
}

const percent = (share: number) => `${(share / 100).toFixed(1)} %`;

/** By confidence: how sure, how often right, and between what the true share lies. */
function calibration(io: Io, { bins }: Score): string {
  return table(
    [
      { title: 'SAID' },
      { title: 'N', align: 'right' },
      { title: 'ON AVERAGE', align: 'right' },
      { title: 'WAS RIGHT', align: 'right' },
      { title: '95 % BOUNDS' },
    ],
    bins.map(({ from, to, n, sure, right, low, high }) => [
      { text: `${from}-${to} %` },
      { text: showCount(n) },
      { text: `${(sure / n).toFixed(0)} %` },
      { text: percent((right * 10_000) / n) },
      { text: `${percent(low)} to ${percent(high)}` },
    ]),
    io.out.columns,
    io.out.colours.dim,
  );
}
