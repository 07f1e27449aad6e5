import type { DeclaredIncident, IncidentEvent } from '../../../core/model/declared-incident.ts';
import type { Block, Cell, PrintedDocument } from '../../../core/model/printed-document.ts';
import type { LedgerReport } from '../../../core/ports/ledger.ts';
import type { ConsoleDeps } from '../../console/console-deps.ts';
import { playbookTitle } from '../../console/playbook-of.ts';
import type { Chronicle, Line } from '../chronicle.ts';
import { clockTitle, utc } from '../event-words.ts';
import { type ClockView, clocksOf } from '../read-declared-incident.ts';
import { askQuestions } from './ask-questions.ts';
import type { FoundLeaf } from './find-leaves.ts';
import type { Cost, Moments } from './measure-incident.ts';
import { span } from './span.ts';

/** What the review is made of. */
export interface ReviewParts {
  readonly incident: DeclaredIncident;
  readonly events: readonly IncidentEvent[];
  readonly story: Chronicle;
  readonly at: Moments;
  readonly cost: Cost;
  /** Where each lesson became a ticket, as far as that is known. */
  readonly tickets: ReadonlyMap<string, readonly string[]>;
  readonly leaves: readonly FoundLeaf[];
  /** All leaves that could tell of it were looked at. */
  readonly allLeaves: boolean;
  /** Events whose leaf has the hash of what is stored, by number; those that differ are not in it. */
  readonly proven: ReadonlySet<number>;
  readonly ledger: LedgerReport;
  readonly now: number;
  readonly site: string | null;
}

const mostLines = 500;

/** The post-incident review as a draft: what is stored, put in order; and questions, where only people know. A pure function of its parts. */
export function composeReview({ playbooks }: Pick<ConsoleDeps, 'playbooks'>, parts: ReviewParts): PrintedDocument {
  const { incident, events, story, at, cost, now, site } = parts;
  const { well, badly } = askQuestions(incident, events, story, at, cost);
  const section = (text: string, ...blocks: readonly Block[]): readonly Block[] => [{ kind: 'heading', level: 2, text }, ...blocks];
  const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
  const table = (head: readonly string[], widths: readonly number[], rows: readonly (readonly Cell[])[], none: string): Block =>
    rows.length === 0 ? paragraph(none) : { kind: 'table', head, widths, rows };
  const cut = story.lines.length > mostLines ? ` Shown are the first ${mostLines} of ${story.lines.length} lines.` : '';
  const blocks: readonly Block[] = [
    paragraph(
      `A draft of ${utc(now)}, put together from what jobzero stores and from its ledger. It says what was recorded and not why; what only people know is asked. ` +
        `The incident is ${incident.state}.`,
    ),
    ...section(
      'In short',
      table(['What', 'As it is'], [1, 3], shortRows(incident, story), ''),
      table(['From', 'To', 'Took'], [3, 3, 2], durations(at), 'Nothing is known of its times.'),
    ),
    ...section(
      'What happened',
      paragraph(`Times are UTC. Evidence names the events of logs; a number with # is the leaf of the ledger that says the same.${cut}`),
      table(
        ['Time', 'Who', 'What', 'Evidence and leaf'],
        [4, 2, 8, 4],
        story.lines.slice(0, mostLines).map((line) => lineRow(line, parts)),
        'Nothing is stored.',
      ),
    ),
    ...section(
      'What automation did',
      table(
        ['Time', 'Playbook', 'On', 'Ended as'],
        [3, 4, 5, 3],
        story.actions
          .filter(({ by }) => by === 'automation')
          .map(({ id, plannedAt, playbook, target, state }) => [
            utc(plannedAt),
            { text: playbookTitle(playbooks, playbook), path: `/actions/${id}` },
            target.uid,
            state,
          ]),
        'Nothing.',
      ),
    ),
    ...section(
      'What people did',
      table(
        ['Who', 'In it', 'Tasks done', 'Said and told'],
        [3, 4, 6, 2],
        incident.responders.map(({ person, joinedAt, leftAt }) => [
          person === incident.commander ? `${person}, commander at the end` : person,
          `${utc(joinedAt)} to ${leftAt === null ? (incident.closed === null ? 'now' : utc(incident.closed.at)) : utc(leftAt)}`,
          incident.tasks
            .flatMap((task) => (task.claimer === person && task.state === 'done' ? [`${task.id} ${task.text}`] : []))
            .join('; '),
          String(events.filter(({ by, type }) => by === person && (type === 'said' || type === 'told')).length),
        ]),
        'Nobody was in it.',
      ),
      table(
        ['Time', 'By', 'Action that a person let happen', 'Ended as'],
        [3, 2, 6, 2],
        story.actions
          .filter(({ by }) => by !== 'automation')
          .map(({ id, plannedAt, playbook, by, target, state }) => [
            utc(plannedAt),
            by,
            { text: `${playbookTitle(playbooks, playbook)}: ${target.uid}`, path: `/actions/${id}` },
            state,
          ]),
        'No action was let happen by a person.',
      ),
    ),
    ...section(
      'Who was told what',
      table(
        ['Time', 'By', 'To', 'How', 'What'],
        [3, 2, 3, 2, 6],
        events.flatMap((event) => (event.type === 'told' ? [[utc(event.at), event.by, event.audience, event.means, event.text]] : [])),
        'Nobody outside was told by way of jobzero.',
      ),
    ),
    ...section('What the clocks said', ...clockBlocks(incident, now)),
    ...section('What it cost', table(['What', 'How much'], [4, 5], costRows(cost), '')),
    ...section('What went well', { kind: 'questions', items: well }),
    ...section('What went badly', { kind: 'questions', items: badly }),
    ...section(
      'Lessons',
      table(
        ['', 'What is to be done', 'Noted by', 'Tickets'],
        [1, 8, 2, 4],
        incident.lessons.map(({ id, text, by }) => [id, text, by, (parts.tickets.get(id) ?? []).join(', ')]),
        'None was noted yet: jobzero incident lesson "what is to be done" --channel NAME',
      ),
    ),
    ...section('Proof', ...proof(parts)),
  ];
  return { format: 'jobzero.printed-document/1', title: `Review: ${incident.title}`, at: now, site, blocks };
}

