import { unitOf } from '../../core/decide/unit-of.ts';
import type { Channels, JiraSettings, TicketKind, TicketSettings } from '../../core/model/channel.ts';
import type { Finding, FindingKind } from '../../core/model/finding.ts';
import { severities, severityIds } from '../../core/model/severity.ts';
import type { Tolerance } from '../../core/model/tolerance.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { FindingRow, Store, Tx } from '../../core/ports/store.ts';
import { aboutThen } from '../about-then.ts';
import { personBehind, personNamed } from '../owners/owner-of.ts';
import { type Ticket, type TicketGroup, ticketId } from './ticket-item.ts';
import { lineOf, type TicketLine, type TicketWords, wordsOf } from './ticket-text.ts';

export interface StandingDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  /** Ids of the rules that find insecure behaviour without an attacker. */
  readonly behaviours: ReadonlySet<string>;
  readonly tolerance: Tolerance;
  readonly people: Channels['people'];
}

export type TicketChannel = JiraSettings & { readonly tickets: TicketSettings };

/** What stands and belongs into one ticket, the gravest first. */
export interface Group extends TicketWords {
  readonly id: string;
  readonly of: TicketGroup;
  readonly lines: readonly TicketLine[];
}

const pageSize = 200;
/** Of so many findings without a ticket it is looked up whose they are; with more, the gravest come first. */
const mostLooked = 5_000;

/**
 * The findings that want a ticket in this channel, or have one, in their groups; the gravest group first. What was told in a ticket stays in its group until it is over,
 * whosever it becomes.
 */
export async function standingGroups(
  deps: StandingDeps,
  channel: TicketChannel,
  tickets: ReadonlyMap<string, Ticket>,
): Promise<readonly Group[]> {
  const { store, tenant } = deps;
  const told = new Map([...tickets].flatMap(([id, { told: own, closed }]) => [...own, ...closed].map((finding) => [finding, id] as const)));
  const found = new Map<string, { readonly of: TicketGroup; readonly members: Member[] }>();
  const put = (id: string, of: TicketGroup, member: Member) => {
    const group = found.get(id) ?? { of, members: [] };
    group.members.push(member);
    found.set(id, group);
  };
  for (const [id, { of }] of tickets) if (of !== 'held') found.set(id, { of, members: [] });
  const left = new Set([...told].flatMap(([finding, id]) => (tickets.get(id)?.of === 'held' ? [] : [finding])));

  let looked = 0;
  for await (const rows of openFindings(deps, channel.tickets)) {
    const fresh: FindingRow[] = [];
    for (const row of rows) {
      const id = told.get(row.finding.id);
      const ticket = id === undefined ? undefined : tickets.get(id);
      if (id === undefined || ticket === undefined) fresh.push(row);
      else if (left.delete(row.finding.id)) put(id, ticket.of, { finding: row.finding, owner: null });
    }
    if (fresh.length === 0 || looked >= mostLooked) continue;
    looked += fresh.length;
    for (const { of, ...member } of await store.within(tenant, (tx) => wanted(tx, deps, channel.tickets, fresh)))
      put(ticketId(tenant, channel.name, of), of, member);
  }
  for (const finding of left) {
    const row = await store.within(tenant, (tx) => tx.findings.get(finding));
    const id = told.get(finding);
    const ticket = id === undefined ? undefined : tickets.get(id);
    if (row !== null && id !== undefined && ticket !== undefined && stands(row.state))
      put(id, ticket.of, { finding: row.finding, owner: null });
  }
  return [...found].map(([id, { of, members }]) => groupOf(id, of, members)).sort(byGravity);
}

/** An attack that is contained, and what somebody looks at, is not over. */
export const stands = (state: FindingRow['state']) => state === 'open' || state === 'acknowledged';

interface Member {
  readonly finding: Finding;
  /** Whose it is by name, where that is no person of channels.yml. */
  readonly owner: string | null;
}

