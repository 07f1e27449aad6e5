import { readFile } from 'node:fs/promises';
import { assignPlaybook, candidatesFor } from '../../app/judge/assign-playbook.ts';
import { listProposals, readHoles } from '../../app/judge/list-proposals.ts';
import { reviewProposal, revokeProposal } from '../../app/judge/review-proposal.ts';
import { draftRules, writeRules } from '../../app/judge/write-rules.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import type { ProposedChange } from '../../core/model/proposal.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showCount, showTime } from '../show.ts';
import { table } from '../table.ts';
import { wrapToWidth } from '../text-width.ts';

export interface ProposalsOptions {
  readonly all?: boolean;
  readonly as: string;
  readonly format: PlainFormat;
}

const most = 10_000;

export async function listProposed(io: Io, wires: Wires, { all, as, format }: ProposalsOptions): Promise<ExitCode> {
  const found = await wires.withConsole((deps) => listProposals(deps, as, all === true, most));
  const { colours, columns } = io.out;
  const width = Math.max(40, columns ?? 100) - 12;
  const paragraph = (name: string, text: string): string[] =>
    wrapToWidth(printable(text), width).map((line, i) => `${colours.dim((i === 0 ? name : '').padEnd(11))} ${line}`);
  const card = ({
    id,
    state,
    question,
    nature,
    by,
    says,
    backtest,
    reviewFrom,
    own,
    reviews,
    written,
    changes,
  }: (typeof found)[number]): string =>
    [
      `${colours.bold(shortId(id))}  ${state}  ${colours.bold(printable(question))}`,
      ...paragraph('judged', `${nature === 'benign' ? 'benign' : 'an attack'}, by ${by.join(', ')}`),
      ...says.flatMap((text) => paragraph('would', text)),
      ...(written === undefined
        ? []
        : [
            ...written.text
              .trimEnd()
              .split('\n')
              .flatMap((line, i) => paragraph(i === 0 ? 'written' : '', line)),
          ]),
      ...(isWanted(state, changes) ? paragraph('could', 'jobzero proposals playbooks ID lists what may be offered for it') : []),
      ...paragraph('history', backtest === null ? 'not tried yet' : triedWords(backtest)),
      ...reviews.flatMap((review) =>
        paragraph(review.verdict, `${showTime(review.at)} by ${review.by}${review.note === '' ? '' : `: ${review.note}`}`),
      ),
      ...(state === 'proposed' ? paragraph('review', own ? 'by another person' : `from ${showTime(reviewFrom)} on`) : []),
    ]
      .map((line) => `${line}\n`)
      .join('');
  if (format === 'json') await printJson(io, found);
  else await io.out.write(found.map(card).join('\n'));
  await io.out.flush();
  await io.err.write(`${plural(found.length, 'proposal')}: jobzero proposals adopt ID, or reject ID\n`);
  return exitCodes.ok.code;
}

/** A playbook is wanted, and none was picked yet. */
function isWanted(state: string, changes: readonly ProposedChange[]): boolean {
  return (state === 'new' || state === 'proposed') && changes.every(({ kind }) => kind === 'playbook');
}

type Backtest = NonNullable<Awaited<ReturnType<typeof listProposals>>[number]['backtest']>;

function triedWords(backtest: Backtest): string {
  const { decisions, rules } = backtest;
  return [
    ...(rules === undefined ? [] : [rulesWords(rules)]),
    ...(decisions === 0 && rules !== undefined ? [] : [changesWords(backtest)]),
  ].join('; ');
}

function rulesWords({ days, events, before, after, lost, attacks, found }: NonNullable<Backtest['rules']>): string {
  return `${days} days, ${plural(events, 'event')}: ${plural(before, 'finding')} of these rules -> ${showCount(after)}; ${showCount(lost)} not found any more, ${showCount(attacks)} of them attacks, ${showCount(found)} new`;
}

