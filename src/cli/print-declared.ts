import type { ClockView, DeclaredView } from '../app/incident-mode/read-declared-incident.ts';
import { type Io, severityPaint } from './io.ts';
import { printable } from './printable.ts';
import { plural, shortId, showTime } from './show.ts';
import { table } from './table.ts';
import { wrapToWidth } from './text-width.ts';

const minute = 60_000;

/** `in 2 h 05 min`, `3 h 10 min ago`. */
export function clockLeft(end: number, now: number): string {
  const minutes = Math.floor(Math.abs(end - now) / minute);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  const span =
    days > 1
      ? `${days} d ${hours} h`
      : minutes >= 60
        ? `${days * 24 + hours} h ${String(minutes % 60).padStart(2, '0')} min`
        : `${minutes} min`;
  return end > now ? `in ${span}` : `${span} ago`;
}

/** The clocks of an incident, what ends next first. */
export function clockTable({ out: { colours, columns } }: Io, clocks: readonly ClockView[], now: number): string {
  return table(
    [{ title: 'CLOCK' }, { title: 'STATE' }, { title: 'ENDS' }, { title: 'LEFT' }, { title: 'KEPT BY' }, { title: 'WHAT', flexible: true }],
    clocks.map(({ id, state, end, keeper, title, met }) => [
      { text: id },
      { text: state, ...(state === 'over' || state === 'met-late' ? { paint: colours.red } : {}) },
      { text: end === null ? '-' : showTime(end).slice(0, 16) },
      {
        text: met !== null ? `met ${showTime(met.time).slice(0, 16)}` : end === null || state === 'waived' ? '-' : clockLeft(end, now),
        ...(state === 'over' ? { paint: colours.red } : {}),
      },
      { text: printable(keeper ?? '-') },
      { text: printable(title) },
    ]),
    columns,
    colours.dim,
  );
}

const shownLines = 15;

/** One declared incident, as somebody reads it who has just been woken: what holds now first, what happened last below. */
export function warRoom(io: Io, view: DeclaredView, now: number): string {
  const { incident, about, clocks, conditions, log, lines, drafts } = view;
  const { colours, columns } = io.out;
  const width = Math.max(40, columns ?? 100) - 12;
  const field = (name: string, text: string): string[] =>
    wrapToWidth(printable(text), width).map((line, i) => `${colours.dim((i === 0 ? name : '').padEnd(11))} ${line}`);
  const present = incident.responders.filter(({ leftAt }) => leftAt === null).map(({ person }) => person);
  const head = [
    `${severityPaint(colours, incident.severity)(incident.severity)}  ${colours.bold(printable(incident.title))}`,
    ...field('id', `${incident.id}, event ${incident.version}`),
    ...field(
      'state',
      incident.declaredAt === null
        ? incident.state
        : `${incident.state}, declared ${showTime(incident.declaredAt)}, ${clockLeft(incident.declaredAt, now)}`,
    ),
    ...(incident.commander === null ? [] : [`${colours.dim('commander  ')} ${colours.bold(printable(incident.commander))}`]),
    ...(present.length === 0 ? [] : field('in it', present.join(', '))),
    ...field(
      'contained',
      incident.contained === null
        ? 'no'
        : `${showTime(incident.contained.at)}, says ${incident.contained.by}${noteOf(incident.contained.note)}`,
    ),
    ...about.flatMap(({ id, title, isOpen }, i) => field(i === 0 ? 'about' : '', `${shortId(id)} ${title}${isOpen ? '' : ' (not open)'}`)),
    ...(incident.closed === null
      ? []
      : field('closed', `${showTime(incident.closed.at)} by ${incident.closed.by}${noteOf(incident.closed.note)}`)),
  ];
  const objectives = incident.objectives.map(({ id, text, state, ended }) => [
    { text: id },
    { text: state, ...(state === 'open' ? {} : { paint: colours.dim }) },
    { text: printable(`${text}${ended === null || ended.note === '' ? '' : ` (${ended.note})`}`) },
  ]);
  const tasks = incident.tasks.map(({ id, text, state, claimer, ended }) => [
    { text: id },
    { text: state === 'open' && claimer === null ? 'free' : state, ...(state === 'open' ? {} : { paint: colours.dim }) },
    { text: printable(claimer ?? '-') },
    { text: printable(`${text}${ended === null || ended.note === '' ? '' : ` (${ended.note})`}`) },
  ]);
  const unmet = conditions.filter(({ met }) => !met);
  const story = [...lines].slice(-shownLines);
  const parts = [
    head.map((line) => `${line}\n`).join(''),
    clocks.length === 0 ? '' : clockTable(io, clocks, now),
    objectives.length === 0
      ? ''
      : table([{ title: 'OBJECTIVE' }, { title: 'STATE' }, { title: 'WHAT', flexible: true }], objectives, columns, colours.dim),
    tasks.length === 0
      ? ''
      : table([{ title: 'TASK' }, { title: 'STATE' }, { title: 'WHO' }, { title: 'WHAT', flexible: true }], tasks, columns, colours.dim),
    table(
      [
        { title: 'TIME' },
        { title: 'WHO' },
        { title: lines.length > shownLines ? `THE LAST ${shownLines} OF ${lines.length} LINES` : 'WHAT HAPPENED', flexible: true },
      ],
      story.map(({ at, who, by, what }) => [
        { text: showTime(at) },
        { text: printable(who === 'person' ? by : who), ...(who === 'evidence' ? { paint: colours.yellow } : {}) },
        { text: printable(what) },
      ]),
      columns,
      colours.dim,
    ),
    log.some(({ sent }) => sent.length > 0)
      ? table(
          [{ title: 'SENT' }, { title: 'BY' }, { title: 'CHANNEL' }, { title: 'STATE' }],
          log.flatMap(({ at, by, sent }) =>
            sent.map(({ channel, to, state }) => [
              { text: showTime(at) },
              { text: printable(by) },
              { text: printable(to === '' ? channel : `${channel}:${to}`) },
              { text: state, ...(state === 'failed' ? { paint: colours.red } : {}) },
            ]),
          ),
          columns,
          colours.dim,
        )
      : '',
    incident.state !== 'open'
      ? ''
      : unmet.length === 0
        ? `${colours.green('It can be closed')}: jobzero incident close\n`
        : `${colours.dim('Before it is closed:')}\n${unmet.map(({ says }) => `  ${printable(says)}\n`).join('')}`,
    drafts.length === 0 || incident.state !== 'open' ? '' : `${plural(drafts.length, 'task')} drafted: jobzero incident task draft\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function noteOf(note: string): string {
  return note === '' ? '' : `: ${note}`;
}
