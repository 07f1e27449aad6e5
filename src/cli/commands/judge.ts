import { judgementIds, listJudgements } from '../../app/console/list-judgements.ts';
import { readJudgement } from '../../app/console/read-judgement.ts';
import { giveOpinion, readOpinion } from '../../app/judge/give-opinion.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Nature } from '../../core/model/judging.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { printCard } from '../print-card.ts';
import { printJson } from '../print-json.ts';
import { plural, shortId } from '../show.ts';

export interface JudgeOptions {
  readonly confidence?: number;
  readonly as: string;
  readonly format: PlainFormat;
}

const most = 10_000;

/** What waits, or one question; or what a person takes it for, after which the recommendation is printed. */
export async function judge(
  io: Io,
  wires: Wires,
  typed: string | undefined,
  nature: Nature | undefined,
  options: JudgeOptions,
): Promise<ExitCode> {
  if (typed === undefined) return listWaiting(io, wires, options);
  const { view, outcome } = await wires.withConsole(async (deps) => {
    const id = pickById(await judgementIds(deps, options.as), (one) => one, typed, 'judgement');
    const before = await readJudgement(deps, id, options.as);
    if (nature === undefined || before === null) return { view: before, outcome: 'shown' };
    if (options.confidence === undefined) throw new InputError('say how sure you are: --confidence 50 to 99', typed);
    const given = await giveOpinion(deps, id, options.as, readOpinion(nature, options.confidence), before.judgement.revision);
    return { view: await readJudgement(deps, id, options.as), outcome: given.outcome };
  });
  if (options.format === 'json') await printJson(io, view);
  else if (view !== null) await io.out.write(printCard(io, view));
  await io.out.flush();
  if (outcome === 'shown' || view === null) return exitCodes.ok.code;
  if (outcome !== 'recorded') {
    await io.err.write(outcome === 'too-late' ? `too late: it is ${view.judgement.state} already\n` : 'it has changed: look again\n');
    return exitCodes.no.code;
  }
  const id = shortId(view.judgement.id);
  await io.err.write(`noted; now answer: jobzero approve ${id}, or deny ${id}\n`);
  return exitCodes.ok.code;
}

/** What waits, with all that it takes to judge it. */
export async function listWaiting(io: Io, wires: Wires, { as, format }: Pick<JudgeOptions, 'as' | 'format'>): Promise<ExitCode> {
  const views = await wires.withConsole((deps) => listJudgements(deps, 'waiting', most, as));
  if (format === 'json') await printJson(io, views);
  else await io.out.write(views.map((view) => printCard(io, view)).join('\n'));
  await io.out.flush();
  await io.err.write(
    views.length === 0
      ? 'nothing waits for you\n'
      : `${plural(views.length, 'judgement')} waiting: jobzero judge ID true-positive|benign --confidence 50..99, then approve ID, or deny ID\n`,
  );
  return exitCodes.ok.code;
}
