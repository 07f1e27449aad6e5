import { readOpinion } from '../../app/judge/give-opinion.ts';
import {
  closeInvestigation,
  type InvestigationDetail,
  listInvestigations,
  openInvestigation,
  readInvestigation,
} from '../../app/judge/investigations.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Nature } from '../../core/model/judging.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import { type Io, severityPaint } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { opinionWords } from '../print-card.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showTime } from '../show.ts';
import { table } from '../table.ts';

export interface InvestigateOptions {
  readonly about?: string;
  readonly says?: string;
  readonly confidence?: number;
  readonly as: string;
  readonly format: PlainFormat;
}

const most = 10_000;

/** Opens an investigation with `about`, shows one by its id, ends it with what it is, or lists all. */
export async function investigate(
  io: Io,
  wires: Wires,
  typed: string | undefined,
  nature: Nature | undefined,
  options: InvestigateOptions,
): Promise<ExitCode> {
  const { about, says, as, confidence, format } = options;
  if (typed === undefined && about === undefined) return list(io, wires, format);
  if (typed === undefined && says === undefined) throw new InputError('say what makes you look: --says "..."', about ?? '');
  const { detail, closed } = await wires.withConsole(async (deps) => {
    const id =
      typed === undefined
        ? await openInvestigation(deps, as, about ?? '', says ?? '')
        : pickById(await listInvestigations(deps, most), (one) => one.id, typed, 'investigation').id;
    if (nature === undefined) return { detail: await readInvestigation(deps, id), closed: null };
    if (confidence === undefined) throw new InputError('say how sure you are: --confidence 50 to 99', id);
    const closed = await closeInvestigation(deps, id, as, readOpinion(nature, confidence));
    return { detail: await readInvestigation(deps, id), closed };
  });
  if (detail === null) throw new InputError('there is no such investigation', typed ?? '');
  if (format === 'json') await printJson(io, detail);
  else await io.out.write(print(io, detail));
  await io.out.flush();
  if (closed === 'closed-before') {
    await io.err.write('it is closed already\n');
    return exitCodes.no.code;
  }
  await io.err.write(
    detail.state === 'closed'
      ? 'closed; another person says how it turned out: jobzero outcome\n'
      : `to end it: jobzero investigate ${shortId(detail.id)} true-positive|benign --confidence 50..99\n`,
  );
  return exitCodes.ok.code;
}

async function list(io: Io, wires: Wires, format: PlainFormat): Promise<ExitCode> {
  const all = await wires.withConsole((deps) => listInvestigations(deps, most));
  const { colours, columns } = io.out;
  if (format === 'json') await printJson(io, all);
  else if (all.length > 0)
    await io.out.write(
      table(
        [{ title: 'ID' }, { title: 'STATE' }, { title: 'OPENED' }, { title: 'BY' }, { title: 'ABOUT' }, { title: 'WHY', flexible: true }],
        all.map(({ id, state, openedAt, by, hunch, says }) => [
          { text: shortId(id) },
          { text: state },
          { text: showTime(openedAt) },
          { text: printable(by) },
          { text: printable(hunch.value) },
          { text: printable(says) },
        ]),
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  await io.err.write(`${plural(all.length, 'investigation')}\n`);
  return exitCodes.ok.code;
}

function print(io: Io, detail: InvestigationDetail): string {
  const { colours, columns } = io.out;
  const { id, hunch, says, by, openedAt, findings, looked, actions, queries, opinion } = detail;
  const sections = [
    `${colours.bold(shortId(id))}  ${colours.bold(printable(hunch.value))}\n${printable(says)}\n${showTime(openedAt)} by ${printable(by)}\n`,
    ...(opinion === null ? [] : [`${opinionWords(opinion)}, said by ${printable(opinion.by)} ${showTime(opinion.at)}\n`]),
    `${plural(findings.length, 'finding')} of ${plural(looked.n, 'finding')}${looked.all ? '' : ', the gravest'} that were looked through\n`,
  ];
  if (findings.length > 0)
    sections.push(
      table(
        [
          { title: 'FINDING' },
          { title: 'SEVERITY' },
          { title: 'STATE' },
          { title: 'LAST' },
          { title: 'DECIDED' },
          { title: 'WHAT', flexible: true },
        ],
        findings.map(({ finding, state, verdict }) => [
          { text: shortId(finding.id) },
          { text: finding.severity, paint: severityPaint(colours, finding.severity) },
          { text: state },
          { text: showTime(finding.lastTime) },
          { text: verdict ?? '-' },
          { text: printable(finding.message) },
        ]),
        columns,
        colours.dim,
      ),
    );
  if (actions.length > 0)
    sections.push(
      table(
        [{ title: 'ACTION' }, { title: 'STATE' }, { title: 'BY' }, { title: 'WHAT', flexible: true }],
        actions.map(({ action, title }) => [
          { text: shortId(action.id) },
          { text: action.state },
          { text: printable(action.by) },
          { text: printable(`${title}: ${action.target.uid}`) },
        ]),
        columns,
        colours.dim,
      ),
    );
  if (queries.length > 0)
    sections.push(
      queries
        .map(({ question, title, parameters }) => {
          const given = Object.entries(parameters).map(([name, value]) => ` --param '${name}=${value.replaceAll("'", "'\\''")}'`);
          return `${printable(title)}\n  jobzero query --question ${printable(question + given.join(''))}\n`;
        })
        .join(''),
    );
  return sections.join('\n');
}