function shortRows(
  { id, severity, state, commander, declaredAt, contained, closed }: DeclaredIncident,
  { about, findings }: Chronicle,
): readonly (readonly Cell[])[] {
  const accounts = [...new Set(about.flatMap(({ incident }) => incident.accounts))];
  return [
    ['Id', { text: id, path: `/declared/${id}` }],
    ['Severity, state', `${severity}, ${state}`],
    ['Commander', commander ?? 'nobody'],
    ['Declared', declaredAt === null ? 'not' : utc(declaredAt)],
    [
      'Contained',
      contained === null ? 'not, as far as people said' : `${utc(contained.at)}, says ${contained.by}${noteOf(contained.note)}`,
    ],
    ['Closed', closed === null ? 'not yet' : `${utc(closed.at)}, signed by ${closed.by} over ${closed.of} events${noteOf(closed.note)}`],
    ...about.map(({ incident }): readonly Cell[] => [
      'About',
      { text: `${incident.title} (${incident.id})`, path: `/incidents/${incident.id}` },
    ]),
    ...(about.length === 0 ? [] : [['Findings', String(findings.length)] as const, ['Accounts', accounts.join(', ')] as const]),
  ];
}

function noteOf(note: string): string {
  return note === '' ? '' : `: ${note}`;
}

const names: { readonly [K in keyof Moments]: string } = {
  began: 'First event in the evidence',
  detected: 'Found',
  decided: 'First decision',
  acted: 'First action seen to hold',
  called: 'First page',
  taken: 'Page taken',
  declared: 'Declared',
  contained: 'Called contained',
  closed: 'Closed',
};
const steps: readonly (readonly [from: keyof Moments, to: keyof Moments])[] = [
  ['began', 'detected'],
  ['detected', 'decided'],
  ['decided', 'acted'],
  ['began', 'acted'],
  ['called', 'taken'],
  ['began', 'declared'],
  ['declared', 'contained'],
  ['began', 'contained'],
  ['declared', 'closed'],
];

function durations(at: Moments): readonly (readonly Cell[])[] {
  const said = (moment: keyof Moments) => `${names[moment]}${at[moment] === null ? '' : `, ${utc(at[moment])}`}`;
  return steps.flatMap(([from, to]) => {
    const [begin, end] = [at[from], at[to]];
    if (begin === null || end === null) return [];
    return [[said(from), said(to), end < begin ? `${span(begin - end)} before` : span(end - begin)]];
  });
}

