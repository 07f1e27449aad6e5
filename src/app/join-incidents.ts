import { incidentsOfMembers } from '../core/findings/incidents/incidents-of.ts';
import { crowd } from '../core/findings/incidents/join-members.ts';
import { kindOf } from '../core/findings/incidents/links.ts';
import { memberOf } from '../core/findings/incidents/member-of.ts';
import type { Finding, FindingChange } from '../core/model/finding.ts';
import type { IncidentMember } from '../core/model/incident.ts';
import type { Sequence } from '../core/model/sequence.ts';
import type { Store, Tx } from '../core/ports/store.ts';
import { leadInHand } from './incident-in-hand.ts';

const mostCounted = crowd.principal + 1;
/** Raised when what joins findings changes: then those that are stored are joined anew. */
const joinedAs = { name: 'incidents/joined', value: { format: 4 } } as const;

/**
 * Joins findings that were raised or retracted with those that are stored, in the caller's transaction. After it the
 * stored incidents are those of the set of stored findings, whatever the batches were. Only what is joined to the
 * changed findings, or was, is read. The id of an incident that is no more leads to where its first finding is now.
 */
export async function joinIncidents(tx: Tx, changes: readonly FindingChange[], sequences: readonly Sequence[], at: number): Promise<void> {
  const raised = changes.flatMap((change) => (change.type === 'raised' ? (memberOf(change.finding) ?? []) : []));
  const retracted = changes.flatMap((change) => (change.type === 'retracted' ? [change.id] : []));
  const before = await tx.incidents.members([...raised.map((member) => member.finding), ...retracted]);
  if (raised.length === 0 && before.length === 0) return;

  const touched = [...new Set([...raised, ...before.map(({ member }) => member)].flatMap(({ links }) => links.map(({ key }) => key)))];
  const crowdedBefore = await crowdedOf(tx, touched);
  await tx.incidents.removeMembers(retracted);
  await tx.incidents.putMembers(raised);
  const crowdedNow = await crowdedOf(tx, touched);

  const old = new Set(before.flatMap(({ incident }) => incident ?? []));
  // A link that a crowd stood behind before and stands behind now joins nobody; one that turned joins or parts all who have it.
  const turned = touched.filter((key) => !(crowdedBefore.has(key) && crowdedNow.has(key)));
  const { members, crowded } = await reached(tx, {
    findings: raised.map((member) => member.finding),
    keys: turned,
    incidents: old,
    crowded: crowdedNow,
    touched,
  });

  const joined = incidentsOfMembers(members, crowded, sequences, tx.tenant);
  const now = new Map(joined.flatMap(({ incident, members: group }) => group.map((member) => [member.finding, incident.id] as const)));
  const was = await tx.incidents.members(members.map((member) => member.finding));
  await tx.incidents.assign(members.map(({ finding }) => ({ finding, incident: now.get(finding) ?? null })));
  for (const { incident } of joined) await tx.incidents.put(incident, at);
  const ids = new Set(joined.map(({ incident }) => incident.id));
  for (const id of [...old].sort()) {
    if (ids.has(id)) continue;
    const heirs = was.flatMap(({ member, incident }) => (incident === id ? (now.get(member.finding) ?? []) : []));
    const into = now.get(id) ?? heirs.sort()[0] ?? null;
    await tx.incidents.forward(id, into, at);
    if (into !== null) await leadInHand(tx, id, into);
  }
}

interface Reach {
  readonly findings: readonly string[];
  readonly keys: readonly string[];
  /** Grows: incidents whose members were met. */
  readonly incidents: Set<string>;
  readonly crowded: ReadonlySet<string>;
  /** The keys of which it is known whether they are crowded. */
  readonly touched: readonly string[];
}

/** All members that can be joined to these, or were. */
async function reached(
  tx: Tx,
  start: Reach,
): Promise<{ readonly members: readonly IncidentMember[]; readonly crowded: ReadonlySet<string> }> {
  const members = new Map<string, IncidentMember>();
  const crowded = new Set(start.crowded);
  const asked = new Set(start.keys);
  const judged = new Set(start.touched);
  const opened = new Set<string>();
  let next: readonly string[] = [...start.findings, ...(await tx.incidents.linked(start.keys))];
  for (;;) {
    const met = [...start.incidents].filter((id) => !opened.has(id));
    for (const id of met) opened.add(id);
    next = [...new Set([...next, ...(await tx.incidents.findingsIn(met))])].filter((id) => !members.has(id));
    if (next.length === 0) return { members: [...members.values()], crowded };
    const rows = await tx.incidents.members(next);
    for (const { member, incident } of rows) {
      members.set(member.finding, member);
      if (incident !== null) start.incidents.add(incident);
    }
    const unknown = [...new Set(rows.flatMap(({ member }) => member.links.map(({ key }) => key)))].filter((key) => !judged.has(key));
    for (const key of await crowdedOf(tx, unknown)) crowded.add(key);
    for (const key of unknown) judged.add(key);
    const keys = [...new Set(rows.flatMap(({ member }) => member.links.map(({ key }) => key)))].filter(
      (key) => !asked.has(key) && !crowded.has(key),
    );
    for (const key of keys) asked.add(key);
    next = await tx.incidents.linked(keys);
  }
}

async function crowdedOf(tx: Tx, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const behind = await tx.incidents.behind(keys, mostCounted);
  return new Set([...behind].flatMap(([key, n]) => (n > crowd[kindOf(key)] ? [key] : [])));
}

/** Joins the findings of a store that has not been joined yet, or was by an older version. Some hundred in a unit of work. */
export async function joinStored(store: Store, tenant: string, sequences: readonly Sequence[], at: number): Promise<void> {
  const done = await store.within(tenant, (tx) => tx.settings.get(joinedAs.name));
  if (JSON.stringify(done) === JSON.stringify(joinedAs.value)) return;
  for (let after: string | undefined; ; ) {
    const page: readonly Finding[] = await store.within(tenant, async (tx) => {
      const rows = await tx.findings.list({ kind: 'detection', limit: 200, ...(after === undefined ? {} : { after }) });
      const live = rows.filter(({ state }) => state !== 'retracted').map(({ finding }) => finding);
      await joinIncidents(
        tx,
        live.map((finding) => ({ type: 'raised', finding, supersedes: null })),
        sequences,
        at,
      );
      return rows.map(({ finding }) => finding);
    });
    after = page.at(-1)?.id;
    if (after === undefined) break;
  }
  await store.within(tenant, (tx) => tx.settings.set(joinedAs.name, joinedAs.value, at, 'automation'));
}
