import { listCases, reviewCase } from '../../app/judge/list-cases.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Nature } from '../../core/model/judging.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showTime } from '../show.ts';
import { table } from '../table.ts';

export interface OutcomeOptions {
  readonly all?: boolean;
  readonly as: string;
  readonly format: PlainFormat;
}

const most = 10_000;

/** Says how a case turned out; without an id, lists those of which nobody knows. */
export async function outcome(
  io: Io,
  wires: Wires,
  typed: string | undefined,
  nature: Nature | undefined,
  options: OutcomeOptions,
): Promise<ExitCode> {
  const { as, format } = options;
  if (typed === undefined) return list(io, wires, options);
  if (nature === undefined) throw new InputError('say true-positive or benign', typed);
  const { one, resolved } = await wires.withConsole(async (deps) => {
    const one = pickById(await listCases(deps, as, false, most), ({ id }) => id, typed, 'case');
    return { one, resolved: await reviewCase(deps, one.id, as, nature) };
  });
  if (format === 'json') await printJson(io, { case: one.id, outcome: resolved });
  await io.out.flush();
  if (resolved === 'own') {
    await io.err.write('you have judged it: another person says how it turned out\n');
    return exitCodes.no.code;
  }
  await io.err.write(`${printable(one.question)}\n${nature === 'benign' ? 'it was benign' : 'it was an attack'}\n`);
  return exitCodes.ok.code;
}

async function list(io: Io, wires: Wires, { all, as, format }: OutcomeOptions): Promise<ExitCode> {
  const cases = await wires.withConsole((deps) => listCases(deps, as, all !== true, most));
  const { colours, columns } = io.out;
  if (format === 'json') await printJson(io, cases);
  else if (cases.length > 0)
    await io.out.write(
      table(
        [
          { title: 'CASE' },
          { title: 'ANSWERED' },
          { title: 'ANSWER' },
          { title: 'OUTCOME' },
          { title: 'WHO MAY SAY' },
          { title: 'QUESTION', flexible: true },
        ],
        cases.map(({ id, answeredAt, answer, outcome: end, own, question }) => [
          { text: shortId(id) },
          { text: showTime(answeredAt) },
          { text: answer },
          { text: end === null ? 'not known' : `${end.nature} (${end.source})` },
          { text: own ? 'others' : 'you' },
          { text: printable(question) },
        ]),
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  await io.err.write(`${plural(cases.length, 'case')}${all === true ? '' : ' of which nobody knows yet how they turned out'}\n`);
  return exitCodes.ok.code;
}
