import { clipLine } from '../../core/lib/clip.ts';
import type { Finding } from '../../core/model/finding.ts';
import { findingSources } from '../../core/model/imported.ts';
import type { Severity } from '../../core/model/severity.ts';

/** What a ticket says of one finding, or of one group that is held back. */
export interface TicketLine {
  readonly id: string;
  readonly severity: Severity;
  readonly text: string;
  /** Where it is in the console. */
  readonly path: string;
}

/** What all lines of a ticket have in common. */
export interface TicketWords {
  readonly title: string;
  readonly intro: string;
}

/** More lines than these nobody reads in a ticket. */
const mostLines = 30;

export function lineOf({ id, severity, message, resources }: Finding, owner: string | null): TicketLine {
  const names = resources.map(({ name, uid }) => (name === '' ? uid : name)).filter((name) => !message.includes(name));
  const where = names.length === 0 ? '' : ` (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''})`;
  const whose = owner === null ? '' : ` Whose it is: ${clipLine(owner, 100)}.`;
  return { id, severity, text: `${clipLine(`${message}${where}`, 400)}${whose}`, path: `/findings/${id}` };
}

/** Findings of one rule; what AWS's services find has a title of its own each. */
export function wordsOf(findings: readonly Finding[], account: string): TicketWords {
  const [first] = findings;
  if (first === undefined) return { title: '', intro: '' };
  const { rule, imported } = first;
  const isOne = findings.every((one) => one.rule.title === rule.title);
  const what = isOne || imported === undefined ? rule.title : `${findingSources[imported.source]} ${imported.type}`;
  return { title: `${what} in account ${account}`, intro: isOne ? rule.description : '' };
}

export function heldWords(perDay: number): TicketWords {
  return {
    title: 'More findings than may become tickets',
    intro: `No more than ${perDay} new tickets a day are made here. What is held back gets its ticket on the next days, the gravest first, as far as it still stands.`,
  };
}

export function newText({ intro }: TicketWords, standing: readonly TicketLine[], more: number, site: string | null): string {
  return [
    intro,
    `What stands (${standing.length + more}):`,
    ...listed(standing, more, site),
    'A comment says what joins it, what has ended, and when nothing of it stands any more. Closing this ticket ends nothing in jobzero: nothing more is said of what it tells, and what is new gets a ticket of its own.',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

export interface Told {
  readonly added: readonly TicketLine[];
  /** How many have ended since the last word. */
  readonly ended: number;
  readonly standing: number;
  readonly severity: Severity;
  readonly before: Severity;
}

export function moreText({ added, ended, standing, severity, before }: Told, site: string | null): string {
  if (standing === 0) return 'Nothing of this stands any more.';
  return [
    ...(severity === before ? [] : [`The gravest is ${severity} now; it was ${before}.`]),
    ...(ended === 0 ? [] : [`Ended: ${ended}.`]),
    ...(added.length === 0 ? [] : [`New (${added.length}):`, ...listed(added, 0, site)]),
    `What stands: ${standing}.`,
  ].join('\n');
}

function listed(lines: readonly TicketLine[], more: number, site: string | null): readonly string[] {
  const shown = lines.slice(0, mostLines);
  const rest = lines.length - shown.length + more;
  return [
    ...shown.map(
      ({ severity, text, path }) => `${severity}: ${text} ${site === null ? `In the console: ${path}` : `${site}${encodeURI(path)}`}`,
    ),
    ...(rest === 0 ? [] : [`And ${rest} more.`]),
  ];
}