function changesWords({ decisions, closes, acts, attacks, tooWide, expired, offers, asks = 0 }: Backtest): string {
  const of = `of ${plural(decisions, 'decision')}${expired === 0 ? '' : ` (${showCount(expired)} cannot be read any more)`}`;
  const offered =
    offers === undefined
      ? ''
      : `; the playbook would have been offered about ${plural(offers, 'finding')}, ${showCount(asks)} of them asked about only for it`;
  return `${of} it would have closed ${plural(closes, 'finding')} more, ${showCount(attacks)} of them attacks, and answered ${showCount(acts)} alone${tooWide ? '; so many that not all were looked at' : ''}${offered}`;
}

/** Sigma to begin with. */
export async function draft(io: Io, wires: Wires, typed: string): Promise<ExitCode> {
  const text = await wires.withConsole(async (deps) => {
    const one = pickById(await listProposals(deps, '', true, most), ({ id }) => id, typed, 'proposal');
    return draftRules(deps, one.id);
  });
  if (text !== null) await io.out.write(text);
  await io.out.flush();
  if (text !== null) return exitCodes.ok.code;
  await io.err.write('what is known of the case makes no rule: write one from scratch\n');
  return exitCodes.no.code;
}

export async function write(io: Io, wires: Wires, typed: string, file: string, { as }: { readonly as: string }): Promise<ExitCode> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError('the rules cannot be read', file, { cause: error });
  });
  const done = await wires.withConsole(async (deps) => {
    const one = pickById(await listProposals(deps, as, true, most), ({ id }) => id, typed, 'proposal');
    return writeRules(deps, one.id, as, text);
  });
  const says =
    done.outcome === 'written'
      ? [`${plural(done.rules, 'rule')}, ${plural(done.filters, 'filter')}: tried on history by a worker, then reviewed by another person`]
      : done.outcome === 'refused'
        ? done.faults.map(({ line, reason }) => `${io.err.colours.yellow('refused')} ${printable(file)}:${line}: ${printable(reason)}`)
        : [done.outcome === 'not-now' ? `it is ${done.state}` : 'there is no such proposal'];
  await io.err.write(says.map((line) => `${line}\n`).join(''));
  return done.outcome === 'written' ? exitCodes.ok.code : exitCodes.no.code;
}

