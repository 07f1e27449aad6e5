import type { ConsoleDeps } from '../../app/console/console-deps.ts';
import { listIncidents } from '../../app/console/list-incidents.ts';
import { type IncidentDetail, readIncident } from '../../app/console/read-incident.ts';
import { incidentLine } from '../../app/print-findings.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Incident } from '../../core/model/incident.ts';
import { actionTable } from '../action-table.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Io, severityPaint } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { incidentTable, timelinePicture } from '../print-incidents.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showTime } from '../show.ts';
import { table } from '../table.ts';
import { wrapToWidth } from '../text-width.ts';

export interface IncidentsOptions {
  readonly pages?: boolean;
  readonly all?: boolean;
  readonly format: 'table' | 'json' | 'ocsf';
  readonly limit: number;
}

const page = 500;
/** A typed beginning of an id is looked for among so many. */
const searched = 20_000;

export async function incidents(io: Io, wires: Wires, id: string | undefined, options: IncidentsOptions): Promise<ExitCode> {
  if (id !== undefined) return one(io, wires, id, options.format);
  const found = await wires.withConsole((deps) => read(deps, options, options.format === 'ocsf' ? searched : options.limit));
  if (options.format === 'json') await printJson(io, found);
  else if (options.format === 'ocsf') for (const incident of found) await io.out.write(incidentLine(incident));
  else if (found.length > 0) await io.out.write(incidentTable(io, found));
  await io.out.flush();
  const pages = found.filter((incident) => incident.pages).length;
  await io.err.write(`${plural(found.length, 'incident')}${options.all === true ? '' : ' open'}, ${pages} of them to page somebody\n`);
  return exitCodes.ok.code;
}

async function read(deps: ConsoleDeps, { pages, all }: Partial<IncidentsOptions>, most: number): Promise<readonly Incident[]> {
  const found: Incident[] = [];
  for (let after: string | null | undefined; after !== null && found.length < most; ) {
    const { items, next } = await listIncidents(deps, {
      ...(pages === true ? { pages } : {}),
      ...(all === true ? {} : { isOpen: true }),
      ...(after === undefined ? {} : { after }),
      limit: Math.min(page, most - found.length),
    });
    found.push(...items.map(({ incident }) => incident));
    after = next;
  }
  return found;
}

async function one(io: Io, wires: Wires, typed: string, format: IncidentsOptions['format']): Promise<ExitCode> {
  if (!/^[0-9a-f]{1,32}$/.test(typed)) throw new InputError('an id has up to 32 hexadecimal digits', typed);
  const detail = await wires.withConsole(async (deps) => {
    const id = typed.length === 32 ? typed : pickById(await read(deps, { all: true }, searched), ({ id }) => id, typed, 'incident').id;
    return readIncident(deps, id);
  });
  if (detail === null) throw new InputError('there is no incident whose id begins so', typed);
  if (format === 'json') await printJson(io, detail);
  else if (format === 'ocsf') await io.out.write(incidentLine(detail.incident));
  else await io.out.write(describe(io, detail));
  return exitCodes.ok.code;
}

function describe(io: Io, { incident, isOpen, actions }: IncidentDetail): string {
  const { colours, columns } = io.out;
  const fields: readonly (readonly [string, string])[] = [
    ['id', incident.id],
    ['state', `${isOpen ? 'open' : 'not open'}, ${incident.pages ? 'pages' : 'does not page'}`],
    ...incident.why.map((why, i) => [i === 0 ? 'why' : '', why] as const),
    ['seen', `${showTime(incident.firstTime)} to ${showTime(incident.lastTime)}`],
    ['accounts', `${incident.accounts.join(' ')}${left(incident.left.accounts)}`],
    ...incident.actors.slice(0, 5).map(({ uid }, i) => [i === 0 ? 'actors' : '', uid] as const),
    ...(incident.actors.length > 5 ? [['', `and ${incident.actors.length - 5 + incident.left.actors} more`] as const] : []),
  ];
  const parts = [
    `${severityPaint(colours, incident.severity)(incident.severity)}  ${colours.bold(printable(incident.title))}\n`,
    fields
      .flatMap(([name, value]) =>
        wrapToWidth(printable(value), (columns ?? 100) - 10).map((text, i) => [i === 0 ? name : '', text] as const),
      )
      .map(([name, text]) => `${colours.dim(name.padEnd(9))} ${text}\n`)
      .join(''),
    timelinePicture(io, incident),
    table(
      [{ title: 'TIME' }, { title: 'SEVERITY' }, { title: 'WHAT', flexible: true }, { title: 'FINDING' }],
      incident.timeline.map((entry) => [
        { text: showTime(entry.time) },
        { text: entry.severity, paint: severityPaint(colours, entry.severity) },
        { text: printable(entry.what === '' ? entry.title : entry.what) },
        { text: shortId(entry.finding), paint: colours.dim },
      ]),
      columns,
      colours.dim,
    ),
    ...(incident.left.timeline > 0 ? [colours.dim(`and ${plural(incident.left.timeline, 'more finding')} of no higher severity\n`)] : []),
    ...(actions.length === 0 ? [] : [actionTable(io, actions)]),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function left(n: number): string {
  return n === 0 ? '' : ` and ${n} more`;
}
