import type { AboutRow } from '../app/console/about-rows.ts';
import type { JudgementView } from '../app/console/judgement-view.ts';
import { type Io, severityPaint } from './io.ts';
import { printable } from './printable.ts';
import { plural, shortId, showTime } from './show.ts';
import { wrapToWidth } from './text-width.ts';

/** How an opinion reads: `an attack, 80 % sure`. */
export function opinionWords({ nature, confidence }: NonNullable<JudgementView['opinion']>): string {
  return `${nature === 'benign' ? 'benign' : 'an attack'}, ${confidence} % sure`;
}

/** `data: Role deploy may read or change data. (snapshot: attached policy X); 2 more. Not known: ...` */
export function aboutText({ says, level, facts, more, unknown }: AboutRow): string {
  const told = facts.map((fact) => (level === null ? `(${fact.from})` : `${fact.says} (${fact.from})`));
  const rest = more === 0 ? [] : [`${more} more.`];
  const missing = unknown.length === 0 ? [] : [`Not known: ${unknown.join('; ')}.`];
  return [level === null || told.length + missing.length === 0 ? says : `${says}:`, ...told, ...rest, ...missing].join(' ');
}

/** A question with all that it takes to judge it. What is recommended is printed only where the view has it. */
export function printCard(io: Io, view: JudgementView): string {
  const { judgement, finding, about, guardrails, titles, evidence, waiting, cases, opinion, advice, intruder } = view;
  const { colours, columns } = io.out;
  const width = Math.max(40, columns ?? 100) - 12;
  const paragraph = (name: string, text: string): string[] =>
    wrapToWidth(printable(text), width).map((line, i) => `${colours.dim((i === 0 ? name : '').padEnd(11))} ${line}`);
  const lines = [
    `${colours.bold(shortId(judgement.id))}  ${finding === null ? '' : `${severityPaint(colours, finding.severity)(finding.severity)}  `}${colours.bold(printable(judgement.question))}`,
    ...(intruder ? paragraph('now', 'An intruder is active: what is recommended is shown at once.') : []),
    ...(finding === null ? [] : paragraph('found', finding.message)),
    ...about.flatMap((row) => paragraph(row.name, aboutText(row))),
    ...evidence.flatMap(({ document, context }) => [
      ...(document === null ? [] : paragraph('evidence', `${document} (finding)`)),
      ...(context === null ? [] : paragraph('', `${context} (what was known)`)),
    ]),
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
    ...paragraph('waiting', `${waiting.says} It is felt within ${waiting.within}.`),
    ...cases.flatMap(({ question, answer, answeredAt, outcome }) =>
      paragraph(
        'before',
        `${showTime(answeredAt)}, ${answer}, ${outcome === null ? 'not known yet how it turned out' : outcome === 'benign' ? 'it was benign' : 'it was an attack'}: ${question}`,
      ),
    ),
    ...(opinion === null ? [] : paragraph('you said', opinionWords(opinion))),
    ...(advice === null
      ? []
      : paragraph('advice', `${advice.answer}${advice.opinion === null ? '' : ` (${opinionWords(advice.opinion)})`}: ${advice.because}`)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
