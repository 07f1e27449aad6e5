import type { ConsoleDeps } from '../../app/console/console-deps.ts';
import type { FindingDetail } from '../../app/console/finding-detail.ts';
import { listFindings as listPage } from '../../app/console/list-findings.ts';
import { readFinding } from '../../app/console/read-finding.ts';
import type { ListedFinding, Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Evidence, FindingState } from '../../core/model/finding.ts';
import type { Severity } from '../../core/model/severity.ts';
import { actionTable } from '../action-table.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { FindingFormat } from '../formats.ts';
import { type Io, severityPaint } from '../io.ts';
import { aboutText } from '../print-card.ts';
import { printJson } from '../print-json.ts';
import { printFindings, severityLine } from '../print-list.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showTime } from '../show.ts';
import { table } from '../table.ts';
import { wrapToWidth } from '../text-width.ts';

export interface ListOptions {
  readonly state?: FindingState;
  readonly severity?: Severity;
  readonly rule?: string;
  readonly account?: string;
  readonly format: FindingFormat;
  readonly limit: number;
}

const page = 500;

export async function listFindings(io: Io, wires: Wires, options: ListOptions): Promise<ExitCode> {
  const printed = await wires.withConsole((deps) => printFindings(io, all(deps, options), options.format, options.limit));
  await io.out.flush();
  const severities = severityLine(io, printed.bySeverity);
  await io.err.write(`${plural(printed.findings, 'finding')}${severities === '' ? '' : `: ${severities}`}\n`);
  return exitCodes.ok.code;
}

/** All pages, in id order. */
async function* all(deps: ConsoleDeps, options: ListOptions): AsyncGenerator<ListedFinding> {
  for (let after: string | null | undefined; after !== null; ) {
    const { items, next } = await listPage(deps, {
      ...(options.state === undefined ? {} : { state: options.state }),
      ...(options.severity === undefined ? {} : { severities: [options.severity] }),
      // Who names a rule of another service wants to see its findings, also those that are shown under ours.
      ...(options.rule === undefined ? { leads: true } : { rule: options.rule }),
      ...(options.account === undefined ? {} : { account: options.account }),
      ...(after === undefined ? {} : { after }),
      limit: page,
    });
    yield* items;
    after = next;
  }
}

export interface ShowOptions {
  readonly format: FindingFormat | 'json';
}

export async function showFinding(io: Io, wires: Wires, typed: string, options: ShowOptions): Promise<ExitCode> {
  const detail = await wires.withConsole(async (deps) => readFinding(deps, await findId(deps, typed), ''));
  if (detail === null) throw new InputError('there is no finding whose id begins so', typed);
  if (options.format === 'json') await printJson(io, detail);
  else if (options.format === 'table') await io.out.write(describe(io, detail));
  else await printFindings(io, [{ finding: detail.finding, state: detail.state }], options.format, 1);
  return exitCodes.ok.code;
}

/** Ids come in order, so the two that follow the typed beginning tell whether it is enough. */
async function findId(deps: ConsoleDeps, typed: string): Promise<string> {
  if (!/^[0-9a-f]{1,32}$/.test(typed)) throw new InputError('an id has up to 32 hexadecimal digits', typed);
  if (typed.length === 32) return typed;
  // The largest id below everything that begins so.
  const below = (BigInt(`0x${typed.padEnd(32, '0')}`) - 1n).toString(16).padStart(32, '0');
  const { items } = await listPage(deps, { limit: 2, ...(/^0+$/.test(typed) ? {} : { after: below }) });
  const found = items.map(({ finding }) => finding.id).filter((id) => id.startsWith(typed));
  const [first, second] = found;
  if (first === undefined) throw new InputError('there is no finding whose id begins so', typed);
  if (second !== undefined) throw new InputError('several findings begin so; type more of the id', typed);
  return first;
}

