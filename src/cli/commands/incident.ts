import type { ConsoleDeps } from '../../app/console/console-deps.ts';
import { listIncidents } from '../../app/console/list-incidents.ts';
import { type Declaration, declareIncident } from '../../app/incident-mode/declare-incident.ts';
import { eventWords } from '../../app/incident-mode/event-words.ts';
import {
  type DeclaredRow,
  type DeclaredView,
  listDeclaredIncidents,
  readDeclaredIncident,
} from '../../app/incident-mode/read-declared-incident.ts';
import { type IncidentWish, takeWish } from '../../app/incident-mode/take-wish.ts';
import type { Wires } from '../../app/wires.ts';
import type { DeclaredIncident } from '../../core/model/declared-incident.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Severity } from '../../core/model/severity.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import { type Io, severityPaint } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { clockLeft, warRoom } from '../print-declared.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showTime } from '../show.ts';
import { table } from '../table.ts';

export interface IncidentOptions {
  /** Which one; of one that is open it need not be said. */
  readonly id?: string;
  readonly as: string;
  readonly format: PlainFormat;
}

/** A time that a person gives: an instant in milliseconds since 1970, or now. */
export type Time = number | 'now';

export async function listDeclaredOnes(io: Io, wires: Wires, { all, format }: { readonly all?: boolean; readonly format: PlainFormat }) {
  const { rows, now } = await wires.withConsole(async (deps) => ({
    rows: await listDeclaredIncidents(deps, all === true),
    now: deps.clock.now(),
  }));
  if (format === 'json') await printJson(io, rows);
  else if (rows.length > 0) await io.out.write(declaredTable(io, rows, now));
  await io.out.flush();
  const open = rows.filter(({ incident }) => incident.state === 'open').length;
  const proposed = rows.filter(({ incident }) => incident.state === 'proposed').length;
  await io.err.write(
    open + proposed === 0
      ? 'No incident is declared.\n'
      : `${plural(open, 'incident')} declared, ${plural(proposed, 'proposal', 'proposals')}\n`,
  );
  return exitCodes.ok.code;
}

function declaredTable({ out: { colours, columns } }: Io, rows: readonly DeclaredRow[], now: number): string {
  return table(
    [
      { title: 'STATE' },
      { title: 'SEVERITY' },
      { title: 'DECLARED' },
      { title: 'COMMANDER' },
      { title: 'TASKS', align: 'right' },
      { title: 'NEXT CLOCK' },
      { title: 'WHAT', flexible: true },
      { title: 'ID' },
    ],
    rows.map(({ incident, nextEnd, openTasks }) => [
      { text: incident.state, ...(incident.state === 'open' ? { paint: colours.bold } : {}) },
      { text: incident.severity, paint: severityPaint(colours, incident.severity) },
      { text: incident.declaredAt === null ? '-' : showTime(incident.declaredAt).slice(0, 16) },
      { text: printable(incident.commander ?? '-') },
      { text: String(openTasks) },
      { text: nextEnd === null ? '-' : clockLeft(nextEnd, now), ...(nextEnd !== null && nextEnd <= now ? { paint: colours.red } : {}) },
      { text: printable(incident.title) },
      { text: shortId(incident.id), paint: colours.dim },
    ]),
    columns,
    colours.dim,
  );
}

export async function showDeclared(io: Io, wires: Wires, typed: string | undefined, { as: _, format }: IncidentOptions): Promise<ExitCode> {
  const { view, now } = await wires.withConsole(async (deps) => ({
    view: await viewOf(deps, await pick(deps, typed)),
    now: deps.clock.now(),
  }));
  if (format === 'json') await printJson(io, view);
  else await io.out.write(warRoom(io, view, now));
  return exitCodes.ok.code;
}

async function viewOf(deps: ConsoleDeps, { id }: DeclaredIncident): Promise<DeclaredView> {
  const view = await readDeclaredIncident(deps, id);
  if (view === null) throw new InputError('there is no such declared incident', id);
  return view;
}

/** The one whose id begins so; without one, the only one that is open, or else proposed. */
export async function pick(deps: ConsoleDeps, typed: string | undefined): Promise<DeclaredIncident> {
  const rows = await listDeclaredIncidents(deps, typed !== undefined);
  const incidents = rows.map(({ incident }) => incident);
  if (typed !== undefined) return pickById(incidents, ({ id }) => id, typed, 'declared incident');
  const open = incidents.filter(({ state }) => state === 'open');
  const [one, ...others] = open.length > 0 ? open : incidents;
  if (one === undefined) throw new InputError('no incident is declared: jobzero incident declare', 'incident');
  if (others.length > 0) throw new InputError(`${others.length + 1} are declared; say which with --id`, 'incident');
  return one;
}

export interface DeclareOptions extends IncidentOptions {
  readonly title: string;
  readonly severity: Severity;
  readonly commander: string;
}

const searched = 5_000;

export async function declare(io: Io, wires: Wires, typed: string | undefined, options: DeclareOptions): Promise<ExitCode> {
  const { title, severity, commander, as: by } = options;
  const done = await wires.withConsole(async (deps) => {
    const declaration: Declaration = { title, severity, commander, incident: typed === undefined ? null : await foundId(deps, typed) };
    return declareIncident(deps, by, declaration);
  });
  if (done.outcome === 'unknown') throw new InputError('there is no incident of this id', typed ?? '');
  if (options.format === 'json') await printJson(io, done);
  await io.out.flush();
  if (done.outcome === 'refused') return refused(io, done.refusal.says);
  const { incident } = done;
  await io.err.write(
    done.outcome === 'covered'
      ? `It is declared already, as ${shortId(incident.id)}; ${printable(incident.commander ?? '')} commands.\n`
      : `Declared as ${shortId(incident.id)}; ${printable(incident.commander ?? '')} commands. Next: jobzero incident show, task draft, clock start\n`,
  );
  return done.outcome === 'covered' ? exitCodes.no.code : exitCodes.ok.code;
}

