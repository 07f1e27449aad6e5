import { type Condition, closingConditions } from '../../core/decide/incident-mode/closing.ts';
import type { Clock, DeclaredIncident, IncidentEvent } from '../../core/model/declared-incident.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { chronicle, type Line } from './chronicle.ts';
import { eventsOf, listDeclared, readDeclared } from './declared.ts';
import { type DraftedTask, draftTasks } from './draft-tasks.ts';
import { clockTitle, eventWords } from './event-words.ts';
import { sentId } from './send-what-was-said.ts';
import { stillGoing } from './still-going.ts';

/** The war room: all about one declared incident. */
export interface DeclaredView {
  readonly incident: DeclaredIncident;
  /** What it is about, as it is now. */
  readonly about: readonly { readonly id: string; readonly title: string; readonly severity: Severity; readonly isOpen: boolean }[];
  readonly conditions: readonly Condition[];
  /** Those that run first, by their end; then what waits, then what is over. */
  readonly clocks: readonly ClockView[];
  readonly log: readonly LogEntry[];
  readonly lines: readonly Line[];
  readonly drafts: readonly DraftedTask[];
  /** Names of channels by which something can be told. */
  readonly channels: readonly { readonly name: string; readonly kind: string; readonly to: string }[];
}

export interface ClockView extends Clock {
  readonly title: string;
  readonly to: string;
  readonly says: string;
  readonly state: 'running' | 'over' | 'waiting' | 'met' | 'met-late' | 'waived';
  readonly source: { readonly cites: string; readonly url: string };
  readonly runs: string;
  readonly care: string;
}

/** An event as people read it. */
export interface LogEntry {
  readonly n: number;
  readonly at: number;
  readonly by: string;
  readonly type: IncidentEvent['type'];
  readonly says: string;
  /** What became of what was sent: by channel and address. */
  readonly sent: readonly { readonly channel: string; readonly to: string; readonly state: string }[];
}

export interface DeclaredRow {
  readonly incident: DeclaredIncident;
  /** When the next clock ends; null for none that runs. */
  readonly nextEnd: number | null;
  readonly openTasks: number;
}

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock' | 'playbooks' | 'inbound'>;

/** Those that are open or proposed, or all; the latest first. */
export function listDeclaredIncidents(
  { store, tenant }: Pick<ConsoleDeps, 'store' | 'tenant'>,
  all: boolean,
): Promise<readonly DeclaredRow[]> {
  return store.within(tenant, async (tx) => {
    const found = await listDeclared(tx, all ? undefined : ['open', 'proposed']);
    const rows = found.map((incident): DeclaredRow => {
      const ends = incident.duties.flatMap(({ clocks }) => clocks).flatMap((clock) => (isRunning(clock) ? [clock.end ?? 0] : []));
      return {
        incident,
        nextEnd: ends.length === 0 ? null : Math.min(...ends),
        openTasks: incident.tasks.filter(({ state }) => state === 'open').length,
      };
    });
    return rows.sort((a, b) => rank(a) - rank(b) || b.incident.lastAt - a.incident.lastAt || (a.incident.id < b.incident.id ? -1 : 1));
  });
}

const rank = ({ incident }: DeclaredRow) => (incident.state === 'open' ? 0 : incident.state === 'proposed' ? 1 : 2);

/** Null where there is none of this id. */
export async function readDeclaredIncident(deps: Deps, id: string): Promise<DeclaredView | null> {
  const settings = await deps.inbound?.channels();
  const carrying = (settings?.channels ?? []).filter(({ kind }) => kind !== 'security-hub' && kind !== 'ocsf-sink');
  return deps.store.within(deps.tenant, async (tx) => {
    const incident = await readDeclared(tx, id);
    if (incident === null) return null;
    const events = await eventsOf(tx, id);
    const story = await chronicle(deps, tx, incident, events);
    return {
      incident,
      about: story.about.map(({ incident: { id: one, title, severity }, isOpen }) => ({ id: one, title, severity, isOpen })),
      conditions: closingConditions(incident, await stillGoing(tx, incident)),
      clocks: clocksOf(incident, deps.clock.now()),
      log: await logOf(tx, incident, events),
      lines: story.lines,
      drafts: draftTasks(deps, incident, story),
      channels: carrying.map(({ name, kind, to }) => ({ name, kind, to })),
    };
  });
}

function isRunning({ end, met, waived }: Clock): boolean {
  return end !== null && met === null && waived === null;
}

export function clocksOf(incident: DeclaredIncident, now: number): readonly ClockView[] {
  const views = incident.duties.flatMap(({ obligation, clocks }) =>
    clocks.map((clock): ClockView => {
      const duty = obligation.duties.find(({ id }) => id === clock.duty);
      const { source, runs, care } = obligation;
      return {
        ...clock,
        title: clockTitle(incident, clock.id),
        to: duty?.to ?? '',
        says: duty?.says ?? '',
        state: stateOf(clock, now),
        source,
        runs,
        care,
      };
    }),
  );
  const order = ({ state }: ClockView) => (state === 'running' || state === 'over' ? 0 : state === 'waiting' ? 1 : 2);
  // Of one obligation, what waits stays in the order of its duties.
  return views.sort((a, b) => order(a) - order(b) || (order(a) === 0 ? (a.end ?? 0) - (b.end ?? 0) : 0));
}

function stateOf({ end, met, waived }: Clock, now: number): ClockView['state'] {
  if (waived !== null) return 'waived';
  if (met !== null) return end !== null && met.time > end ? 'met-late' : 'met';
  return end === null ? 'waiting' : end <= now ? 'over' : 'running';
}

async function logOf(tx: Tx, incident: DeclaredIncident, events: readonly IncidentEvent[]): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for (const event of events) {
    const { n, at, by, type } = event;
    const sent: { channel: string; to: string; state: string }[] = [];
    for (const address of event.type === 'told' || event.type === 'lesson' ? event.addresses : []) {
      const item = await tx.items.get('notification', sentId(tx.tenant, incident.id, n, address));
      sent.push({ ...address, state: item?.state ?? 'unknown' });
    }
    entries.push({ n, at, by, type, says: eventWords(event, incident), sent });
  }
  return entries;
}