function describe(io: Io, detail: FindingDetail): string {
  const { finding, state, decisions, judgement, actions, life, about, told, ledBy, disagreement } = detail;
  const { colours, columns } = io.out;
  const paint = severityPaint(colours, finding.severity);
  const width = columns ?? 100;
  const fields: [string, string][] = [
    ['id', finding.id],
    ['state', state],
    ['rule', finding.rule.id],
    ['account', `${finding.account} ${finding.region}`],
    ...(finding.actor === undefined
      ? []
      : [['actor', finding.actor.uid === '' ? finding.actor.name : finding.actor.uid] as [string, string]]),
    ...finding.resources.map(({ uid }): [string, string] => ['resource', uid]),
    ...(finding.rule.techniques.length === 0
      ? []
      : [['ATT&CK', [...finding.rule.techniques, ...finding.rule.tactics].join(' ')] as [string, string]]),
    [
      'seen',
      `${showTime(finding.firstTime)} to ${showTime(finding.lastTime)}, ${finding.count.atLeast ? 'at least ' : ''}${plural(finding.count.n, 'time')}`,
    ],
    ['revision', finding.revision],
    ...told.map((one): [string, string] => [
      'told by',
      `${one.source} ${one.type}: ${one.fails ? 'fails' : 'in order'}, ${showTime(one.at)}${one.finding === finding.id ? '' : `, finding ${shortId(one.finding)}`}`,
    ]),
    ...(ledBy === null ? [] : [['decided', `as finding ${shortId(ledBy)}`] as [string, string]]),
    ...(disagreement === null ? [] : [['they differ', disagreement] as [string, string]]),
    ...about.map((row): [string, string] => [row.name, aboutText(row)]),
  ];
  const lines = [
    `${paint(finding.severity)}  ${colours.bold(printable(finding.rule.title))}`,
    ...wrapToWidth(printable(withoutTitle(finding)), width),
    '',
    ...fields.map(([name, value]) => `${colours.dim(name.padEnd(10))} ${printable(value)}`),
  ];
  const parts = [lines.map((line) => `${line}\n`).join('')];
  if (finding.evidence.length > 0) parts.push(evidenceTable(io, finding.evidence));
  if (decisions.length > 0) {
    parts.push(
      table(
        [{ title: 'DECIDED' }, { title: 'VERDICT' }, { title: 'WHY', flexible: true }],
        decisions.map(({ at, decision, guardrails }) => [
          { text: showTime(at) },
          { text: decision.verdict },
          { text: printable([decision.reason, ...guardrails.map(({ words }) => words)].filter((words) => words !== '').join(' ')) },
        ]),
        columns,
        colours.dim,
      ),
    );
  }
  if (judgement !== null) {
    const { id, question, state: asked } = judgement.judgement;
    const how = asked === 'waiting' ? ` (jobzero approve ${shortId(id)}, or deny)` : '';
    parts.push(`${colours.dim('judgement')} ${asked}: ${printable(question)}${how}\n`);
  }
  if (actions.length > 0) parts.push(actionTable(io, actions));
  if (life.length > 0) {
    parts.push(
      table(
        [{ title: 'LIFE' }, { title: 'EVENT' }, { title: 'BY' }, { title: 'NOTE', flexible: true }],
        life.map(({ at, event, by, note }) => [
          { text: showTime(at) },
          { text: event },
          { text: printable(by) },
          { text: printable(note) },
        ]),
        columns,
        colours.dim,
      ),
    );
  }
  return parts.join('\n');
}

/** Messages of rules begin with the title, which stands above it here. */
function withoutTitle({ message, rule }: FindingDetail['finding']): string {
  return message.startsWith(`${rule.title}: `) ? message.slice(rule.title.length + 2) : message;
}

function evidenceTable(io: Io, evidence: readonly Evidence[]): string {
  const { colours, columns } = io.out;
  return table(
    [{ title: 'EVENT' }, { title: 'OPERATION' }, { title: 'FROM' }, { title: 'ANSWER' }, { title: 'EVENT ID', flexible: true }],
    evidence.map(({ time, operation, ip, error, id }) => [
      { text: showTime(time) },
      { text: printable(operation) },
      { text: printable(ip ?? '-') },
      { text: error === undefined ? 'done' : printable(error), ...(error === undefined ? {} : { paint: colours.yellow }) },
      { text: printable(id) },
    ]),
    columns,
    colours.dim,
  );
}