/** The id of an incident that was found, from its beginning. */
async function foundId(deps: ConsoleDeps, typed: string): Promise<string> {
  if (typed.length === 32) return typed;
  const { items } = await listIncidents(deps, { limit: searched });
  return pickById(items, ({ incident }) => incident.id, typed, 'incident').incident.id;
}

/** What a command says of the incident as it is: the wish, or null where it only looks. */
export async function command(
  io: Io,
  wires: Wires,
  options: IncidentOptions,
  wishOf: (incident: DeclaredIncident, deps: ConsoleDeps) => IncidentWish | Promise<IncidentWish>,
): Promise<ExitCode> {
  const done = await wires.withConsole(async (deps) => {
    const incident = await pick(deps, options.id);
    return takeWish(deps, incident.id, options.as, await wishOf(incident, deps));
  });
  if (options.format === 'json') await printJson(io, done);
  await io.out.flush();
  if (done.outcome === 'refused') return refused(io, done.refusal.says);
  const { event, incident } = done;
  await io.err.write(`${printable(event.by)} ${printable(eventWords(event, incident))}\n`);
  return exitCodes.ok.code;
}

async function refused(io: Io, says: string): Promise<ExitCode> {
  await io.err.write(`${printable(says)}\n`);
  return exitCodes.no.code;
}

export function attach(io: Io, wires: Wires, verb: 'attach' | 'detach', typed: string, note: string, options: IncidentOptions) {
  return command(io, wires, options, async (incident, deps) => ({
    do: verb,
    // What became part of another is named as it was.
    incident: incident.incidents.find((id) => id.startsWith(typed)) ?? (await foundId(deps, typed)),
    note,
  }));
}

export interface TellOptions extends IncidentOptions {
  readonly by?: string;
  readonly channel: readonly string[];
}

export function tell(io: Io, wires: Wires, audience: string, text: string, { by, channel, ...options }: TellOptions): Promise<ExitCode> {
  const addresses = channel.map(addressOf);
  const means = [...(by === undefined ? [] : [by]), ...new Set(addresses.map((one) => one.channel))].join(', ');
  if (means === '') throw new InputError('say how: --channel NAME, or --by phone', 'tell');
  return command(io, wires, options, () => ({ do: 'tell', audience, text, means, addresses }));
}

export function lesson(
  io: Io,
  wires: Wires,
  text: string,
  { channel, ...options }: IncidentOptions & { readonly channel: readonly string[] },
): Promise<ExitCode> {
  return command(io, wires, options, () => ({ do: 'learn', text, addresses: channel.map(addressOf) }));
}

/** `mail:security@example.com`, or the channel alone for whom channels.yml names. */
function addressOf(text: string): { channel: string; to: string } {
  const at = text.indexOf(':');
  return at < 0 ? { channel: text, to: '' } : { channel: text.slice(0, at), to: text.slice(at + 1) };
}

export interface DraftOptions extends IncidentOptions {
  readonly add?: boolean;
}

/** Lists the tasks that follow from the timeline and the playbooks; with `--add`, adds them. */
export async function draft(io: Io, wires: Wires, options: DraftOptions): Promise<ExitCode> {
  const { drafts, added } = await wires.withConsole(async (deps) => {
    const incident = await pick(deps, options.id);
    const found = (await viewOf(deps, incident)).drafts;
    let n = 0;
    for (const { text, draft: of, path } of options.add === true ? found : [])
      if ((await takeWish(deps, incident.id, options.as, { do: 'add-task', text, draft: of, path })).outcome === 'done') n++;
    return { drafts: found, added: n };
  });
  if (options.format === 'json') await printJson(io, drafts);
  else if (drafts.length > 0)
    await io.out.write(
      table(
        [{ title: 'TASK', flexible: true }, { title: 'BECAUSE' }],
        drafts.map(({ text, because }) => [{ text: printable(text) }, { text: printable(because), paint: io.out.colours.dim }]),
        io.out.columns,
        io.out.colours.dim,
      ),
    );
  await io.out.flush();
  await io.err.write(
    options.add === true
      ? `${plural(added, 'task')} added\n`
      : `${plural(drafts.length, 'task')} drafted; --add adds ${drafts.length === 1 ? 'it' : 'them'}\n`,
  );
  return exitCodes.ok.code;
}

export interface CloseOptions extends IncidentOptions {
  readonly note: string;
  readonly of?: number;
}

/** Without `--of`, shows what has to be so and what would be signed; with it, closes. */
export async function close(io: Io, wires: Wires, options: CloseOptions): Promise<ExitCode> {
  const { of, note } = options;
  if (of !== undefined) return command(io, wires, options, () => ({ do: 'close', note, of }));
  const view = await wires.withConsole(async (deps) => viewOf(deps, await pick(deps, options.id)));
  if (options.format === 'json') await printJson(io, view.conditions);
  else
    await io.out.write(
      view.conditions
        .map(({ met, says }) => `${met ? io.out.colours.green('yes') : io.out.colours.red('no ')}  ${printable(says)}\n`)
        .join(''),
    );
  await io.out.flush();
  const ready = view.conditions.every(({ met }) => met);
  await io.err.write(
    ready
      ? `It can be closed. To sign what is there now: jobzero incident close --of ${view.incident.version} --note "why it is over"\n`
      : 'It cannot be closed yet.\n',
  );
  return ready ? exitCodes.ok.code : exitCodes.no.code;
}
