import { InvariantError } from '../model/errors.ts';
import type { Incident, IncidentMember } from '../model/incident.ts';
import { severityIds } from '../model/severity.ts';
import type { FindingRow, IncidentRow, Incidents, Topic } from './store.ts';

/** What the store in memory keeps of incidents. */
export interface IncidentState {
  members: Map<string, { readonly member: IncidentMember; readonly incident: string | null }>;
  incidents: Map<string, { readonly incident: Incident; readonly updatedAt: number }>;
  forwards: Map<string, string | null>;
}

export function copyIncidents(state: IncidentState | undefined): IncidentState {
  return { members: new Map(state?.members), incidents: new Map(state?.incidents), forwards: new Map(state?.forwards) };
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The incidents of one tenant in memory; each call looks at everything. */
export function incidentsInMemory(
  tenant: string,
  state: IncidentState,
  findings: ReadonlyMap<string, FindingRow>,
  changed: (topic: Topic) => void,
): Incidents {
  const rowOf = ({ incident, updatedAt }: { readonly incident: Incident; readonly updatedAt: number }): IncidentRow => ({
    incident,
    updatedAt,
    isOpen: [...state.members.values()].some(({ member, incident: id }) => {
      const is = findings.get(member.finding)?.state;
      return id === incident.id && (is === 'open' || is === 'acknowledged');
    }),
  });
  const linksOf = () =>
    [...state.members.values()].flatMap(({ member }) => member.links.map((link) => ({ ...link, finding: member.finding })));
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
      const wanted = new Set(incidents);
      return [...state.members.entries()]
        .flatMap(([id, { incident }]) => (incident !== null && wanted.has(incident) ? [id] : []))
        .sort(order);
    },
    async behind(keys, most) {
      const wanted = new Set(keys);
      const found = new Map<string, Set<string>>();
      for (const { key, by } of linksOf()) {
        if (wanted.has(key) && by.length > 0) found.set(key, new Set([...(found.get(key) ?? []), ...by]));
      }
      return new Map([...found].map(([key, all]) => [key, Math.min(most, all.size)]));
    },
    async linked(keys) {
      const wanted = new Set(keys);
      return [...new Set(linksOf().flatMap(({ key, finding }) => (wanted.has(key) ? [finding] : [])))].sort(order);
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