function groupOf(id: string, of: TicketGroup, members: readonly Member[]): Group {
  const sorted = members.toSorted(
    ({ finding: a }, { finding: b }) => severityIds[b.severity] - severityIds[a.severity] || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const words = wordsOf(
    sorted.map(({ finding }) => finding),
    of === 'held' ? '' : of.account,
  );
  return { id, of, ...words, lines: sorted.map(({ finding, owner }) => lineOf(finding, owner)) };
}

function byGravity(a: Group, b: Group): number {
  const of = ({ lines }: Group) => (lines[0] === undefined ? 0 : severityIds[lines[0].severity]);
  return of(b) - of(a) || b.lines.length - a.lines.length || (a.id < b.id ? -1 : 1);
}

/** Open findings of the kinds and severities that are wanted, page by page, the gravest first; those that are shown under another left out. */
async function* openFindings({ store, tenant }: StandingDeps, { kinds, from }: TicketSettings): AsyncGenerator<readonly FindingRow[]> {
  const wantedKinds = new Set<FindingKind>(kinds.map((kind) => (kind === 'behaviour' ? 'detection' : kind)));
  for (const severity of severities.filter((one) => severityIds[one] >= severityIds[from]))
    for (const kind of wantedKinds)
      for (let after: string | undefined; ; ) {
        const filter = {
          kind,
          severities: [severity],
          state: 'open',
          leads: true,
          limit: pageSize,
          ...(after === undefined ? {} : { after }),
        } as const;
        const rows = await store.within(tenant, (tx) => tx.findings.list(filter));
        if (rows.length > 0) yield rows;
        after = rows.at(-1)?.finding.id;
        if (rows.length < pageSize) break;
      }
}

/** Those of these findings that are to become tickets, each with its group. */
async function wanted(
  tx: Tx,
  deps: StandingDeps,
  settings: TicketSettings,
  rows: readonly FindingRow[],
): Promise<readonly (Member & { readonly of: TicketGroup })[]> {
  const ofKind = rows.filter(({ finding }) => settings.kinds.includes(kindOf(finding, deps.behaviours)));
  const last = new Map((await tx.decisions.lastOf(ofKind.map(({ finding }) => finding.id))).map((row) => [row.finding, row]));
  const now = deps.clock.now();
  const all: (Member & { readonly of: TicketGroup })[] = [];
  for (const { finding } of ofKind) {
    const decided = last.get(finding.id);
    // What is not decided yet may be closed, or done by automation.
    if (decided?.revision !== finding.revision || decided.decision.verdict === 'close') continue;
    if (now - (await openSince(tx, finding.id)) < settings.afterMs) continue;
    const about = await aboutThen(tx, decided);
    const unit = unitOf(deps.tolerance, finding.account, about?.tags ?? {});
    if (settings.units !== null && (unit === null || !settings.units.includes(unit))) continue;
    const owner = about?.owner?.name ?? null;
    const person = whose(finding, owner, deps);
    all.push({ finding, owner: person === null ? owner : null, of: { rule: finding.rule.id, account: finding.account, person } });
  }
  return all;
}

function kindOf({ kind, rule }: Finding, behaviours: ReadonlySet<string>): TicketKind {
  return kind === 'detection' && behaviours.has(rule.id) ? 'behaviour' : kind;
}

/** When it was raised, or came back last; milliseconds since 1970. */
async function openSince(tx: Tx, finding: string): Promise<number> {
  const began = (await tx.findings.life(finding)).findLast(({ event }) => event === 'raised' || event === 'reopened');
  return began?.at ?? Number.POSITIVE_INFINITY;
}

/** The person of channels.yml whose it is: of a deed, who did it, else the owner. */
function whose({ kind, actor }: Finding, owner: string | null, { tolerance, people }: StandingDeps): string | null {
  const did = kind === 'detection' && actor !== undefined && actor.type !== 'Root' ? personBehind(actor.uid, tolerance) : null;
  if (did !== null && Object.hasOwn(people, did)) return did;
  if (owner === null) return null;
  const reach = Object.entries(people).map(
    ([person, ids]) => [person, Object.entries(ids).map(([channel, to]) => ({ channel, to }))] as const,
  );
  return personNamed(owner, Object.fromEntries(reach));
}