function lineRow({ at, who, by, what, path, evidence, subject, n }: Line, { leaves, proven }: ReviewParts): readonly Cell[] {
  const leaf = leaves.find((one) => one.subject === subject && (n === null ? one.at === at : one.data['n'] === n)) ?? null;
  const mark = leaf === null ? '' : `#${leaf.index} ${leaf.hash.slice(0, 16)}${n !== null && !proven.has(n) ? ' (differs)' : ''}`;
  return [
    utcSeconds(at),
    who === 'person' ? by : who,
    path === null ? what : { text: what, path },
    [...evidence, mark].filter((part) => part !== '').join(' '),
  ];
}

function utcSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

function clockBlocks(incident: DeclaredIncident, now: number): readonly Block[] {
  const clocks = clocksOf(incident, now);
  const note: Block = {
    kind: 'paragraph',
    text: 'Clocks were started and ended by people. They are a help to keep time by, and no legal advice.',
  };
  if (clocks.length === 0) return [{ kind: 'paragraph', text: 'None was started.' }, note];
  return [
    {
      kind: 'table',
      head: ['Clock', 'Runs from', 'Ended or ends', 'What became of it', 'Source'],
      widths: [5, 3, 3, 5, 4],
      rows: clocks.map((clock) => [
        clockTitle(incident, clock.id),
        clock.from === null ? 'not known yet' : utc(clock.from),
        clock.end === null ? '' : utc(clock.end),
        outcomeOf(clock, now),
        clock.source.cites,
      ]),
    },
    note,
  ];
}

function outcomeOf({ state, end, met, waived, keeper }: ClockView, now: number): string {
  switch (state) {
    case 'met':
    case 'met-late': {
      const margin = met === null || end === null ? '' : `, ${span(end - met.time)} ${met.time > end ? 'late' : 'before its end'}`;
      return `Met ${met === null ? '' : utc(met.time)}${margin}${noteOf(met?.note ?? '')}`;
    }
    case 'waived':
      return `Does not apply, says ${waived?.by ?? ''}${noteOf(waived?.note ?? '')}`;
    case 'waiting':
      return `Waits for the one before it${keeper === null ? '' : `; ${keeper} keeps it`}`;
    case 'running':
      return `Runs, ${span((end ?? now) - now)} left${keeper === null ? '' : `; ${keeper} keeps it`}`;
    case 'over':
      return `Ended ${span(now - (end ?? now))} ago and was not met`;
    default:
      return state satisfies never;
  }
}

function costRows(cost: Cost): readonly (readonly Cell[])[] {
  return [
    [
      'Judgements asked',
      `${cost.judgements}, of which ${cost.answered} were answered; ${cost.apart} were counted apart from the load of the shift`,
    ],
    ['Pages', `${cost.pages}; messages that they sent: ${cost.calls}`],
    ['People in it', `${cost.responders}, ${cost.presence} minutes all together`],
    ['Messages to others', `${cost.told}, of which ${cost.undelivered} are not known to have arrived`],
  ];
}

function proof({ incident, events, leaves, proven, ledger, allLeaves, now }: ReviewParts): readonly Block[] {
  const own = leaves.filter(({ subject, type, data }) => subject === incident.id && type === 'incident' && typeof data['n'] === 'number');
  const numbered = new Set(own.map(({ data }) => data['n']));
  const state = ledger.ok ? 'verifies' : 'DOES NOT VERIFY';
  return [
    {
      kind: 'paragraph',
      text:
        `At ${utc(now)} the ledger of ${ledger.size} leaves ${state}, root ${ledger.root}; ${ledger.basis === 'inside-only' ? 'this rests on the database alone' : 'this rests on checkpoints kept outside'}. ` +
        `Of ${events.length} events of this incident ${proven.size} have a leaf with the hash of what is stored, ${numbered.size - proven.size} have one with another hash, and ${events.length - numbered.size} have none with a number yet.` +
        (allLeaves ? '' : ' The ledger is too long to have been searched to its beginning.'),
    },
    {
      kind: 'paragraph',
      text: 'To check a leaf without this jobzero: "jobzero ledger prove INDEX" writes what shows that it is in the ledger, "jobzero ledger check-proof" checks that, and "jobzero ledger audit" an export, with the public key alone.',
    },
    ...(own.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            head: ['Leaf', 'Event', 'Hash of the leaf (RFC 6962)', 'Seal of the stored event'],
            widths: [1, 3, 7, 7],
            rows: own.map(({ index, hash, data }) => [
              `#${index}`,
              `${String(data['n'])} ${String(data['event'])}`,
              hash,
              `${String(data['eventSeal'] ?? data['hash'])}${proven.has(Number(data['n'])) ? '' : ' (differs from what is stored)'}`,
            ]),
          },
        ]),
  ];
}
