import { judgementIds } from '../../app/console/list-judgements.ts';
import { readJudgement } from '../../app/console/read-judgement.ts';
import { answerCard } from '../../app/judge/answer-card.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId } from '../show.ts';
import { listWaiting } from './judge.ts';

export interface AnswerOptions {
  readonly confidence?: number;
  readonly as: string;
  readonly format: PlainFormat;
}

export async function answer(
  io: Io,
  wires: Wires,
  verdict: 'approve' | 'deny',
  typed: string | undefined,
  options: AnswerOptions,
): Promise<ExitCode> {
  if (typed === undefined) return listWaiting(io, wires, options);
  const { confidence } = options;
  const { view, answered } = await wires.withConsole(async (deps) => {
    const id = pickById(await judgementIds(deps, options.as), (one) => one, typed, 'judgement');
    const view = await readJudgement(deps, id, options.as);
    if (view === null) throw new InputError('it is gone', typed);
    const given = { revision: view.judgement.revision, ...(confidence === undefined ? {} : { confidence }) };
    return { view, answered: await answerCard(deps, id, options.as, verdict, given) };
  });
  if (options.format === 'json') await printJson(io, answered);
  await io.out.flush();
  if (answered.outcome === 'opinion-first') {
    const id = shortId(view.judgement.id);
    await io.err.write(
      `say first what it is: jobzero judge ${id} true-positive|benign --confidence 50..99; or both at once: jobzero ${verdict} ${id} --confidence 50..99\n`,
    );
    return exitCodes.usage.code;
  }
  if (answered.outcome === 'exercised') {
    await io.err.write(`${printable(answered.reveal.says)}\n`);
    return exitCodes.ok.code;
  }
  if (answered.outcome !== 'recorded') {
    const state = answered.outcome === 'too-late' ? `it is ${answered.judgement.state} already` : 'it is gone';
    await io.err.write(`too late: ${state}\n`);
    return exitCodes.no.code;
  }
  const { judgement, actions } = answered;
  const more = judgement.approvalsNeeded - judgement.answeredBy.length;
  const says =
    judgement.state === 'waiting'
      ? `noted; ${plural(more, 'more person', 'more persons')} must approve`
      : judgement.state === 'approved'
        ? `approved; ${plural(actions.length, 'action')} for a worker: ${actions.map(shortId).join(', ')}`
        : judgement.state;
  await io.err.write(`${printable(view.judgement.question)}\n${says}\n`);
  return exitCodes.ok.code;
}