/** What could be offered about what was judged, and is not. */
export async function candidates(io: Io, wires: Wires, typed: string, { format }: { readonly format: PlainFormat }): Promise<ExitCode> {
  const found = await wires.withConsole(async (deps) => {
    const one = pickById(await listProposals(deps, '', true, most), ({ id }) => id, typed, 'proposal');
    return candidatesFor(deps, one.id);
  });
  const { colours, columns } = io.out;
  if (format === 'json') await printJson(io, found);
  else
    await io.out.write(
      table(
        [{ title: 'PLAYBOOK' }, { title: 'WOULD', flexible: true }],
        found.map(({ id, asks, blastRadius }) => [{ text: id }, { text: `${printable(asks)}. ${printable(blastRadius)}` }]),
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  await io.err.write(`${plural(found.length, 'playbook')}: jobzero proposals assign ID PLAYBOOK\n`);
  return exitCodes.ok.code;
}

const notAssigned: { readonly [outcome: string]: string } = {
  unknown: 'there is no such proposal, or no such playbook',
  'no-attack': 'it was no attack that a finding tells of',
  'names-nothing': 'the playbook answers it already, or finds nothing in it to work on',
};

export async function assign(io: Io, wires: Wires, typed: string, playbook: string, { as }: { readonly as: string }): Promise<ExitCode> {
  const done = await wires.withConsole(async (deps) => {
    const one = pickById(await listProposals(deps, as, true, most), ({ id }) => id, typed, 'proposal');
    return assignPlaybook(deps, one.id, as, playbook);
  });
  if (done.outcome === 'assigned') {
    await io.err.write('tried on history by a worker, then reviewed by another person\n');
    return exitCodes.ok.code;
  }
  await io.err.write(`${done.outcome === 'not-now' ? `it is ${done.state}` : (notAssigned[done.outcome] ?? done.outcome)}\n`);
  return exitCodes.no.code;
}

export interface ReviewOptions extends ProposalsOptions {
  readonly note: string;
}

const refused: { readonly [outcome: string]: string } = {
  'judged-it': 'you have judged it: another person reviews it',
  'did-it': 'it is about what you did: another person reviews it',
  'not-tried': 'it has not been tried on history yet; a worker does it',
  'too-wide': 'it would change more than was looked at: narrow it in the tolerance file instead',
  'was-an-attack': 'it would have closed an attack',
};

export async function review(
  io: Io,
  wires: Wires,
  typed: string,
  verdict: 'adopt' | 'reject' | 'revoke',
  { as, note, format }: ReviewOptions,
): Promise<ExitCode> {
  const { one, done } = await wires.withConsole(async (deps) => {
    const one = pickById(await listProposals(deps, as, true, most), ({ id }) => id, typed, 'proposal');
    const done =
      verdict === 'revoke'
        ? await revokeProposal(deps, one.id, as, note)
        : await reviewProposal(deps, one.id, as, verdict === 'adopt', note);
    return { one, done };
  });
  if (format === 'json') await printJson(io, done);
  await io.out.flush();
  if (done.outcome === 'recorded') {
    await io.err.write(`${one.says.map(printable).join('\n')}\n${done.state}\n`);
    return exitCodes.ok.code;
  }
  const why =
    done.outcome === 'too-early'
      ? `it is reviewed after the shift in which it was judged: from ${showTime(done.from)} on`
      : done.outcome === 'not-now'
        ? `it is ${done.state}`
        : (refused[done.outcome] ?? done.outcome);
  await io.err.write(`${why}\n`);
  return exitCodes.no.code;
}

/** Exemptions of the file and of judgements, what automation was let do alone, and playbooks that are offered beside their own rules. */
export async function tolerance(io: Io, wires: Wires, { format }: { readonly format: PlainFormat }): Promise<ExitCode> {
  const holes = await wires.withConsole(readHoles);
  const { colours, columns } = io.out;
  const scope = (parts: readonly (string | undefined)[]) => ({ text: printable(parts.filter((part) => part !== undefined).join(' ')) });
  const from = (proposal: string | null) => ({ text: proposal === null ? 'tolerance.yml' : `proposal ${shortId(proposal)}` });
  if (format === 'json') await printJson(io, holes);
  else
    await io.out.write(
      table(
        [
          { title: 'WHAT' },
          { title: 'RULE' },
          { title: 'ACCOUNT' },
          { title: 'FROM' },
          { title: 'UNTIL' },
          { title: 'OWNER' },
          { title: 'ABOUT', flexible: true },
        ],
        [
          ...holes.exemptions.map(({ rule, account, actor, resource, resources, proposal, expires, owner }) => [
            { text: 'closed' },
            { text: printable(rule) },
            { text: printable(account ?? 'all') },
            from(proposal),
            { text: showTime(expires) },
            { text: printable(owner) },
            scope([actor, resource, ...(resources ?? [])]),
          ]),
          ...holes.grants.map(({ rule, account, playbook, despite, proposal, expires, owner }) => [
            { text: 'done alone' },
            { text: printable(rule) },
            { text: printable(account) },
            from(proposal),
            { text: showTime(expires) },
            { text: printable(owner) },
            scope([playbook, 'despite', ...despite]),
          ]),
          ...holes.assignments.map(({ rule, account, playbook, proposal, expires, owner }) => [
            { text: 'offered' },
            { text: printable(rule) },
            { text: printable(account) },
            from(proposal),
            { text: showTime(expires) },
            { text: printable(owner) },
            scope([playbook]),
          ]),
        ],
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  await io.err.write(
    `${plural(holes.exemptions.length, 'exemption')}, ${plural(holes.grants.length, 'grant')}, ${plural(holes.assignments.length, 'assignment')}\n`,
  );
  return exitCodes.ok.code;
}
