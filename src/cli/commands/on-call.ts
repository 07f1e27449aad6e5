import { acknowledgePage } from '../../app/on-call/acknowledge-page.ts';
import { type Duty, readDuty } from '../../app/on-call/read-duty.ts';
import { type QueueEntry, readQueue } from '../../app/on-call/read-queue.ts';
import { setOverride, takeBackOverride } from '../../app/on-call/set-override.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import { type Io, severityPaint } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showCount, showTime } from '../show.ts';
import { table } from '../table.ts';

const day = 86_400_000;

export interface OnCallOptions {
  readonly days: number;
  readonly format: PlainFormat;
}

export async function onCall(io: Io, wires: Wires, options: OnCallOptions): Promise<ExitCode> {
  const duty = await wires.withConsole((deps) => readDuty(deps, options.days * day));
  if (options.format === 'json') await printJson(io, duty);
  else await io.out.write(dutyText(io, duty));
  return exitCodes.ok.code;
}

function dutyText({ out: { colours, columns } }: Io, duty: Duty): string {
  if (!duty.isSet) return 'There is no oncall.yml: everybody in channels.yml is told of everything at once.\n';
  const turns = table(
    [{ title: 'FROM' }, { title: 'UNTIL' }, { title: 'ON CALL' }, { title: 'BY' }],
    duty.turns.map((turn, i) => [
      { text: i === 0 ? 'now' : turn.from.local },
      { text: turn.until.local },
      { text: printable(turn.person), ...(i === 0 ? { paint: colours.bold } : {}) },
      { text: turn.by === null ? 'override' : printable(turn.by), paint: colours.dim },
    ]),
    columns,
    colours.dim,
  );
  const { judgements, apart } = duty.load;
  const lines = [
    `Backup team: ${duty.backup.length === 0 ? 'nobody' : duty.backup.map(printable).join(', ')}. Times are of ${duty.zone}.`,
    `This shift, until ${duty.shift.until.local}: ${plural(judgements, 'judgement')} of ${showCount(duty.budget)}${apart === 0 ? '' : `, ${showCount(apart)} of incidents apart`}.`,
    ...(duty.quietUntil === null
      ? []
      : [`Quiet hours until ${duty.quietUntil.local}: only data loss or an active intruder wakes somebody.`]),
    ...duty.overrides.map(
      ({ id, person, from, until, reason }) =>
        `Override ${id}: ${printable(person)} from ${from.local} until ${until.local}${reason === '' ? '' : ` (${printable(reason)})`}.`,
    ),
  ];
  return `${turns}${lines.join('\n')}\n`;
}

export interface OverrideOptions {
  readonly from?: string;
  readonly until?: string;
  readonly person?: string;
  readonly reason: string;
  readonly takeBack?: string;
  readonly as: string;
  readonly format: PlainFormat;
}

export async function override(io: Io, wires: Wires, options: OverrideOptions): Promise<ExitCode> {
  const { from, until, person, reason, takeBack, as: by } = options;
  const done = await wires.withConsole((deps) => {
    if (takeBack !== undefined) return takeBackOverride(deps, by, takeBack);
    if (from === undefined || until === undefined || person === undefined)
      throw new InputError('--from, --until and --person are wanted, or --take-back', 'oncall override');
    return setOverride(deps, by, { from, until, person, reason });
  });
  if (options.format === 'json') await printJson(io, done);
  else if (takeBack !== undefined) await io.out.write(`Taken back: ${printable(done.person)} until ${showTime(done.until)}.\n`);
  else
    await io.out.write(
      `Override ${done.id}: ${printable(done.person)} is on call from ${showTime(done.from)} until ${showTime(done.until)}.\n`,
    );
  return exitCodes.ok.code;
}

export async function queue(io: Io, wires: Wires, options: { readonly format: PlainFormat }): Promise<ExitCode> {
  const entries = await wires.withConsole(readQueue);
  if (options.format === 'json') await printJson(io, entries);
  else if (entries.length > 0) await io.out.write(queueTable(io, entries));
  await io.out.flush();
  const of = (kind: QueueEntry['kind']) => entries.filter((entry) => entry.kind === kind).length;
  await io.err.write(
    entries.length === 0
      ? 'Nothing waits.\n'
      : `${plural(of('automation'), 'fault')} of the automation, ${plural(of('judgement'), 'judgement')}, ${plural(of('incident'), 'incident')}\n`,
  );
  return exitCodes.ok.code;
}

function queueTable({ out: { colours, columns } }: Io, entries: readonly QueueEntry[]): string {
  return table(
    [{ title: 'KIND' }, { title: 'SEVERITY' }, { title: 'SINCE' }, { title: 'WHAT', flexible: true }, { title: 'PAGE' }, { title: 'ID' }],
    entries.map(({ kind, severity, since, title, page }) => [
      { text: kind },
      { text: severity, paint: severityPaint(colours, severity) },
      { text: showTime(since) },
      { text: printable(title) },
      { text: page === null ? '-' : page.by === null ? page.state : `${page.state}, ${printable(page.by)}` },
      { text: page === null ? '' : shortId(page.id), paint: colours.dim },
    ]),
    columns,
    colours.dim,
  );
}

export interface AckOptions {
  readonly as: string;
  readonly format: PlainFormat;
}

/** Without an id, takes the one page that calls; of several, lists them. */
export async function ack(io: Io, wires: Wires, typed: string | undefined, options: AckOptions): Promise<ExitCode> {
  if (typed === undefined) return queue(io, wires, options);
  const { entry, done } = await wires.withConsole(async (deps) => {
    const paged = (await readQueue(deps)).flatMap((one) => (one.page === null ? [] : [{ ...one, page: one.page }]));
    // A question and its incident have one page.
    const pages = [...new Map(paged.map((one) => [one.page.id, one])).values()];
    const found = pickById(pages, ({ page }) => page.id, typed, 'page');
    return { entry: found, done: await acknowledgePage(deps, found.page.id, options.as, 'command-line') };
  });
  if (options.format === 'json') await printJson(io, done);
  await io.out.flush();
  const by = entry.page.by === null ? '' : ` by ${printable(entry.page.by)}`;
  const says = done.outcome === 'acknowledged' ? 'yours; nobody else is told' : `too late: it is ${entry.page.state}${by}`;
  await io.err.write(`${printable(entry.title)}\n${says}\n`);
  return done.outcome === 'acknowledged' ? exitCodes.ok.code : exitCodes.no.code;
}
