import { InvariantError } from '../model/errors.ts';
import type { Incident, IncidentMember } from '../model/incident.ts';
import { severityIds } from '../model/severity.ts';
import type { FindingRow, IncidentRow, Incidents, Topic } from './store.ts';
import { type Journal, Table } from './table.memory.ts';

interface StoredMember {
  readonly member: IncidentMember;
  readonly incident: string | null;
}

/** What the store in memory keeps of incidents. */
export interface IncidentState {
  readonly members: Table<StoredMember>;
  readonly ofIncident: (incident: string) => ReadonlySet<string>;
  readonly ofLink: (key: string) => ReadonlySet<string>;
  readonly incidents: Table<{ readonly incident: Incident; readonly updatedAt: number }>;
  readonly forwards: Table<string | null>;
}

export function newIncidents(journal: Journal): IncidentState {
  const members = new Table<StoredMember>(journal);
  return {
    members,
    ofIncident: members.index(({ incident }) => (incident === null ? [] : [incident])),
    ofLink: members.index(({ member }) => [...new Set(member.links.map(({ key }) => key))]),
    incidents: new Table(journal),
    forwards: new Table(journal),
  };
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The incidents of one tenant in memory. */
export function incidentsInMemory(
  tenant: string,
  state: IncidentState,
  findings: Pick<Table<FindingRow>, 'get'>,
  changed: (topic: Topic) => void,
): Incidents {
  const rowOf = ({ incident, updatedAt }: { readonly incident: Incident; readonly updatedAt: number }): IncidentRow => ({
    incident,
    updatedAt,
    isOpen: [...state.ofIncident(incident.id)].some((finding) => {
      const is = findings.get(finding)?.state;
      return is === 'open' || is === 'acknowledged';
    }),
  });
  const gravest = (a: IncidentRow, b: IncidentRow) =>
    Number(b.incident.pages) - Number(a.incident.pages) ||
    severityIds[b.incident.severity] - severityIds[a.incident.severity] ||
    b.incident.lastTime - a.incident.lastTime ||
    order(a.incident.id, b.incident.id);
  return {
    async members(ids) {
      return [...new Set(ids)].sort(order).flatMap((id) => state.members.get(id) ?? []);
    },
    async findingsIn(incidents) {
      return [...new Set(incidents)].flatMap((id) => [...state.ofIncident(id)]).sort(order);
    },
    async behind(keys, most) {
      const counted = new Map<string, number>();
      for (const key of new Set(keys)) {
        const all = new Set<string>();
        for (const finding of state.ofLink(key))
          for (const link of state.members.get(finding)?.member.links ?? []) if (link.key === key) for (const who of link.by) all.add(who);
        if (all.size > 0) counted.set(key, Math.min(most, all.size));
      }
      return counted;
    },
    async linked(keys) {
      return [...new Set(keys.flatMap((key) => [...state.ofLink(key)]))].sort(order);
    },
    async putMembers(members) {
      for (const member of members)
        state.members.set(member.finding, { member: plain(member), incident: state.members.get(member.finding)?.incident ?? null });
    },
    async removeMembers(ids) {
      for (const id of ids) state.members.delete(id);
    },
    async assign(assigned) {
      for (const { finding, incident } of assigned) {
        const row = state.members.get(finding);
        if (row !== undefined) state.members.set(finding, { ...row, incident });
      }
    },
    async put(incident, at) {
      if (incident.tenant !== tenant) throw new InvariantError(`an incident of tenant ${incident.tenant} in a transaction of ${tenant}`);
      if (state.incidents.get(incident.id)?.incident.revision === incident.revision) return false;
      changed('incidents');
      state.incidents.set(incident.id, { incident: plain(incident), updatedAt: at });
      state.forwards.delete(incident.id);
      return true;
    },
    async forward(id, into) {
      changed('incidents');
      state.incidents.delete(id);
      state.forwards.set(id, into);
    },
    async get(id) {
      let at: string | null | undefined = id;
      for (let next = state.forwards.get(id); next !== undefined; next = next === null ? undefined : state.forwards.get(next)) at = next;
      const row = at === null ? undefined : state.incidents.get(at);
      return row === undefined ? null : rowOf(row);
    },
    async list(filter) {
      const rows = [...state.incidents.values()].map(rowOf).sort(gravest);
      const last = filter.after === undefined ? undefined : rows.find((row) => row.incident.id === filter.after);
      return rows
        .filter(
          (row) =>
            (filter.pages === undefined || row.incident.pages === filter.pages) &&
            (filter.isOpen === undefined || row.isOpen === filter.isOpen) &&
            (filter.after === undefined || (last !== undefined && gravest(row, last) > 0)),
        )
        .slice(0, filter.limit);
    },
    async counts() {
      const open = [...state.incidents.values()].map(rowOf).filter((row) => row.isOpen);
      return { open: open.length, paging: open.filter((row) => row.incident.pages).length };
    },
  };
}
