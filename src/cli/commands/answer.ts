import { answerJudgement } from '../../app/console/answer-judgement.ts';
import { listJudgements } from '../../app/console/list-judgements.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import { type Io, severityPaint } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showTime } from '../show.ts';
import { wrapToWidth } from '../text-width.ts';

export interface AnswerOptions {
  readonly as: string;
  readonly format: PlainFormat;
}

const most = 10_000;

type JudgementView = Awaited<ReturnType<typeof listJudgements>>[number];

export async function answer(
  io: Io,
  wires: Wires,
  verdict: 'approve' | 'deny',
  typed: string | undefined,
  options: AnswerOptions,
): Promise<ExitCode> {
  if (typed === undefined) return list(io, wires, options.format);
  const { view, answered } = await wires.withConsole(async (deps) => {
    const view = pickById(await listJudgements(deps, undefined, most), ({ judgement }) => judgement.id, typed, 'judgement');
    return { view, answered: await answerJudgement(deps, view.judgement.id, options.as, verdict) };
  });
  if (options.format === 'json') await printJson(io, answered);
  await io.out.flush();
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

/** What waits, with all that it takes to answer: a question, what could break, and what brings it back. */
async function list(io: Io, wires: Wires, format: PlainFormat): Promise<ExitCode> {
  const views = await wires.withConsole((deps) => listJudgements(deps, 'waiting', most));
  if (format === 'json') await printJson(io, views);
  else await io.out.write(views.map((view) => card(io, view)).join('\n'));
  await io.out.flush();
  await io.err.write(
    views.length === 0 ? 'nothing waits for you\n' : `${plural(views.length, 'judgement')} waiting: jobzero approve ID, or deny ID\n`,
  );
  return exitCodes.ok.code;
}

function card(io: Io, { judgement, finding, guardrails, titles }: JudgementView): string {
  const { colours, columns } = io.out;
  const width = Math.max(40, columns ?? 100) - 12;
  const paragraph = (name: string, text: string): string[] =>
    wrapToWidth(printable(text), width).map((line, i) => `${colours.dim((i === 0 ? name : '').padEnd(11))} ${line}`);
  const lines = [
    `${colours.bold(shortId(judgement.id))}  ${finding === null ? '' : `${severityPaint(colours, finding.severity)(finding.severity)}  `}${colours.bold(printable(judgement.question))}`,
    ...(finding === null ? [] : paragraph('found', finding.message)),
    ...paragraph(
      'asked',
      `${showTime(judgement.askedAt)}, ${plural(judgement.approvalsNeeded, 'approval')} needed, ${judgement.answeredBy.length} given`,
    ),
    ...guardrails.flatMap(({ words }) => paragraph('why asked', words)),
    ...judgement.options.flatMap((option, i) => [
      ...paragraph('would do', `${titles[i] ?? option.playbook}: ${option.target.uid}${option.mode === 'dry-run' ? ' (dry run)' : ''}`),
      ...paragraph('may break', option.blastRadius),
      ...paragraph('undo', option.inverse),
    ]),
    ...paragraph('advice', `${judgement.recommendation}: ${judgement.because}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
