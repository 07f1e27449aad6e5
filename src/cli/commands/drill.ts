import { listExercises } from '../../app/judge/list-exercises.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { opinionWords } from '../print-card.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, showTime } from '../show.ts';
import { table } from '../table.ts';

export interface DrillOptions {
  readonly as: string;
  readonly format: PlainFormat;
}

/** The own exercises that were answered. */
export async function listDrills(io: Io, wires: Wires, { as, format }: DrillOptions): Promise<ExitCode> {
  const taken = await wires.withConsole((deps) => listExercises(deps, as, 10_000));
  const { colours, columns } = io.out;
  if (format === 'json') await printJson(io, taken);
  else if (taken.length > 0)
    await io.out.write(
      table(
        [{ title: 'ANSWERED' }, { title: 'KIND' }, { title: 'YOU SAID' }, { title: 'IT WAS' }, { title: 'QUESTION', flexible: true }],
        taken.map(({ answeredAt, opinion, question, reveal }) => [
          { text: showTime(answeredAt) },
          { text: reveal.kind },
          { text: opinion === null ? '-' : opinionWords(opinion) },
          { text: reveal.truth === null ? 'not known' : reveal.truth === 'benign' ? 'benign' : 'an attack' },
          { text: printable(question) },
        ]),
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  await io.err.write(`${plural(taken.length, 'exercise')} of yours answered; jobzero scores counts them\n`);
  return exitCodes.ok.code;
}

const says = {
  set: 'it waits among your questions: jobzero judge',
  'not-now': 'none while an incident that pages is open',
  'one-waits': 'one waits for you already: jobzero judge',
  nothing: 'nothing could be made of it: another campaign may give a question',
} as const;

/** Makes a drill and puts it among the person's questions. */
export async function startDrill(
  io: Io,
  wires: Wires,
  { campaign, as, format }: DrillOptions & { readonly campaign?: string },
): Promise<ExitCode> {
  const outcome = await wires.startDrill({ who: as, campaign: campaign ?? null });
  if (format === 'json') await printJson(io, { outcome });
  await io.out.flush();
  await io.err.write(`${says[outcome]}\n`);
  return outcome === 'set' ? exitCodes.ok.code : exitCodes.no.code;
}
